"""What one decision says of one thing, and what two of them come to."""

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from vurti.events import Event, compact
from vurti.model import Expectation, Intent, IntentState, Row

P = TypeVar("P", Expectation, Intent)


class Part(Struct, frozen=True):
    """The row of one thing after input `number`, and its events, each with its place in the
    decision. After a sum both are those of the newer part, and there is one event at most.
    `expectations` and `intents` are those that began or ended, each once, as it was last. `stay`
    counts how often the thing has come or gone by a crossing: parts of two stays are never added
    up."""

    thing: str
    number: int
    row: Row | None = None
    events: tuple[tuple[int, Event], ...] = ()
    expectations: tuple[Expectation, ...] = ()
    intents: tuple[Intent, ...] = ()
    stay: int = 0

    @property
    def key(self) -> str:
        """What parts that may be added up have in common."""
        return f"{self.thing} {self.stay}" if self.stay else self.thing

    @property
    def seq_first(self) -> int | None:
        """Where its events begin, None without any."""
        return self.events[0][1].seq_first if self.events else None


def add(first: Part, second: Part) -> Part | None:
    """Two parts of one thing as one. Where the thing came back to where it was and nothing that
    lasts happened, the store needs neither row nor event; None where it needs nothing at all.

    An intent that was raised and ended within the sum is not in it: nobody has heard of it.
    """
    row, events = _state(first, second)
    expectations = _last((*first.expectations, *second.expectations))
    intents = tuple(one for one in _intents(first, second) if not _flared(one, first))
    if row is None and not (events or expectations or intents):
        return None
    return Part(second.thing, second.number, row, events, expectations, intents, second.stay)


def flared(first: Part, second: Part) -> int:
    """How many intents were raised and ended within the sum of the two."""
    return sum(_flared(one, first) for one in _intents(first, second))


def begun_at(part: Part, seq_first: int) -> Part:
    """The same part, whose first event also stands for those from `seq_first` on."""
    (index, event), *rest = part.events
    return replace(part, events=((index, _from(event, seq_first)), *rest))


def _state(first: Part, second: Part) -> tuple[Row | None, tuple[tuple[int, Event], ...]]:
    row = second.row if second.row is not None else first.row
    events = (*first.events, *second.events)
    if len(events) < 2:
        return row, events
    total = _sum([event for _, event in events])
    return (None, ()) if total is None else (row, ((events[-1][0], total),))


def _intents(first: Part, second: Part) -> tuple[Intent, ...]:
    if not first.intents:
        return second.intents
    return _last((*first.intents, *second.intents))


def _flared(last: Intent, first: Part) -> bool:
    """It has ended, and its beginning is in the first part: so it was not stored before."""
    return last.state is not IntentState.OPEN and any(
        one.id == last.id and one.state is IntentState.OPEN for one in first.intents
    )


def _last(promises: tuple[P, ...]) -> tuple[P, ...]:
    """Each once, as it was last, in the order in which they were first told of."""
    return tuple({one.id: one for one in promises}.values()) if promises else ()


def _from(event: Event, seq_first: int) -> Event:
    """It also stands for those before it, which came to nothing in a sum that a bound forced."""
    return replace(event, seq_first=seq_first, forced=True)


def _sum(events: list[Event]) -> Event | None:
    total: Event | None = events[0]
    for event in events[1:]:
        # After a sum that came to nothing the next event stands for the whole range.
        total = compact(total, event, forced=True) if total else _from(event, events[0].seq_first)
    return total
