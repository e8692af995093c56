"""What it means that a VM is no longer as it was on its own host: the rows of 7.2, as a table."""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from vurti.events import Mark
from vurti.model import PauseStatus, Vm, VmStatus
from vurti.model.status import PAUSED_BY_ERROR, RUNNING

_PAUSES = {
    PauseStatus.ENOSPC: "paused for lack of disk space (ENOSPC)",
    PauseStatus.EIO: "paused by an I/O error (EIO)",
    PauseStatus.EPERM: "paused for lack of permission (EPERM)",
    PauseStatus.EOTHER: "paused by an error",
    PauseStatus.NOERR: "paused on request",
    PauseStatus.POSTCOPY: "paused in post-copy",
    PauseStatus.NONE: "paused",
}

_WORDS = {
    VmStatus.UP: "runs",
    VmStatus.POWERING_UP: "is powering up",
    VmStatus.POWERING_DOWN: "is powering down",
    VmStatus.WAIT_FOR_LAUNCH: "waits to be launched",
    VmStatus.MIGRATING_FROM: "is migrating away",
    VmStatus.SAVING_STATE: "its state is being saved",
    VmStatus.RESTORING_STATE: "its state is being restored",
    VmStatus.UNASSIGNED: "its host tells a status that nobody knows",
}
"""What a status means, where no rule has more to say about how it came about."""


class Transition(NamedTuple):
    """One row: when it holds, the mark that it gives, the rule's name, and its words."""

    when: Callable[[Vm, Vm], bool]
    mark: Mark | None
    rule: str
    words: Callable[[Vm, Vm], str]


def holding(before: Vm, after: Vm) -> list[Transition]:
    """The rows that hold, in the order of the table. Those of a field that is as it was do not."""
    return [
        row
        for field, rows in TABLE.items()
        if getattr(before, field) != getattr(after, field)
        for row in rows
        if row.when(before, after)
    ]


def marks(rows: Iterable[Transition]) -> tuple[Mark, ...]:
    """One VM can match several rows; they are told in the order of the table."""
    return tuple(row.mark for row in rows if row.mark is not None)


def why(rows: Collection[Transition], before: Vm, after: Vm) -> tuple[str, str]:
    """The rule that says most about the change, and its words."""
    for row in BY_WEIGHT if rows else ():
        if row in rows:
            return row.rule, row.words(before, after)
    if before.status is after.status:
        return "7.2 other facts", "its description changed"
    return "7.2 status", _WORDS.get(after.status, "")


def _becomes(status: VmStatus) -> Callable[[Vm, Vm], bool]:
    return lambda before, after: after.status is status and before.status is not status


def _restored(before: Vm, after: Vm) -> bool:
    return before.status is VmStatus.UNKNOWN and after.status is not VmStatus.UNKNOWN


def _console(before: Vm, after: Vm) -> bool:
    return before.guest.client_ip is not None and before.guest.client_ip != after.guest.client_ip


def _connected(before: Vm, after: Vm) -> bool:
    return _console(before, after) and bool(after.guest.client_ip)


def _disconnected(before: Vm, after: Vm) -> bool:
    return _console(before, after) and not after.guest.client_ip


def _stayed(before: Vm, after: Vm) -> bool:
    runs_on = after.status in RUNNING and after.status is not VmStatus.MIGRATING_FROM
    return before.status is VmStatus.MIGRATING_FROM and runs_on


def _arrived(before: Vm, after: Vm) -> bool:
    settled = after.status in (VmStatus.UP, VmStatus.PAUSED)
    return before.status is VmStatus.MIGRATING_TO and settled


def _went_on(before: Vm, after: Vm) -> bool:
    return before.status is VmStatus.POWERING_DOWN and after.status is VmStatus.UP


def _recovered(before: Vm, after: Vm) -> bool:
    by_error = before.status is VmStatus.PAUSED and before.pause_status in PAUSED_BY_ERROR
    return by_error and after.status is VmStatus.UP


