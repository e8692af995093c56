"""The states of VMs. vdsm lists VMs that ended until somebody destroys them, with their reason."""

from collections.abc import Callable, Sequence

from msgspec import UNSET, UnsetType

from vurti.decode.vdsm.reading import NAMELESS, StateRecord, read, read_json, usable
from vurti.decode.vdsm.scalars import Odd, integer, text
from vurti.model import (
    Absence,
    ExitReason,
    ExitStatus,
    PauseStatus,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)

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


def vm_states(stats: Sequence[object]) -> VmStatesAnswer:
    """The answer to a poll of all VMs, from the parsed list of their statistics. Raises
    VdsmDecodeError for what is not a list."""
    return answer(*read(stats, StateRecord))


def vm_states_json(body: bytes) -> VmStatesAnswer:
    """The same from the JSON of that list. Raises VdsmDecodeError."""
    return answer(*read_json(body, StateRecord))


def vm_list(result: object) -> VmStatesAnswer | list[str]:
    """What a list of VMs tells: ids alone, or ids with their status and nothing else of them.
    Raises VdsmDecodeError for what is not a list."""
    if (
        isinstance(result, list)
        and result
        and all(isinstance(one, str) and usable(one) for one in result)
    ):
        return [str(one) for one in result]
    records, unreadable = read(result, StateRecord)
    return _answer(records, unreadable, partial_report)


def answer(records: Sequence[StateRecord], unreadable: tuple[str, ...]) -> VmStatesAnswer:
    """All VMs of a host. One that is unreadable is named; where it does not even tell its id, it
    could be any that seems to be missing, so that the answer proves no absence."""
    return _answer(records, unreadable, report)


def _answer(
    records: Sequence[StateRecord],
    unreadable: tuple[str, ...],
    report: Callable[[StateRecord], VmReport],
) -> VmStatesAnswer:
    complete = NAMELESS not in unreadable
    vms = {one.vm_id: report(one) for one in records}
    told = {one.vm_id: integer(one.status_time) for one in records}
    times = {vm: time for vm, time in told.items() if time is not None}
    return VmStatesAnswer(vms, complete, Absence.GONE, unreadable, times)


def report(one: StateRecord) -> VmReport:
    """One VM from its whole statistics, where what is not told has its default."""
    status = _status(one)
    if status is _DOWN:
        return _ended(one)
    return VmReport(
        status=status,
        name=_name(one),
        pause_status=_pause(one.pause_code) if status is _PAUSED else _NO_PAUSE,
    )


def partial_report(one: StateRecord) -> VmReport:
    """One VM from words that leave out what they do not change."""
    status = _status(one) if one.status is not UNSET else UNSET
    ended = status is _DOWN
    return VmReport(
        status=status,
        name=_name(one),
        pause_status=UNSET if one.pause_code is UNSET else _pause(one.pause_code),
        exit_status=_exit_status(one) if ended and one.exit_code is not UNSET else UNSET,
        exit_reason=_exit_reason(one) if ended and _tells_why(one) else UNSET,
        exit_message=_told(one.exit_message) if ended else UNSET,
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
    return text(one.vm_name) or UNSET


def _told(value: Odd | UnsetType) -> str | UnsetType:
    told = text(value)
    return UNSET if told is None else told


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
