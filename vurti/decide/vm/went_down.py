"""A host says that a VM has ended there (§7.3)."""

from msgspec.structs import replace

from vurti.decide.vm.closing import (
    NOTHING_FOLLOWS,
    after_an_abort,
    after_an_error,
    closing,
    cold_reboot,
)
from vurti.decide.vm.external_data import held, is_owed
from vurti.decide.vm.handover import adopted, arrived, forgotten, hand_over, left
from vurti.decide.vm.record import ended, told_exit
from vurti.decide.vm.step import Case, Step, Steps, Want, destroyed_here, ignored, in_turn
from vurti.events import Mark
from vurti.model import Awaited, ExitReason, ExitStatus, IntentKind, Vm, VmReport, VmStatus


def went_down(case: Case) -> Steps:
    """Only the word of the recorded host ends a VM, and not when it says that it migrated away.
    Whatever it was, what is left of it there is to be destroyed."""
    known, report = case.record, case.said
    if known.run_on != case.word.host:
        steps = forgotten(case) or ignored("7.3 ended where it is not recorded")
        return _with_destroying(case, steps)
    if report.exit_reason is ExitReason.MIGRATION_SUCCEEDED:
        return _with_destroying(case, _migrated_away(case, known))
    if is_owed(case):
        return held(case)
    return _with_destroying(case, in_turn(case, ended_here, adopted))


def _with_destroying(case: Case, steps: Steps) -> Steps:
    wants = destroyed_here(case)
    if not wants or not steps:
        return steps
    return (replace(steps[0], wants=(*wants, *steps[0].wants)), *steps[1:])


def _migrated_away(case: Case, known: Vm) -> Steps:
    """The source's last word never says Down (contract 4)."""
    if known.status is VmStatus.MIGRATING_FROM and known.migrating_to is not None:
        return hand_over(case, known, known.migrating_to, "7.3 hand over")
    return arrived(case, known) or left(case, known)


def ended_here(case: Case) -> Steps:
    """How its run on the recorded host ended, by that host's own words."""
    known, report = case.record, case.said
    if known.status is VmStatus.SAVING_STATE or _was_saved(report):
        return (_suspended(case, known, report),)
    if known.status is VmStatus.MIGRATING_FROM:
        return (_aborted(case, known, report),)
    if told_exit(report)[0] is ExitStatus.NORMAL:
        return (_ended_well(case, known, report),)
    return (_failed(case, known, report),)


def _was_saved(report: VmReport) -> bool:
    saved = report.exit_reason is ExitReason.SAVE_STATE_SUCCEEDED
    return saved and report.exit_status is ExitStatus.NORMAL


def _suspended(case: Case, known: Vm, report: VmReport) -> Step:
    """Its state was saved, or could not be: then it is Down with that error, not Suspended (Q6)."""
    after = ended(known, *told_exit(report))
    if told_exit(report)[0] is ExitStatus.NORMAL:
        after = replace(after, status=VmStatus.SUSPENDED)
        return closing(case, after, "7.3 suspended", "its state was saved", (Mark.SUSPENDED,))
    words = f"could not be saved: {_words(after)}"
    return closing(case, after, "7.3 suspend failed", words, (Mark.SUSPEND_FAILED,))


def _aborted(case: Case, known: Vm, report: VmReport) -> Step:
    """It ended while it migrated: what there is of it at the destination is to go as well."""
    after = ended(known, *told_exit(report))
    lost = after.exit_status is ExitStatus.ERROR
    marks, wants = after_an_abort(case) if lost else NOTHING_FOLLOWS
    marks = (*((Mark.CRASHED,) if lost else ()), Mark.MIGRATION_ABORTED, *marks)
    if known.migrating_to is not None and case.lists_ended:
        wants = (Want(IntentKind.DESTROY_VM, known.migrating_to), *wants)
    return closing(case, after, "7.3 migration aborted", _words(after), marks, wants)


def _ended_well(case: Case, known: Vm, report: VmReport) -> Step:
    """Inside the power-off window the host's own message is not the cause (13.5)."""
    status, reason, message = told_exit(report)
    if Awaited.POWER_OFF in case.awaited:
        message = "powered off as announced"
    after = ended(known, status, reason, message)
    anew = Awaited.COLD_REBOOT in case.awaited or reason is ExitReason.DESTROYED_ON_REBOOT
    marks, wants = cold_reboot() if anew else NOTHING_FOLLOWS
    rule = "7.3 ended"
    return closing(case, after, rule, _words(after), (Mark.ENDED, *marks), wants)


def _failed(case: Case, known: Vm, report: VmReport) -> Step:
    """An exit status that nobody knows counts as an error, but not as a crash (Q7)."""
    after = ended(known, *told_exit(report))
    crashed = told_exit(report)[0] is ExitStatus.ERROR
    marks, wants = after_an_error(case)
    marks = (*((Mark.CRASHED,) if crashed else ()), Mark.ENDED_WITH_ERROR, *marks)
    return closing(case, after, "7.3 ended with an error", _words(after), marks, wants)


def _words(after: Vm) -> str:
    words = {
        ExitReason.USER_SHUTDOWN: "shut down from within",
        ExitReason.ADMIN_SHUTDOWN: "powered off",
        ExitReason.LOST_QEMU_CONNECTION: "its QEMU process is gone",
        ExitReason.LIBVIRT_START_FAILED: "could not be started",
        ExitReason.HOST_SHUTDOWN: "its host shut down",
        ExitReason.MIGRATION_FAILED: "its migration failed",
    }
    said = words.get(after.exit_reason or ExitReason.UNKNOWN, "ended")
    return f"{said}: {after.exit_message}" if after.exit_message else said
