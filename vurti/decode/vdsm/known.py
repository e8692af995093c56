"""Reports of the VMs of one host, made anew only where their records are not as they were."""

from collections.abc import Callable, Sequence

from msgspec import UNSET, Raw

from vurti.decode.vdsm.records import StateRecord
from vurti.decode.vdsm.report import report
from vurti.model import VmReport


class Known:
    """What was last told of each VM, and the report that was made of it: the very same report is
    given while the host repeats itself, which is nearly always, and the very same reports where all
    is as it was. For the answers of one host; `luns` is whether it has told of any."""

    def __init__(self, report: Callable[[StateRecord], VmReport] = report) -> None:
        self.luns = False
        self._report = report
        self._last: dict[str, tuple[StateRecord, VmReport]] = {}
        self._records: list[StateRecord] = []
        self._reports: dict[str, VmReport] = {}

    def reports(self, records: Sequence[StateRecord]) -> dict[str, VmReport]:
        """The report of each, by VM, to be read only. VMs that are not among them are forgotten."""
        for one in records:
            one.status_time = UNSET  # it goes on with every answer, and is told apart
        if records != self._records:
            last = self._last
            self._last = {
                one.vm_id: known
                if (known := last.get(one.vm_id)) is not None and known[0] == one
                else self._anew(one)
                for one in records
            }
            self._records = [one for one, _ in self._last.values()]
            self._reports = {vm: told for vm, (_, told) in self._last.items()}
        return self._reports

    def _anew(self, one: StateRecord) -> tuple[StateRecord, VmReport]:
        if isinstance(one.apps_list, Raw):  # else the whole answer would be kept for its sake
            one.apps_list = one.apps_list.copy()
        if isinstance(one.net_ifaces, Raw):
            one.net_ifaces = one.net_ifaces.copy()
        return one, self._report(one)
