"""Reports of the VMs of one host, made anew only where their records are not as they were."""

from collections.abc import Callable, Sequence

from msgspec import UNSET, Raw

from vurti.decode.vdsm.records import StateRecord
from vurti.decode.vdsm.report import report
from vurti.model import VmReport


class Known:
    """What was last told of each VM, and the report that was made of it: the very same report is
    given while the host repeats itself, which is nearly always. For the answers of one host."""

    def __init__(self, report: Callable[[StateRecord], VmReport] = report) -> None:
        self._report = report
        self._last: dict[str, tuple[StateRecord, VmReport]] = {}

    def reports(self, records: Sequence[StateRecord]) -> dict[str, VmReport]:
        """The report of each, by VM. VMs that are not among them are forgotten."""
        last, now = self._last, dict[str, tuple[StateRecord, VmReport]]()
        for one in records:
            one.status_time = UNSET  # it goes on with every answer, and is told apart
            known = last.get(one.vm_id)
            now[one.vm_id] = known if known is not None and known[0] == one else self._anew(one)
        self._last = now
        return {vm: told for vm, (_, told) in now.items()}

    def _anew(self, one: StateRecord) -> tuple[StateRecord, VmReport]:
        if isinstance(one.apps_list, Raw):  # else the whole answer would be kept for its sake
            one.apps_list = one.apps_list.copy()
        if isinstance(one.net_ifaces, Raw):
            one.net_ifaces = one.net_ifaces.copy()
        return one, self._report(one)
