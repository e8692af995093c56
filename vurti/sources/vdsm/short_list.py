"""States by the short list of VMs, and a closer look only where it does not tell enough."""

from collections.abc import Callable, Iterable

from msgspec import UNSET
from msgspec.structs import replace

from vurti.model import PauseStatus, VmReport, VmStatesAnswer, VmStatus

CLOSER_LOOKS_MAX = 4
"""Where more VMs than this need one, everything about all of them is asked at once."""

_TELL_MORE = (VmStatus.DOWN, VmStatus.PAUSED)
_MAY_BE_STUCK = (VmStatus.UP, VmStatus.POWERING_UP)


class ShortList:
    """What was last told in full of the state of each VM. It holds as long as the list repeats its
    status, and the host says nothing of the VM by itself. Of guests and hardware the list tells
    nothing, and nothing is repeated: what is old must not look new."""

    def __init__(self) -> None:
        self._known: dict[str, VmReport] = {}
        self._doubted: set[str] = set()

    def learn(self, states: VmStatesAnswer) -> None:
        """This was told in full, of all VMs that there are."""
        self._known = {vm: _state(report) for vm, report in states.vms.items()}
        self._doubted.clear()

    def learn_one(self, vm: str, report: VmReport) -> None:
        """This was told in full of one VM."""
        self._known[vm] = _state(report)
        self._doubted.discard(vm)

    def doubt(self, vms: Iterable[str]) -> None:
        """Something happened to these: what was told of them before does not hold."""
        self._doubted.update(vm for vm in vms if vm in self._known)

    def unclear(self, listed: VmStatesAnswer) -> list[str]:
        """The VMs that ended, or paused, since they were last told of in full, and new ones."""
        return [
            vm
            for vm, report in listed.vms.items()
            if vm not in self._known
            or (report.status in _TELL_MORE and not self._holds(vm, report))
        ]

    def completed(self, listed: VmStatesAnswer, unclear: Iterable[str]) -> VmStatesAnswer:
        """The list with what is known besides. VMs that are still unclear are listed, but neither
        reported nor absent."""
        left_out = set(unclear)
        vms = {vm: self._full(vm, one) for vm, one in listed.vms.items() if vm not in left_out}
        self._known = {vm: known for vm, known in self._known.items() if vm in listed.vms}
        self._doubted &= self._known.keys()
        return replace(listed, vms=vms, unreadable=(*listed.unreadable, *left_out))

    def _full(self, vm: str, listed: VmReport) -> VmReport:
        known = self._known.get(vm)
        if known is not None and self._holds(vm, listed):
            return known
        if known is not None and listed.status in _TELL_MORE:
            return known  # it was looked at after the list, and has changed in between
        name = listed.name or (known.name if known is not None else UNSET)
        return replace(listed, pause_status=PauseStatus.NONE, name=name)

    def _holds(self, vm: str, listed: VmReport) -> bool:
        known = self._known.get(vm)
        if known is None or vm in self._doubted:
            return False
        if known.status is VmStatus.NOT_RESPONDING:  # the list does not know of such
            return listed.status in _MAY_BE_STUCK
        return known.status == listed.status


def _state(report: VmReport) -> VmReport:
    return VmReport(
        status=report.status,
        name=report.name,
        pause_status=report.pause_status,
        exit_status=report.exit_status,
        exit_reason=report.exit_reason,
        exit_message=report.exit_message,
    )


def look_closer(
    unclear: list[str], look: Callable[[str], VmReport | None], known: ShortList
) -> list[str]:
    """Ask about each by itself; which of them are still unclear."""
    left = []
    for vm in unclear:
        report = look(vm)
        if report is None:
            left.append(vm)
        else:
            known.learn_one(vm, report)
    return left
