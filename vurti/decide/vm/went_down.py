"""A host says that a VM has ended there (§7.3)."""

from msgspec.structs import replace

from vurti.decide.handover import adopted, arrived, forgotten, hand_over, left
from vurti.decide.vm.step import Case, Steps, closing, ended, ignored, in_turn
from vurti.model import ExitReason, ExitStatus, Vm, VmReport, VmStatus
from vurti.model.status import NOT_RUNNING


def went_down(case: Case) -> Steps:
    """Only the word of the recorded host ends a VM, and not when it says that it migrated away."""
    known, report = case.record, case.said
    if known.run_on != case.word.host:
        return forgotten(case) or ignored("7.3 ended where it is not recorded")
    if report.exit_reason is ExitReason.MIGRATION_SUCCEEDED:
        return _migrated_away(case, known)
    if _was_saved(known, report):
        after = replace(_closed(known, report), status=VmStatus.SUSPENDED)
        return (closing(case, after, "7.3 suspended", "its state was saved"),)
    return in_turn(case, _ended_here, adopted)


def _migrated_away(case: Case, known: Vm) -> Steps:
    """The source's last word never says Down (contract 4)."""
    if known.status is VmStatus.MIGRATING_FROM and known.migrating_to is not None:
        return hand_over(case, known, known.migrating_to, "7.3 hand over")
    return arrived(case, known) or left(case, known)


def _was_saved(known: Vm, report: VmReport) -> bool:
    saving = known.status is VmStatus.SAVING_STATE
    return report.exit_status is ExitStatus.NORMAL and (
        saving or report.exit_reason is ExitReason.SAVE_STATE_SUCCEEDED
    )


def _ended_here(case: Case) -> Steps:
    known, report = case.record, case.said
    after = _closed(known, report)
    failed = after.exit_status is not ExitStatus.NORMAL
    crashed = after.exit_status is ExitStatus.ERROR and known.status not in NOT_RUNNING
    if known.status is VmStatus.MIGRATING_FROM:
        rule = "7.3 migration aborted"
    else:
        rule = "7.3 ended with an error" if failed else "7.3 ended"
    return (closing(case, after, rule, _words(after), crashed),)


def _closed(known: Vm, report: VmReport) -> Vm:
    status = (
        report.exit_status if isinstance(report.exit_status, ExitStatus) else ExitStatus.UNKNOWN
    )
    reason = (
        report.exit_reason if isinstance(report.exit_reason, ExitReason) else ExitReason.UNKNOWN
    )
    message = report.exit_message if isinstance(report.exit_message, str) else ""
    return ended(known, status, reason, message)


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
