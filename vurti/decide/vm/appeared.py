"""A VM that nobody knew is named by a host (§7.6: it did not come into being through us)."""

from vurti.decide.handover import incoming
from vurti.decide.vm.step import Case, Step, Steps, ended, ignored, running
from vurti.model import Absence, ExitReason, ExitStatus, Vm, VmReport, VmStatus


def appeared(case: Case) -> Steps:
    """A running one is recorded. One that is only arriving waits for its source or its arrival; one
    that ended is recorded only where hosts keep definitions, elsewhere it is a remainder."""
    report = case.said
    match report.status:
        case VmStatus.DOWN:
            return _ended_unknown(case, report)
        case VmStatus.MIGRATING_TO:
            return incoming(case)
        case VmStatus():
            new = running(Vm(case.vm), report, case.word.host)
            return (Step("7.6 unknown VM", new, "seen for the first time"),)
        case _:
            return ignored("7.6 a push about an unknown VM that does not say its status")


def _ended_unknown(case: Case, report: VmReport) -> Steps:
    if case.word.absence is not Absence.UNEXPLAINED:
        return ignored("7.6 unknown VM that has ended")
    name = report.name if isinstance(report.name, str) else ""
    status = (
        report.exit_status if isinstance(report.exit_status, ExitStatus) else ExitStatus.UNKNOWN
    )
    reason = (
        report.exit_reason if isinstance(report.exit_reason, ExitReason) else ExitReason.UNKNOWN
    )
    message = report.exit_message if isinstance(report.exit_message, str) else ""
    new = ended(Vm(case.vm, name), status, reason, message)
    return (Step("7.6 unknown VM, defined and not running", new, "seen for the first time"),)
