"""The updaters: they listen to decisions, and keep what is to be stored until the writer takes it.

Nothing here yields or fails for weather. What waits is bounded by adding up (see `part.add`).
"""

from collections.abc import Callable

from msgspec.structs import replace
from reactivex.abc import ObserverBase

from vurti.clock import Clock
from vurti.events import Event, VdsEvent, VmEvent
from vurti.model import OF_HOSTS, UPON_HOSTS, Decision, Expectation, Intent, Row, Vds, Vm
from vurti.streams.mailbox import Mailbox
from vurti.updaters.latest import LatestStatistics
from vurti.updaters.part import Part, add, begun_at, flared


class Updater(ObserverBase[Decision]):
    """An Rx observer of decisions that keeps the parts about one kind of thing, in their order.

    Subscribe it once, before the first decision, without anything between that drops or delays.
    """

    def __init__(
        self, clock: Clock, value: type[Vm | Vds], event: type[Event], capacity: int
    ) -> None:
        self.mailbox: Mailbox[Part] = Mailbox(
            capacity, lambda part: part.key, self._add, now=clock.now
        )
        self.flared = 0  # intents that were raised and ended before they could be stored
        self.number_seen = 0  # the last decision that is here, or had nothing for us
        self.complete = False  # no more decisions will come
        self._value, self._event = value, event
        self._stays: dict[str, int] = {}  # of things that came or went by a crossing
        self._gaps: dict[str, list[int]] = {}  # where a thing's next events begin, after sums of 0
        self._wake: Callable[[], None] = lambda: None

    def on_next(self, value: Decision) -> None:
        """Keep the decision's rows, events, expectations and intents."""
        self.number_seen = value.number
        if value.changes or value.events or value.expectations or value.intents:
            self._keep(self._parts(value))

    def on_error(self, error: Exception) -> None:
        """The decisions ended by a bug of ours: what is here is still stored."""
        self.complete = True

    def on_completed(self) -> None:
        """The decisions ended: what is here is still stored."""
        self.complete = True

    def wake(self, wake: Callable[[], None]) -> None:
        """Call `wake`, which may not yield, whenever there is something to be stored."""
        self._wake = wake

    def take(self, number_max: int, limit: int | None = None) -> list[Part]:
        """Remove and return the parts of whole decisions up to `number_max`, in order; where
        `limit` parts come first, the rest of that decision comes too."""
        parts = self.mailbox.take(lambda part: part.number <= number_max, limit)
        if parts and len(parts) == limit:
            last = parts[-1].number
            parts += self.mailbox.take(lambda part: part.number <= last)
        return [self._closing_gap(part) for part in parts]

    def _keep(self, parts: list[Part]) -> None:
        for part in parts:
            self.mailbox.offer(part)
        if parts:
            self._wake()

    def _parts(self, decision: Decision) -> list[Part]:
        rows: dict[str, Row] = {
            row.value.id: row for row in decision.changes if isinstance(row.value, self._value)
        }
        events: dict[str, list[tuple[int, Event]]] = {thing: [] for thing in rows}
        for index, event in enumerate(decision.events):
            if isinstance(event, self._event):
                events.setdefault(event.thing, []).append((index, event))
        parts = {
            thing: Part(thing, decision.number, rows.get(thing), tuple(told))
            for thing, told in events.items()
        }
        if decision.expectations or decision.intents:
            self._put_promises(decision, parts)
        if decision.crossing or self._stays:
            return [self._of_its_stay(part, bool(decision.crossing)) for part in parts.values()]
        return list(parts.values())

    def _of_its_stay(self, part: Part, crosses: bool) -> Part:
        """What was before a thing came or went is not added to what came after, nor to that."""
        stay = self._stays.get(part.thing, 0) + crosses
        if crosses:
            self._stays[part.thing] = stay + 1
        return replace(part, stay=stay) if stay else part

    def _put_promises(self, decision: Decision, parts: dict[str, Part]) -> None:
        about_hosts = self._value is Vds
        promises: tuple[Expectation | Intent, ...] = (*decision.expectations, *decision.intents)
        for one in promises:
            if (one.kind in OF_HOSTS or one.kind in UPON_HOSTS) is about_hosts:
                part = parts.setdefault(one.thing, Part(one.thing, decision.number))
                parts[one.thing] = _with(part, one)

    def _add(self, first: Part, second: Part) -> Part | None:
        total = add(first, second)
        self.flared += flared(first, second)
        if total is None or not total.events:
            self._remember_gap(first, second)
        return total

    def _remember_gap(self, first: Part, second: Part) -> None:
        """Ranges of events adjoin also over a sum that came to nothing (contract 7)."""
        begun = first.seq_first if first.seq_first is not None else second.seq_first
        if begun is not None:
            self._gaps.setdefault(first.thing, []).append(begun)

    def _closing_gap(self, part: Part) -> Part:
        """What waits of an earlier stay comes before a gap of a later one."""
        first = part.seq_first
        if first is None or part.thing not in self._gaps:
            return part
        gaps = self._gaps.pop(part.thing)
        if later := [begun for begun in gaps if begun > first]:
            self._gaps[part.thing] = later
        return begun_at(part, min(first, *gaps))


def _with(part: Part, one: Expectation | Intent) -> Part:
    if isinstance(one, Expectation):
        return replace(part, expectations=(*part.expectations, one))
    return replace(part, intents=(*part.intents, one))


class VdsUpdater(Updater):
    """Keeps what is decided of hosts, and the latest statistics of hosts and their VMs."""

    def __init__(self, clock: Clock, capacity: int = 10_000, statistics_secs: float = 15.0) -> None:
        super().__init__(clock, Vds, VdsEvent, capacity)
        self.latest = LatestStatistics(statistics_secs, clock.now)

    def on_next(self, value: Decision) -> None:
        """Keep the decision's rows, events and statistics."""
        super().on_next(value)
        for row in value.changes:
            if row.deleted and isinstance(row.value, Vds):
                self.latest.forget(row.value.id)
        for statistics in value.statistics:
            self.latest.offer(statistics, value.number)
            self._wake()


class VmUpdater(Updater):
    """Keeps what is decided of VMs."""

    def __init__(self, clock: Clock, capacity: int = 50_000) -> None:
        super().__init__(clock, Vm, VmEvent, capacity)
