"""What libvirt's states mean: a poll of all VMs becomes a VmStatesAnswer.

libvirt tells a state and a reason. Two pairs need a second question, and `doubts` names them: which
errno stopped a VM, and which end of a migration a paused VM is.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, structs

from vurti.decode import bounds
from vurti.model import (
    Absence,
    Begun,
    ExitReason,
    ExitStatus,
    PauseStatus,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import DomainStats


class State(IntEnum):
    """libvirt's states of a VM."""

    RUNNING = 1
    BLOCKED = 2
    PAUSED = 3
    SHUTDOWN = 4
    SHUTOFF = 5
    CRASHED = 6
    PMSUSPENDED = 7


PAUSED_MIGRATION, PAUSED_SAVE, PAUSED_IOERROR = 2, 3, 5
PAUSED_STARTING_UP = 11

PANICKED = "guest panicked"


class Doubt(StrEnum):
    """What a state leaves open."""

    ERRNO = "errno"  # the disks of the VM know why it stopped
    SIDE = "side"  # the VM's job knows whether it comes or goes


class Note(Struct, frozen=True, gc=False):
    """What is known of a VM besides its state: the answers to its doubts, and how a push said that
    it ended. They hold for one run of it, that is for one domain id."""

    pause_status: PauseStatus | None = None
    arriving: bool | None = None
    ending: VmReport | None = None


_NO_NOTE = Note()

_BEGUN = {
    1: Begun.BOOTED,
    2: Begun.MIGRATED,
    3: Begun.RESTORED,
    4: Begun.RESTORED,  # from a snapshot
    10: Begun.MIGRATED,  # post-copy: it runs here while its memory still comes
}

_PAUSES = {
    6: PauseStatus.EOTHER,  # watchdog
    10: PauseStatus.EOTHER,  # crashed
    12: PauseStatus.POSTCOPY,
    13: PauseStatus.EOTHER,  # post-copy failed
    14: PauseStatus.EOTHER,  # a failed call of libvirt left it so
}

_ENDINGS: dict[int, tuple[ExitStatus, ExitReason]] = {
    1: (ExitStatus.NORMAL, ExitReason.USER_SHUTDOWN),
    2: (ExitStatus.NORMAL, ExitReason.ADMIN_SHUTDOWN),
    3: (ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION),
    4: (ExitStatus.NORMAL, ExitReason.MIGRATION_SUCCEEDED),
    5: (ExitStatus.NORMAL, ExitReason.SAVE_STATE_SUCCEEDED),
    6: (ExitStatus.ERROR, ExitReason.LIBVIRT_START_FAILED),
}
_NO_ENDING = (ExitStatus.UNKNOWN, ExitReason.UNKNOWN)  # 0 too: one that never ran proves nothing


def vm_id(domain: DomainRef) -> str:
    """The UUID as text, by which the VM is known on every host."""
    return str(UUID(bytes=domain.uuid))


def doubts(records: Iterable[DomainStats]) -> list[tuple[DomainRef, Doubt]]:
    """Which VMs need a second question before `states` can tell them well."""
    wanted: list[tuple[DomainRef, Doubt]] = []
    for record in records:
        state, reason = record.fields.get("state.state"), record.fields.get("state.reason")
        if state == State.PAUSED and isinstance(reason, int) and reason in _DOUBTS:
            wanted.append((record.domain, _DOUBTS[reason]))
    return wanted


_DOUBTS = {
    PAUSED_IOERROR: Doubt.ERRNO,
    PAUSED_MIGRATION: Doubt.SIDE,
    PAUSED_STARTING_UP: Doubt.SIDE,
}


def states(records: Iterable[DomainStats], notes: Mapping[str, Note]) -> VmStatesAnswer:
    """The answer to a poll of all states. `notes` by VM id. A record that cannot be understood is
    named in `unreadable` and spares the others."""
    vms: dict[str, VmReport] = {}
    unreadable: list[str] = []
    for record in records:
        vm = vm_id(record.domain)
        told = report(record, notes.get(vm, _NO_NOTE))
        if told is None:
            unreadable.append(vm)
        else:
            vms[vm] = told
    return VmStatesAnswer(vms, absence=Absence.UNEXPLAINED, unreadable=tuple(unreadable))


def report(record: DomainStats, note: Note) -> VmReport | None:
    """One VM's report, or None where its state is not one that libvirt has."""
    state, reason = record.fields.get("state.state"), record.fields.get("state.reason", 0)
    name = bounds.name(record.domain.name)
    if type(state) is not int or type(reason) is not int:
        return None
    match state:
        case State.RUNNING:
            return _alive(name, VmStatus.UP, begun=_BEGUN.get(reason, UNSET))
        case State.BLOCKED:
            return _alive(name, VmStatus.UP)
        case State.PAUSED:
            return _paused(name, reason, note)
        case State.SHUTDOWN:
            return _alive(name, VmStatus.POWERING_DOWN)
        case State.SHUTOFF:
            return _ended(name, reason, note)
        case State.CRASHED:  # kept for a look at it: on_crash=preserve
            held = _alive(name, VmStatus.PAUSED, PauseStatus.EOTHER)
            return structs.replace(held, exit_message=PANICKED)
        case State.PMSUSPENDED:
            return _alive(name, VmStatus.SUSPENDED)
    return None


def _alive(
    name: str,
    status: VmStatus,
    pause_status: PauseStatus = PauseStatus.NONE,
    begun: Begun | UnsetType = UNSET,
) -> VmReport:
    return VmReport(name=name, status=status, pause_status=pause_status, begun=begun)


def _paused(name: str, reason: int, note: Note) -> VmReport:
    if reason == PAUSED_IOERROR:
        return _alive(name, VmStatus.PAUSED, note.pause_status or PauseStatus.EIO)
    if reason in (PAUSED_MIGRATION, PAUSED_STARTING_UP):
        return _alive(name, _in_between(reason, note.arriving))
    if reason == PAUSED_SAVE:
        return _alive(name, VmStatus.SAVING_STATE)
    return _alive(name, VmStatus.PAUSED, _PAUSES.get(reason, PauseStatus.NOERR))


def _in_between(reason: int, arriving: bool | None) -> VmStatus:
    """A VM that waits with its QEMU there: on its way in, on its way out, or about to boot."""
    if arriving or (arriving is None and reason == PAUSED_MIGRATION):
        return VmStatus.MIGRATING_TO  # the long side of a migration, so the likelier one
    return VmStatus.MIGRATING_FROM if reason == PAUSED_MIGRATION else VmStatus.WAIT_FOR_LAUNCH


def _ended(name: str, reason: int, note: Note) -> VmReport:
    if note.ending is not None:  # a push knew more, and both must say the same
        return structs.replace(note.ending, name=name)
    return ended(reason, name)


def ended(reason: int, name: str, message: str = "") -> VmReport:
    """A VM that is shut off, by libvirt's reason for it."""
    status, why = _ENDINGS.get(reason, _NO_ENDING)
    return VmReport(
        name=name,
        status=VmStatus.DOWN,
        pause_status=PauseStatus.NONE,
        exit_status=status,
        exit_reason=why,
        exit_message=message,
    )