def _paused_by(pause: PauseStatus) -> Callable[[Vm, Vm], bool]:
    paused = _becomes(VmStatus.PAUSED)
    return lambda before, after: paused(before, after) and after.pause_status is pause


def _watchdog(before: Vm, after: Vm) -> bool:
    return after.last_watchdog is not None and after.last_watchdog != before.last_watchdog


def _said(words: str) -> Callable[[Vm, Vm], str]:
    return lambda _before, _after: words


_OF_WATCHDOG = {
    "watchdog": Transition(_watchdog, Mark.WATCHDOG, "7.2 watchdog", _said("its watchdog fired")),
}
_OF_CONSOLE = {
    "connected": Transition(
        _connected, Mark.CONSOLE_CONNECTED, "7.2 console",
        lambda _, after: f"another console client: {after.guest.client_ip}",
    ),
    "disconnected": Transition(
        _disconnected, Mark.CONSOLE_DISCONNECTED, "7.2 console", _said("no console client any more")
    ),
}  # fmt: skip
_OF_STATUS = {
    "restored": Transition(
        _restored, Mark.RESTORED, "7.2 restored", _said("its host answers about it again")
    ),
    "went_on": Transition(
        _went_on, Mark.POWER_DOWN_FAILED, "7.2 power down failed",
        _said("runs on after it was asked to power down"),
    ),
    "recovered": Transition(
        _recovered, Mark.RECOVERED_FROM_PAUSE_ERROR, "7.2 recovered from pause error",
        lambda before, _: f"recovered from {before.pause_status}",
    ),
    "rebooting": Transition(
        _becomes(VmStatus.REBOOT_IN_PROGRESS), Mark.REBOOTED, "7.2 guest reboot",
        _said("its guest starts anew"),
    ),
    "stayed": Transition(
        _stayed, Mark.MIGRATION_FAILED, "7.2 migration failed", _said("runs on at its source")
    ),
    "arrived": Transition(_arrived, None, "7.2 migration done", _said("arrived")),
    "not_responding": Transition(
        _becomes(VmStatus.NOT_RESPONDING), Mark.NOT_RESPONDING, "7.2 not responding",
        _said("its monitor on the host does not answer"),
    ),
    "paused": Transition(
        _becomes(VmStatus.PAUSED), Mark.PAUSED, "7.2 paused",
        lambda _, after: _PAUSES[after.pause_status],
    ),
    "enospc": Transition(
        _paused_by(PauseStatus.ENOSPC), Mark.PAUSED_ENOSPC, "7.2 paused", _said("")
    ),
    "eio": Transition(_paused_by(PauseStatus.EIO), Mark.PAUSED_EIO, "7.2 paused", _said("")),
    "eperm": Transition(_paused_by(PauseStatus.EPERM), Mark.PAUSED_EPERM, "7.2 paused", _said("")),
    "eother": Transition(
        _paused_by(PauseStatus.EOTHER), Mark.PAUSED_BY_OTHER_ERROR, "7.2 paused", _said("")
    ),
}  # fmt: skip
_ROWS = _OF_WATCHDOG | _OF_CONSOLE | _OF_STATUS
_WEIGHTS = (
    *("restored", "stayed", "arrived", "went_on", "recovered", "rebooting", "not_responding"),
    *("paused", "watchdog", "connected", "disconnected"),
)

TABLE: dict[str, tuple[Transition, ...]] = {
    "last_watchdog": tuple(_OF_WATCHDOG.values()),
    "guest": tuple(_OF_CONSOLE.values()),
    "status": tuple(_OF_STATUS.values()),
}
"""The rows in the order in which their marks are told, by the field without whose change none of
them holds."""

BY_WEIGHT: tuple[Transition, ...] = tuple(_ROWS[name] for name in _WEIGHTS)
"""The rows that can speak for the whole change; the first that holds does."""
