"""What one decision says of one thing, and what two of them come to."""

from msgspec import Struct
from msgspec.structs import replace

from vurti.events import Event, compact
from vurti.model import Row


class Part(Struct, frozen=True):
    """The row of one thing after input `number`, and its events, each with its place in the
    decision. After a sum both are those of the newer part, and there is one event."""

    thing: str
    number: int
    row: Row | None = None
    events: tuple[tuple[int, Event], ...] = ()

    @property
    def seq_first(self) -> int | None:
        """Where its events begin, None without any."""
        return self.events[0][1].seq_first if self.events else None


def add(first: Part, second: Part) -> Part | None:
    """Two parts of one thing as one. None where the thing came back to where it was and nothing
    that lasts happened: then the store needs neither row nor event."""
    row = second.row if second.row is not None else first.row
    events = (*first.events, *second.events)
    if len(events) < 2:
        return Part(second.thing, second.number, row, events)
    total = _sum([event for _, event in events])
    if total is None:
        return None
    return Part(second.thing, second.number, row, ((events[-1][0], total),))


def begun_at(part: Part, seq_first: int) -> Part:
    """The same part, whose first event also stands for those from `seq_first` on."""
    (index, event), *rest = part.events
    return replace(part, events=((index, replace(event, seq_first=seq_first)), *rest))


def _sum(events: list[Event]) -> Event | None:
    total: Event | None = events[0]
    for event in events[1:]:
        # After a sum that came to nothing the next event stands for the whole range.
        total = compact(total, event) if total else replace(event, seq_first=events[0].seq_first)
    return total
