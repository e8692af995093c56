"""A VM that nobody knew is named by a host (§7.6: it did not come into being through us)."""

from vurti.decide.vm.handover import incoming
from vurti.decide.vm.record import ended, running, told_exit
from vurti.decide.vm.step import Case, Step, Steps, Want, destroyed_here, ignored
from vurti.model import IntentKind, PauseStatus, Vm, VmReport, VmStatus


def appeared(case: Case) -> Steps:
    """A running one is recorded. One that is only arriving waits for its source or its arrival; one
    that ended is recorded only where hosts keep definitions, elsewhere it is a remainder."""
    match case.said:
        case VmReport(status=VmStatus.DOWN):
            return _ended_unknown(case, case.said)
        case VmReport(status=VmStatus.PAUSED, pause_status=PauseStatus.EIO) if case.lists_ended:
            return _remainder(case, "7.6 unknown VM that cannot go on")
        case VmReport(status=VmStatus.MIGRATING_TO):
            return incoming(case)
        case VmReport(status=VmStatus()):
            return _external(case)
        case _:
            return ignored("7.6 a push about an unknown VM that does not say its status")


def _external(case: Case) -> Steps:
    """A manager that does not know it either may want to take it in."""
    new = running(case, Vm(case.vm), case.said, case.word.host)
    wants = () if case.facts is not None else (Want(IntentKind.REGISTER_VM),)
    return (Step("7.6 unknown VM", new, "seen for the first time", wants=wants),)


def _ended_unknown(case: Case, report: VmReport) -> Steps:
    if case.lists_ended:
        return _remainder(case, "7.6 unknown VM that has ended")
    name = report.name if isinstance(report.name, str) else ""
    new = ended(Vm(case.vm, name), *told_exit(report))
    return (Step("7.6 unknown VM, defined and not running", new, "seen for the first time"),)


def _remainder(case: Case, rule: str) -> Steps:
    return (Step(rule, wants=destroyed_here(case), rejected=True),)
