"""What can be relied on in a stream, and what becomes of that along a chain."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct


class Flow(StrEnum):
    """What can be relied on in a stream."""

    UNBROKEN = "unbroken"  # each event of a thing begins where the one before it ended
    BROKEN = "broken"  # some are left out, come twice, or were told before it was clear they last
    DERIVED = "derived"  # what was made of events: it is about no single thing
    POLLS = "polls"  # no events at all


EVENTS = (Flow.UNBROKEN, Flow.BROKEN)
ALL = (*EVENTS, Flow.DERIVED)


class Stage(Struct, frozen=True):
    """How far a stream has come: what can be relied on, what made it so ("" at its beginning), and
    the streams that are always there from which it comes."""

    flow: Flow
    by: str = ""
    roots: frozenset[str] = frozenset()

    def after(self, name: str, gives: Flow | None) -> "Stage":
        """Behind an operator that gives this; None is "the same". What is derived stays so, and
        what is broken is never mended."""
        worse = gives is not None and _RANK[gives] > _RANK[self.flow]
        return Stage(gives, name, self.roots) if gives is not None and worse else self


_RANK = {flow: rank for rank, flow in enumerate(Flow)}
RAW = Stage(Flow.UNBROKEN)


def joined(stages: Sequence[tuple[str, Stage]]) -> Stage:
    """Where several streams are merged. What comes from one root twice tells a thing's events
    twice, which breaks them."""
    (_, worst), *_ = sorted(stages, key=lambda one: -_RANK[one[1].flow])
    roots: frozenset[str] = frozenset().union(*(stage.roots for _, stage in stages))
    apart = len(roots) == sum(len(stage.roots) for _, stage in stages)
    if worst.flow is Flow.UNBROKEN and not apart:
        return Stage(Flow.BROKEN, "the merge of " + " and ".join(name for name, _ in stages), roots)
    return Stage(worst.flow, worst.by, roots)
