"""The life of a host: one table of status and trigger. The rules run it, docs/hosts.md draws it.

What triggers what is decided elsewhere; where it leads is here and nowhere else (§2, §3).
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from vurti.model import VdsStatus

S = VdsStatus


class Trigger(StrEnum):
    """What can happen to a host."""

    START = "vurti starts"
    WELL = "capabilities and statistics are good"
    UNFIT = "a check fails"
    SILENT = "a question is missed"
    GRACE_OVER = "no answer within its grace"
    RECOVERING = "its agent is recovering"
    RECOVERY_OVER = "it did not recover in time"
    MISMATCH = "its answer is of no use"
    RECOVERED = "tried again, and it is fit"
    MAINTAIN = "maintenance is announced"
    EMPTY = "it is empty"
    MAINTENANCE_OVER = "its maintenance is over or cancelled"
    ACTIVATE = "an activation is announced"
    REBOOT = "a reboot is announced"
    CAME_BACK = "it answers after its reboot"
    REBOOT_OVER = "it did not come back in time"


class Move(Struct, frozen=True, gc=False):
    """Where a trigger leads, and the rule that says so."""

    to: VdsStatus
    rule: str


NOT_MONITORED = frozenset(
    {S.DOWN, S.MAINTENANCE, S.INSTALLING, S.INSTALL_FAILED, S.REBOOT, S.PENDING_APPROVAL,
     S.INSTALLING_OS, S.KDUMPING}
)  # fmt: skip
"""A host in one of these is not expected to answer, whatever is missed of it."""

COMING_BACK = frozenset({S.UNASSIGNED, S.CONNECTING, S.INITIALIZING, S.NON_RESPONSIVE, S.ERROR})
"""From these a host becomes Up once it has told its capabilities and then its statistics."""

_MONITORED = tuple(status for status in S if status not in NOT_MONITORED)


def _all_but(*left_out: VdsStatus) -> tuple[VdsStatus, ...]:
    return tuple(status for status in _MONITORED if status not in left_out)


_ROWS: tuple[tuple[Trigger, Iterable[VdsStatus], VdsStatus, str], ...] = (
    (Trigger.START, (S.ERROR,), S.UP, "R1"),
    (Trigger.START, (S.REBOOT, S.NON_RESPONSIVE, S.CONNECTING, S.INITIALIZING, S.INSTALLING),
     S.UNASSIGNED, "R1"),
    (Trigger.WELL, COMING_BACK, S.UP, "R2"),
    (Trigger.UNFIT, _all_but(S.PREPARING_FOR_MAINTENANCE), S.NON_OPERATIONAL, "R3"),
    (Trigger.SILENT, _all_but(S.CONNECTING, S.PREPARING_FOR_MAINTENANCE, S.NON_RESPONSIVE),
     S.CONNECTING, "R4"),
    (Trigger.GRACE_OVER, _all_but(S.NON_RESPONSIVE), S.NON_RESPONSIVE, "R6"),
    (Trigger.RECOVERING,
     _all_but(S.INITIALIZING, S.NON_OPERATIONAL, S.PREPARING_FOR_MAINTENANCE),
     S.INITIALIZING, "R11"),
    (Trigger.RECOVERY_OVER, (S.INITIALIZING,), S.NON_OPERATIONAL, "R12"),
    (Trigger.MISMATCH, _all_but(S.ERROR, S.PREPARING_FOR_MAINTENANCE), S.ERROR, "R13"),
    (Trigger.RECOVERED, (S.NON_OPERATIONAL,), S.UP, "R17"),
    (Trigger.MAINTAIN, _all_but(S.PREPARING_FOR_MAINTENANCE), S.PREPARING_FOR_MAINTENANCE,
     "announced"),
    (Trigger.EMPTY, (S.PREPARING_FOR_MAINTENANCE,), S.MAINTENANCE, "R14"),
    (Trigger.MAINTENANCE_OVER, (S.PREPARING_FOR_MAINTENANCE, S.MAINTENANCE), S.UNASSIGNED,
     "announced"),
    (Trigger.ACTIVATE,
     (S.MAINTENANCE, S.PREPARING_FOR_MAINTENANCE, S.NON_OPERATIONAL, S.DOWN, S.INSTALL_FAILED,
      S.PENDING_APPROVAL, S.ERROR, S.KDUMPING, S.REBOOT, S.INSTALLING, S.INSTALLING_OS),
     S.UNASSIGNED, "announced"),
    (Trigger.REBOOT, _MONITORED, S.REBOOT, "R20"),
    (Trigger.CAME_BACK, (S.REBOOT,), S.UNASSIGNED, "R20"),
    (Trigger.REBOOT_OVER, (S.REBOOT,), S.NON_RESPONSIVE, "R20"),
)  # fmt: skip

TABLE: dict[tuple[VdsStatus, Trigger], Move] = {
    (status, trigger): Move(to, rule)
    for trigger, statuses, to, rule in _ROWS
    for status in S  # not of the row, whose order may be another in each process
    if status in set(statuses)
}


def move(status: VdsStatus, trigger: Trigger) -> Move | None:
    """Where it leads, None where it leads nowhere from there."""
    return TABLE.get((status, trigger))


def picture() -> str:
    """The table as a state diagram in Mermaid's notation: an arrow for each way, with its rules."""
    ways: dict[tuple[VdsStatus, VdsStatus], list[str]] = {}
    for (status, _), to in TABLE.items():
        rules = ways.setdefault((status, to.to), [])
        if to.rule not in rules and status is not to.to:
            rules.append(to.rule)
    arrows = [f"    {a} --> {b}: {', '.join(rules)}" for (a, b), rules in ways.items() if rules]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {S.UNASSIGNED}: R1", *arrows])


def rows() -> Iterator[tuple[str, str, str, str]]:
    """The table in words: rule, from, trigger, to."""
    for trigger, statuses, to, rule in _ROWS:
        yield rule, ", ".join(status for status in S if status in set(statuses)), trigger, to
