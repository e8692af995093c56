"""How a record looks after a word: the VM as it runs, and the VM as it ended."""

from msgspec import UNSET
from msgspec.structs import replace

from vurti.decide.vm.guest import guest_after
from vurti.decide.vm.hardware import with_luns
from vurti.decide.vm.step import Case
from vurti.model import Awaited, ExitReason, ExitStatus, PauseStatus, Vm, VmReport, VmStatus
from vurti.model.status import NOT_RUNNING


def running(case: Case, known: Vm, report: VmReport, host: str) -> Vm:
    """The VM as its host reports it alive: what is not said stays as it was."""
    status = report.status if isinstance(report.status, VmStatus) else known.status
    return replace(
        known,
        name=report.name if isinstance(report.name, str) and report.name else known.name,
        status=status,
        run_on=host,
        migrating_to=_target(case, known, status),
        pause_status=_pause(known, report, status),
        exit_status=None,
        exit_reason=None,
        exit_message="",
        boot_time=_boot_time(case, known, report),
        last_watchdog=_watchdog_time(known, report),
        guest=guest_after(known, report, status, case.meant),
        hardware=with_luns(known, report, status),
    )


def ended(known: Vm, status: ExitStatus, reason: ExitReason, message: str = "") -> Vm:
    """The VM closed: what belonged to its run is gone. One that is Down already keeps its own exit
    data (7, clear)."""
    closed = replace(
        known,
        run_on=None,
        migrating_to=None,
        pause_status=PauseStatus.NONE,
        boot_time=None,
        guest=replace(known.guest, ip=None, fqdn=None, client_ip=None),
    )
    if known.status is VmStatus.DOWN:
        return closed
    return replace(
        closed,
        status=VmStatus.DOWN,
        exit_status=status,
        exit_reason=reason,
        exit_message=message,
    )


def told_exit(report: VmReport) -> tuple[ExitStatus, ExitReason, str]:
    """How it ended, as its host tells; what it does not tell is Unknown."""
    status, reason = report.exit_status, report.exit_reason
    return (
        status if isinstance(status, ExitStatus) else ExitStatus.UNKNOWN,
        reason if isinstance(reason, ExitReason) else ExitReason.UNKNOWN,
        report.exit_message if isinstance(report.exit_message, str) else "",
    )


def _pause(known: Vm, report: VmReport, status: VmStatus) -> PauseStatus:
    if status is not VmStatus.PAUSED:
        return PauseStatus.NONE
    if isinstance(report.pause_status, PauseStatus):
        return report.pause_status
    return known.pause_status


def _target(case: Case, known: Vm, status: VmStatus) -> str | None:
    """Where it goes: as its hosts told, else as whoever migrates it announced."""
    match status:
        case VmStatus.MIGRATING_FROM:
            announced = case.awaited.get(Awaited.MIGRATE)
            told = known.migrating_to or case.memory.incoming
            return told or (announced.host if announced is not None else None)
        case VmStatus.MIGRATING_TO:
            return known.migrating_to
        case _:
            return None


def _boot_time(case: Case, known: Vm, report: VmReport) -> float | None:
    """A run that was not there before has begun now; so has one whose guest starts anew."""
    began = known.run_on is None and known.status in NOT_RUNNING
    rebooting = VmStatus.REBOOT_IN_PROGRESS
    anew = report.status is rebooting and known.status is not rebooting
    return case.wall if began or anew else known.boot_time


def _watchdog_time(known: Vm, report: VmReport) -> float | None:
    time, past = report.watchdog_time, known.last_watchdog
    if time is UNSET or (past is not None and time <= past):
        return past
    return time
