"""What happened, as the difference of two values; and how two events of one thing add up to one.

`event(before, after, marks)` is the only constructor and `compact` the only sum; the law that ties
them: the sum of a run of events is `event(before of the first, after of the last, all marks)`.
Marks are what a sum may not forget although the ends do not show it.
"""

from typing import Any

from msgspec.structs import replace

from vurti.events.catalogue import EXPECTATION_ENDS, LASTING
from vurti.events.event import (
    Event,
    Label,
    VdsAdded,
    VdsAlerted,
    VdsExpectationEnded,
    VdsJoinedScope,
    VdsLeftScope,
    VdsRemoved,
    VdsStateChanged,
    VmAdded,
    VmAlerted,
    VmDevicesChanged,
    VmExpectationEnded,
    VmJoinedScope,
    VmLeftScope,
    VmMigrated,
    VmRebooted,
    VmRemoved,
    VmSplitBrainDetected,
    VmStateChanged,
    VmTakenOver,
    VmWatchdogFired,
)
from vurti.events.marks import Mark
from vurti.model.vds import Vds
from vurti.model.vm import Vm

PASSED_MAX = 20
"""So many statuses that were passed through are named in a sum: the first half and the last."""


def event(
    before: Vm | Vds | None, after: Vm | Vds | None, marks: tuple[Mark, ...] = (), **more: Any
) -> Event | None:
    """The difference of two values of one thing; None without a difference and a lasting mark."""
    kind = _kind(before, after, marks)
    return kind(before=before, after=after, marks=marks, **more) if kind else None


def compact(first: Event, second: Event, forced: bool = False) -> Event | None:
    """Two events of one thing as one, from where the first began to where the second ended.

    None where the thing came back and nothing that lasts happened on the way. `forced`: they have
    to become one because a bound was reached.
    """
    marks = _union(first.marks, second.marks)
    begun = None if first.fleeting else first.before
    # A thing that came and went in between has no ends left that could carry what lasts: then the
    # sum says how it went.
    fleeting = begun is None and second.after is None and not LASTING.isdisjoint(marks)
    passed, passed_over = _passed(first, second)
    return event(
        second.before if fleeting else begun,
        second.after,
        marks,
        id=second.id,
        seq=second.seq,
        seq_first=first.seq_first,
        reason=second.reason,
        rule=second.rule,
        host=second.host,
        observed_at=second.observed_at,
        passed=passed,
        times=_times(first) + _times(second) or 1,
        restart=first.restart or second.restart,
        number=second.number,
        forced=forced or first.forced or second.forced,
        passed_over=passed_over,
        fleeting=fleeting,
        labels=_union_of_labels(first, second),
    )


def _kind(
    before: Vm | Vds | None, after: Vm | Vds | None, marks: tuple[Mark, ...]
) -> type[Event] | None:
    if isinstance(before, Vds) or isinstance(after, Vds):
        return _vds_kind(before, after, marks)
    if Mark.SPLIT_BRAIN in marks:
        return VmSplitBrainDetected
    if before is None or after is None:
        return _edge_kind(before, after, marks)
    if before != after:
        return _changed_kind(before, after, marks)
    return _unchanged_kind(marks)


def _edge_kind(
    before: Vm | Vds | None, after: Vm | Vds | None, marks: tuple[Mark, ...]
) -> type[Event] | None:
    if after is not None:
        return VmJoinedScope if Mark.JOINED_SCOPE in marks else VmAdded
    if before is None:
        return None
    return VmLeftScope if Mark.LEFT_SCOPE in marks else VmRemoved


def _changed_kind(before: Vm, after: Vm, marks: tuple[Mark, ...]) -> type[Event]:
    if before.run_on != after.run_on and before.run_on and after.run_on:
        return VmMigrated if Mark.MIGRATED in marks else VmTakenOver
    if before.status is not after.status:
        return VmStateChanged
    if before.hardware != after.hardware and replace(before, hardware=after.hardware) == after:
        return VmDevicesChanged
    calm = replace(before, boot_time=after.boot_time, last_watchdog=after.last_watchdog)
    kind = _unchanged_kind(marks) if calm == after else None
    return kind or VmStateChanged


def _unchanged_kind(marks: tuple[Mark, ...]) -> type[Event] | None:
    """It came back to where it began, or never left: only what lasts is news."""
    lasting = LASTING.intersection(marks)
    if not lasting:
        return None
    for mark, kind in _BY_MARK.items():
        if mark in lasting:
            return kind
    return VmExpectationEnded if lasting <= EXPECTATION_ENDS else VmAlerted


_BY_MARK: dict[Mark, type[Event]] = {
    Mark.CRASHED: VmStateChanged,
    Mark.ENDED_WITH_ERROR: VmStateChanged,
    Mark.REBOOTED: VmRebooted,
    Mark.WATCHDOG: VmWatchdogFired,
}
"""The first that it has says what an event without a difference is."""


def _vds_kind(
    before: Vm | Vds | None, after: Vm | Vds | None, marks: tuple[Mark, ...]
) -> type[Event] | None:
    if before is None:
        return VdsJoinedScope if Mark.JOINED_SCOPE in marks else VdsAdded
    if after is None:
        return VdsLeftScope if Mark.LEFT_SCOPE in marks else VdsRemoved
    if before != after:
        return VdsStateChanged
    lasting = LASTING.intersection(marks)
    if not lasting:
        return None
    return VdsExpectationEnded if lasting <= EXPECTATION_ENDS else VdsAlerted


def _passed(first: Event, second: Event) -> tuple[tuple[str, ...], int]:
    """The statuses between the ends, as many as there is room for, and how many more."""
    between = (str(first.after.status),) if first.after is not None else ()
    passed = _joined(_joined(first.passed, between), second.passed)
    over, most = first.passed_over + second.passed_over, PASSED_MAX // 2
    if len(passed) <= PASSED_MAX:
        return passed, over
    return (*passed[:most], *passed[-most:]), over + len(passed) - 2 * most


def _times(one: Event) -> int:
    return one.times if LASTING.intersection(one.marks) else 0


def _union(first: tuple[Mark, ...], second: tuple[Mark, ...]) -> tuple[Mark, ...]:
    return (*first, *(mark for mark in second if mark not in first))


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Without saying again where the first ended."""
    return first + (second[1:] if first[-1:] == second[:1] else second)


def _union_of_labels(first: Event, second: Event) -> tuple[tuple[str, Label], ...]:
    """Where both have one of the same name, the second's counts."""
    return tuple({**dict(first.labels), **dict(second.labels)}.items())
