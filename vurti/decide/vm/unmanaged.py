"""The VM that runs the manager itself, and that the manager does not manage (§7.6)."""

from vurti.decide.vm.record import running
from vurti.decide.vm.step import Case, Step, Steps, Want, destroyed_here
from vurti.model import IntentKind, PauseStatus, VmReport, VmStatus


def unmanaged(case: Case) -> Steps:
    """It follows the host that reports it, wherever it was; a dead copy of it is to go."""
    known = case.record
    match case.said:
        case VmReport(status=VmStatus.DOWN):
            return _dead_copy(case)
        case VmReport(status=VmStatus.PAUSED, pause_status=PauseStatus.EIO):
            return _dead_copy(case)
        case _:
            after = running(case, known, case.said, case.word.host)
            reason = f"its host is {case.word.host}"
            wants = (Want(IntentKind.REGISTER_VM),)
            return (Step("7.6 unmanaged", after, reason, wants=wants),)


def _dead_copy(case: Case) -> Steps:
    wants = destroyed_here(case)
    return (Step("7.6 dead copy of an unmanaged VM", wants=wants, rejected=True),)
