"""Reports of the VMs of one host, made anew only where their records are not as they were."""

from collections.abc import Callable, Collection, Sequence

from msgspec import UNSET

from vurti.decode.vdsm.alike import shared_before, shared_with
from vurti.decode.vdsm.records import StateRecord, VmRecord
from vurti.decode.vdsm.report import report
from vurti.model import VmReport


class Known:
    """What was last told of each VM, and the report that was made of it: the very same report is
    given while the host repeats itself, which is nearly always, and the very same reports where all
    is as it was. For the answers of one host; `luns` is whether it has told of any."""

    def __init__(self, report: Callable[[StateRecord], VmReport] = report) -> None:
        self.luns = False
        self._report = report
        self._records: list[StateRecord] = []
        self._reports: dict[str, VmReport] = {}

    def reports(self, records: Sequence[StateRecord]) -> dict[str, VmReport]:
        """The report of each, by VM, to be read only. VMs that are not among them are forgotten."""
        for one in records:
            one.status_time = UNSET  # it goes on with every answer, and is told apart
        if records != self._records:
            last = dict(zip(self._reports, self._records, strict=True))
            made: dict[str, VmReport] = {}
            now = {
                one.vm_id: known
                if (known := last.get(one.vm_id)) == one and known is not None
                else self._anew(one, known, made)
                for one in records
            }
            told, self._records = self._reports, list(now.values())
            self._reports = {
                (vm := one.vm_id): told[vm] if last.get(vm) is one else made[vm]
                for one in self._records
            }
        return self._reports

    def _anew(
        self, one: StateRecord, known: StateRecord | None, made: dict[str, VmReport]
    ) -> StateRecord:
        if known is not None:
            one.vm_id = known.vm_id  # the very same text
        shared_before(one)
        made[one.vm_id] = told = self._report(one)
        shared_with(told, one)
        return one


def ids(records: Sequence[VmRecord], reports: dict[str, VmReport]) -> Collection[str]:
    """The ids of these records in their order, as the texts that their reports have: what is kept
    by VM keeps no text of its own."""
    if len(records) == len(reports):
        return reports
    return [one.vm_id for one in records]  # one is listed twice
