"""A host names a living VM that is not recorded on it (§7.4)."""

from vurti.decide.vm.closing import closing
from vurti.decide.vm.handover import (
    claimed,
    evident,
    hand_over_to_speaker,
    incoming,
    still_at_source,
)
from vurti.decide.vm.record import ended, running
from vurti.decide.vm.step import Case, Step, Steps, destroyed_here, ignored
from vurti.model import ExitReason, ExitStatus, PauseStatus, Vm, VmReport, VmStatus


def elsewhere(case: Case) -> Steps:
    """A VM that nobody holds is simply started there; one that another host holds moves only on
    evidence of a hand-over, or where that other host cannot be asked."""
    known, report = case.record, case.said
    match report:
        case VmReport(status=VmStatus.PAUSED, pause_status=PauseStatus.POSTCOPY):
            return ignored("7.4 paused in post-copy")
        case VmReport(status=VmStatus.MIGRATING_TO) if known.run_on is not None:
            return incoming(case)
        case VmReport(status=VmStatus()) if source := still_at_source(case):
            return source
        case VmReport(status=VmStatus.MIGRATING_FROM) if known.run_on is not None:
            return ignored("7.4 leaving a host where it is not recorded")
        case VmReport(status=VmStatus()):
            return _started(case, known, report) if known.run_on is None else _moved(case, known)
        case _:
            return ignored("7.4 says nothing of its status")


def _started(case: Case, known: Vm, report: VmReport) -> Steps:
    after = running(case, known, report, case.word.host)
    return (Step("7.4 started", after, f"started on {case.word.host}"),)


def _moved(case: Case, known: Vm) -> Steps:
    report = case.said
    if evident(case, known):
        return hand_over_to_speaker(case, known)
    if case.memory.vanished_at is not None:
        return _began_anew(case, known, report)
    if known.status is VmStatus.UNKNOWN and report.status is VmStatus.WAIT_FOR_LAUNCH:
        return ignored("7.4 Unknown until it is certain")
    if case.home_silent:
        after = running(case, known, report, case.word.host)
        reason = f"found on {case.word.host}, while {known.run_on} does not answer"
        return (closing(case, after, "7.4 taken over", reason),)
    if report.status is VmStatus.PAUSED:
        return (Step("7.4 a left-over copy", wants=destroyed_here(case), rejected=True),)
    return claimed(case)


def _began_anew(case: Case, known: Vm, report: VmReport) -> Steps:
    """It had vanished without a word and began anew here: two runs, not a migration."""
    end = ended(known, ExitStatus.UNKNOWN, ExitReason.LIBVIRT_DOMAIN_MISSING)
    reason = f"ended unseen, before it began anew on {case.word.host}"
    return (
        closing(case, end, "7.5 ended unseen", reason),
        *_started(case, end, report),
    )
