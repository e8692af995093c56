"""What libvirt says by itself: its event messages become VmReports.

Some messages only make sense after others of the same VM, so a `Listener` remembers, for one
connection: an I/O error's errno until the VM stops for it, a watchdog that powers off, a panic.
"""

from enum import IntEnum

from msgspec import UNSET, Struct, UnsetType, structs

from vurti.decode import bounds
from vurti.decode.libvirt.states import PANICKED, Note, ended, vm_id
from vurti.model import Begun, ExitReason, ExitStatus, PauseStatus, VmReport, VmStatus
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import Closed, IoError, Lifecycle, Message, Reboot, Watchdog


class Turn(IntEnum):
    """libvirt's lifecycle events that say something of a state; 0 and 1 are of definitions."""

    STARTED = 2
    SUSPENDED = 3
    RESUMED = 4
    STOPPED = 5
    SHUTDOWN = 6
    PMSUSPENDED = 7
    CRASHED = 8


WATCHDOG_OFF = "watchdog power-off"
_ACTIONS = ("none", "pause", "reset", "poweroff", "shutdown", "debug", "inject-nmi")
_POWEROFF = 3

_STARTED: dict[int, tuple[VmStatus, Begun | UnsetType]] = {
    0: (VmStatus.UP, Begun.BOOTED),
    1: (VmStatus.MIGRATING_TO, Begun.MIGRATED),
    2: (VmStatus.UP, Begun.RESTORED),
    3: (VmStatus.UP, Begun.RESTORED),
    4: (VmStatus.UP, UNSET),
}
_RESUMED_BY_MIGRATION = (1, 3)  # 3: post-copy, it runs here while its memory still comes
_SUSPENDED = {
    3: PauseStatus.EOTHER,  # watchdog
    6: PauseStatus.EOTHER,  # a failed call of libvirt left it so
    7: PauseStatus.POSTCOPY,
    8: PauseStatus.EOTHER,
}
_SUSPENDED_BY_MIGRATION, _SUSPENDED_BY_IO_ERROR = 1, 2
_STOPPED_FAILED = 5
_CRASHED_REASON = 3
_REASONS = {0: 1, 1: 2, 2: _CRASHED_REASON, 3: 4, 4: 5, _STOPPED_FAILED: _CRASHED_REASON}
"""Details of STOPPED as the reasons that a poll gives. FAILED is how libvirt tells that QEMU was
killed; its own state then says crashed, and so do we."""

_ERRNOS = {
    "enospc": PauseStatus.ENOSPC,
    "eio": PauseStatus.EIO,
    "eperm": PauseStatus.EPERM,
    "eacces": PauseStatus.EPERM,
}


class _Heard(Struct):
    """What was heard of one VM and may be needed yet."""

    errno: PauseStatus | None = None
    power_off: bool = False
    panicked: bool = False
    ending: VmReport | None = None


class Listener:
    """Makes reports of one connection's messages, in their order.

    `count` changes whenever a message may have changed what `note` says.
    """

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}
        self.count = 0

    def clear(self) -> None:
        """Forget everything: a new connection heard nothing of the old one's silence."""
        self._heard.clear()
        self.count += 1

    def report(self, message: Message) -> tuple[str, VmReport] | None:
        """The VM and what is now known of it; None where the message says nothing of a state."""
        if isinstance(message, Closed):
            return None
        self.count += 1
        vm = vm_id(message.domain)
        told = self._told(self._heard.setdefault(vm, _Heard()), message)
        return (vm, told) if told is not None else None

    def note(self, vm: str) -> Note:
        """What a poll must know of this VM to say the same as the messages did."""
        heard = self._heard.get(vm)
        return Note(heard.errno, None, heard.ending) if heard else Note()

    def keep(self, vms: frozenset[str]) -> None:
        """Forget all VMs but these: those that their host still lists."""
        for vm in self._heard.keys() - vms:
            del self._heard[vm]

    def _told(self, heard: _Heard, message: Message) -> VmReport | None:
        match message:
            case Lifecycle(domain, event, detail):
                return _lifecycle(heard, domain, event, detail)
            case Reboot(domain):
                return VmReport(name=bounds.name(domain.name), rebooted=True)
            case Watchdog(domain, action):
                heard.power_off = action == _POWEROFF
                return VmReport(name=bounds.name(domain.name), watchdog=_action(action))
            case IoError(reason=reason) if reason:
                heard.errno = _ERRNOS.get(reason, PauseStatus.EOTHER)
        return None


def _action(action: int) -> str:
    return _ACTIONS[action] if 0 <= action < len(_ACTIONS) else f"action {action}"


def _lifecycle(heard: _Heard, domain: DomainRef, event: int, detail: int) -> VmReport | None:
    match event:
        case Turn.STARTED:
            _forget(heard)
            status, begun = _STARTED.get(detail, (VmStatus.UP, UNSET))
            return _running(domain, status, begun)
        case Turn.RESUMED:
            _forget(heard)
            by_migration = detail in _RESUMED_BY_MIGRATION
            return _running(domain, VmStatus.UP, Begun.MIGRATED if by_migration else UNSET)
        case Turn.SUSPENDED:
            return _suspended(heard, domain, detail)
        case Turn.STOPPED:
            return _stopped(heard, domain, detail)
        case Turn.SHUTDOWN:
            return _running(domain, VmStatus.POWERING_DOWN)
        case Turn.PMSUSPENDED:
            return _running(domain, VmStatus.SUSPENDED)
        case Turn.CRASHED:
            heard.panicked = True  # the end that follows, or the next poll, says what became of it
    return None


def _running(domain: DomainRef, status: VmStatus, begun: Begun | UnsetType = UNSET) -> VmReport:
    return VmReport(
        name=bounds.name(domain.name), status=status, pause_status=PauseStatus.NONE, begun=begun
    )


def _suspended(heard: _Heard, domain: DomainRef, detail: int) -> VmReport:
    if detail == _SUSPENDED_BY_MIGRATION:
        return _running(domain, VmStatus.MIGRATING_FROM)
    pause = _SUSPENDED.get(detail, PauseStatus.NOERR)
    if detail == _SUSPENDED_BY_IO_ERROR:
        pause = heard.errno or PauseStatus.EIO
    return VmReport(name=bounds.name(domain.name), status=VmStatus.PAUSED, pause_status=pause)


def _stopped(heard: _Heard, domain: DomainRef, detail: int) -> VmReport:
    told = ended(_REASONS.get(detail, 0), bounds.name(domain.name))
    if heard.power_off and detail == _STOPPED_FAILED:
        told = _error(told, ExitReason.GENERIC_ERROR, WATCHDOG_OFF)
    elif heard.panicked:
        told = _error(told, ExitReason.LOST_QEMU_CONNECTION, PANICKED)
    _forget(heard)
    heard.ending = told
    return told


def _error(told: VmReport, why: ExitReason, message: str) -> VmReport:
    return structs.replace(
        told, exit_status=ExitStatus.ERROR, exit_reason=why, exit_message=message
    )


def _forget(heard: _Heard) -> None:
    heard.errno, heard.power_off, heard.panicked, heard.ending = None, False, False, None
