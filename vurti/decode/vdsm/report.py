"""What one record says of one VM: its state, and what its guest and its hardware are."""

from msgspec import UNSET, UnsetType

from vurti.decode import bounds
from vurti.decode.vdsm.guest import guest, guest_nics
from vurti.decode.vdsm.hardware import device_hash, jobs, luns, watchdog
from vurti.decode.vdsm.records import StateRecord
from vurti.decode.vdsm.scalars import Odd, integer, text
from vurti.model import ExitReason, ExitStatus, PauseStatus, VmReport, VmStatus

_STATUSES: dict[object, VmStatus] = {
    "Down": VmStatus.DOWN,
    "Migration Destination": VmStatus.MIGRATING_TO,
    "Migration Source": VmStatus.MIGRATING_FROM,
    "Paused": VmStatus.PAUSED,
    "Powering down": VmStatus.POWERING_DOWN,
    "Powering up": VmStatus.POWERING_UP,
    "RebootInProgress": VmStatus.REBOOT_IN_PROGRESS,
    "Restoring state": VmStatus.RESTORING_STATE,
    "Saving State": VmStatus.SAVING_STATE,
    "Up": VmStatus.UP,
    "WaitForLaunch": VmStatus.WAIT_FOR_LAUNCH,
}
_DOWN, _PAUSED, _NO_PAUSE = VmStatus.DOWN, VmStatus.PAUSED, PauseStatus.NONE  # read often
_MONITORED = frozenset({VmStatus.UP, VmStatus.POWERING_UP})
_PAUSES = {status.value: status for status in PauseStatus}
_EXITS = {0: ExitStatus.NORMAL, 1: ExitStatus.ERROR}
_REASONS = dict(
    enumerate(
        (
            ExitReason.SUCCESS,
            ExitReason.GENERIC_ERROR,
            ExitReason.LOST_QEMU_CONNECTION,
            ExitReason.LIBVIRT_START_FAILED,
            ExitReason.MIGRATION_SUCCEEDED,
            ExitReason.SAVE_STATE_SUCCEEDED,
            ExitReason.ADMIN_SHUTDOWN,
            ExitReason.USER_SHUTDOWN,
            ExitReason.MIGRATION_FAILED,
            ExitReason.LIBVIRT_DOMAIN_MISSING,
            ExitReason.DESTROYED_ON_STARTUP,
            ExitReason.HOST_SHUTDOWN,
            ExitReason.POSTCOPY_MIGRATION_FAILED,
            ExitReason.DESTROYED_ON_REBOOT,
            ExitReason.DESTROYED_ON_RESUME,
        )
    )
)
_WORDS_OF_OLD = {
    "Migration succeeded": ExitReason.MIGRATION_SUCCEEDED,
    "SaveState succeeded": ExitReason.SAVE_STATE_SUCCEEDED,
}
"""Before oVirt 3.4 hosts told only by these words that a VM did not end but went elsewhere."""


def report(one: StateRecord) -> VmReport:
    """One VM from its whole statistics, where what is not told has its default."""
    status = _status(one)
    if status is _DOWN:
        return _ended(one)
    action, fired = watchdog(one)
    return VmReport(
        status=status,
        name=_name(one),
        pause_status=_pause(one.pause_code) if status is _PAUSED else _NO_PAUSE,
        watchdog=action,
        watchdog_time=fired,
        device_hash=device_hash(one),
        guest=guest(one),
        guest_nics=guest_nics(one),
        jobs=jobs(one),
        luns=luns(one),
    )


def partial_report(one: StateRecord) -> VmReport:
    """One VM from words that leave out what they do not change."""
    status = _status(one) if one.status is not UNSET else UNSET
    ended = status is _DOWN
    action, fired = watchdog(one)
    return VmReport(
        status=status,
        name=_name(one),
        pause_status=UNSET if one.pause_code is UNSET else _pause(one.pause_code),
        exit_status=_exit_status(one) if ended and one.exit_code is not UNSET else UNSET,
        exit_reason=_exit_reason(one) if ended and _tells_why(one) else UNSET,
        exit_message=_told(one.exit_message) if ended else UNSET,
        watchdog=action,
        watchdog_time=fired,
        device_hash=device_hash(one),
        guest=guest(one),
        guest_nics=guest_nics(one),
        jobs=jobs(one),
        luns=luns(one),
    )


def _ended(one: StateRecord) -> VmReport:
    return VmReport(
        status=VmStatus.DOWN,
        name=_name(one),
        pause_status=PauseStatus.NONE,
        exit_status=_exit_status(one),
        exit_reason=_exit_reason(one),
        exit_message=_told(one.exit_message) or "",
    )


def _status(one: StateRecord) -> VmStatus:
    status = _STATUSES.get(one.status)
    if status is None:
        status = _SQUEEZED.get(_squeezed(str(one.status)), VmStatus.UNASSIGNED)
    if one.monitor_response != "0" and status in _MONITORED:
        stuck = (integer(one.monitor_response) or 0) < 0
        return VmStatus.NOT_RESPONDING if stuck else status
    return status


def _squeezed(words: str) -> str:
    return "".join(words.split()).lower()


_SQUEEZED = {_squeezed(str(words)): status for words, status in _STATUSES.items()}


def _name(one: StateRecord) -> str | UnsetType:
    return bounds.name(text(one.vm_name) or "") or UNSET


def _told(value: Odd | UnsetType) -> str | UnsetType:
    told = text(value)
    return UNSET if told is None else bounds.message(told)


def _pause(code: Odd | UnsetType) -> PauseStatus:
    return _PAUSES.get(code, PauseStatus.NONE) if isinstance(code, str) else PauseStatus.NONE


def _exit_status(one: StateRecord) -> ExitStatus:
    code = integer(one.exit_code)
    return ExitStatus.UNKNOWN if code is None else _EXITS.get(code, ExitStatus.UNKNOWN)


def _tells_why(one: StateRecord) -> bool:
    return one.exit_reason is not UNSET or one.exit_message in _WORDS_OF_OLD


def _exit_reason(one: StateRecord) -> ExitReason:
    reason = integer(one.exit_reason)
    if reason is not None:
        return _REASONS.get(reason, ExitReason.UNKNOWN)
    words = one.exit_message if isinstance(one.exit_message, str) else ""
    return _WORDS_OF_OLD.get(words, ExitReason.UNKNOWN)
