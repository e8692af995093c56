"""What happened, as the difference of two values; and how two events of one thing add up to one.

`event(before, after, marks)` is the only constructor and `compact` the only sum; the law that ties
them: the sum of a run of events is `event(before of the first, after of the last, all marks)`.
Marks are what a sum may not forget although the ends do not show it.
"""

from enum import StrEnum
from typing import Any, get_args

import msgspec
from msgspec import Struct

from vurti.model.vds import Vds
from vurti.model.vm import Vm


class Mark(StrEnum):
    """What an event is known to contain besides the difference of its ends."""

    MIGRATED = "migrated"  # the change of host rests on evidence of a hand-over
    CRASHED = "crashed"
    REBOOTED = "rebooted"
    WATCHDOG = "watchdog"
    SPLIT_BRAIN = "split_brain"


LASTING = frozenset({Mark.CRASHED, Mark.REBOOTED, Mark.WATCHDOG, Mark.SPLIT_BRAIN})
"""Marks that are news even where the thing came back to where it began (contract 6)."""


class Event(Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", tag=True):
    """Something happened to one thing. `seq` counts its events; a sum has `seq_first` to `seq`.

    `passed` are the statuses between the ends, `times` how often a mark occurred, `host` who told,
    `rule` the rule that decided, `observed_at` wall seconds, `restart` that vurti was not running
    (or had forgotten) when it happened, `number` the input that it was decided from.
    """

    id: str = ""
    before: Vm | Vds | None = None
    after: Vm | Vds | None = None
    seq: int = 0
    seq_first: int = 0
    reason: str = ""
    rule: str = ""
    host: str | None = None
    observed_at: float = 0.0
    passed: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    times: int = 1
    restart: bool = False
    number: int = 0

    @property
    def thing(self) -> str:
        """The id of the VM or host that this is about."""
        known = self.after if self.after is not None else self.before
        if known is None:
            raise TypeError(f"{self.kind} is about nothing")
        return known.id

    @property
    def kind(self) -> str:
        """The name of the event, as logs, configuration and NDJSON show it."""
        return type(self).__name__


class VmEvent(Event, frozen=True, gc=False, kw_only=True, tag=True):
    """Something happened to a VM."""

    before: Vm | None = None
    after: Vm | None = None


class VmAdded(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM that nobody knew was seen."""


class VmRemoved(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM that no host lists any more was forgotten."""


class VmStateChanged(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Status or another part of the state of a VM changed. The seed of all VM events."""


class VmMigrated(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A running VM went from one host to another, and there is evidence of the hand-over."""


class VmTakenOver(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM was found on another host than the one recorded, without evidence of a hand-over."""


class VmRebooted(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """The guest of a VM started anew while the VM ran on; `times` counts a loop of it."""


class VmWatchdogFired(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """The watchdog of a VM fired; `reason` names what it did."""


class VmSplitBrainDetected(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """The same VM runs on two hosts at once: data is in danger. `reason` names both."""


class VdsEvent(Event, frozen=True, gc=False, kw_only=True, tag=True):
    """Something happened to a host."""

    before: Vds | None = None
    after: Vds | None = None


class VdsAdded(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A host is watched from now on."""


class VdsRemoved(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A host is no longer watched."""


class VdsStateChanged(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Status, capabilities or another part of the state of a host changed."""


class VmKnown(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Not news: how a VM stands as a live stream begins. Never in the log."""


class VdsKnown(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Not news: how a host stands as a live stream begins. Never in the log."""


AnyEvent = (
    VmAdded | VmRemoved | VmStateChanged | VmMigrated | VmTakenOver | VmRebooted | VmWatchdogFired
    | VmSplitBrainDetected | VmKnown | VdsAdded | VdsRemoved | VdsStateChanged | VdsKnown
)  # fmt: skip
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(AnyEvent)}
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """The whole event as JSON, for the log."""
    return msgspec.json.encode(event)


def decode(body: bytes | str) -> AnyEvent:
    """What `encode` made. Raises msgspec.DecodeError for anything else."""
    return _decoder.decode(body)


def event(
    before: Vm | Vds | None, after: Vm | Vds | None, marks: tuple[Mark, ...] = (), **more: Any
) -> Event | None:
    """The difference of two values of one thing; None without a difference and a lasting mark."""
    kind = _kind(before, after, marks)
    return kind(before=before, after=after, marks=marks, **more) if kind else None


def compact(first: Event, second: Event) -> Event | None:
    """Two events of one thing as one, from where the first began to where the second ended.

    None where the thing came back and nothing that lasts happened on the way.
    """
    passed = (*first.passed, *_between(first), *second.passed)
    marks = _union(first.marks, second.marks)
    return event(
        _begin(first, second, marks),
        second.after,
        marks,
        id=second.id,
        seq=second.seq,
        seq_first=first.seq_first,
        reason=second.reason,
        rule=second.rule,
        host=second.host,
        observed_at=second.observed_at,
        passed=_without_repeats(passed),
        times=_times(first) + _times(second) or 1,
        restart=first.restart or second.restart,
        number=second.number,
    )


def _kind(
    before: Vm | Vds | None, after: Vm | Vds | None, marks: tuple[Mark, ...]
) -> type[Event] | None:
    if isinstance(before, Vds) or isinstance(after, Vds):
        return _vds_kind(before, after)
    if Mark.SPLIT_BRAIN in marks:
        return VmSplitBrainDetected
    if before is None or after is None:
        return _edge_kind(before, after, marks)
    if before.run_on != after.run_on and before.run_on and after.run_on:
        return VmMigrated if Mark.MIGRATED in marks else VmTakenOver
    if before != after:
        return VmStateChanged
    if Mark.CRASHED in marks:
        return VmStateChanged
    if Mark.REBOOTED in marks:
        return VmRebooted
    return VmWatchdogFired if Mark.WATCHDOG in marks else None


def _edge_kind(
    before: Vm | Vds | None, after: Vm | Vds | None, marks: tuple[Mark, ...]
) -> type[Event] | None:
    if after is not None:
        return VmAdded
    return VmRemoved if before is not None else None


def _vds_kind(before: Vm | Vds | None, after: Vm | Vds | None) -> type[Event] | None:
    if before is None:
        return VdsAdded
    if after is None:
        return VdsRemoved
    return VdsStateChanged if before != after else None


def _begin(first: Event, second: Event, marks: tuple[Mark, ...]) -> Vm | Vds | None:
    """Where the first began. A thing that came and went in between has no ends left that could
    carry what lasts: then the sum says how it went."""
    if first.before is None and second.after is None and LASTING.intersection(marks):
        return second.before
    return first.before


def _between(first: Event) -> tuple[str, ...]:
    return (str(first.after.status),) if first.after is not None else ()


def _times(one: Event) -> int:
    return one.times if LASTING.intersection(one.marks) else 0


def _union(first: tuple[Mark, ...], second: tuple[Mark, ...]) -> tuple[Mark, ...]:
    return (*first, *(mark for mark in second if mark not in first))


def _without_repeats(statuses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(now for past, now in zip((None, *statuses), statuses, strict=False) if past != now)
