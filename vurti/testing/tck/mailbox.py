"""Whether a mailbox keeps the rules: whatever is offered and taken, in any order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.events import Event
from vurti.streams.sums import add_up
from vurti.testing.tck.history import Move, Walk, moves
from vurti.testing.tck.record import Fault, Rule
from vurti.testing.tck.states import broken, invented, lost, other_ends, wrong_order

CAPACITY_MAX = 6
OF_MAILBOXES = frozenset(
    {
        Rule.DEMAND,
        Rule.COUNTED,
        Rule.ORDER,
        Rule.HAPPENED,
        Rule.LAST,
        Rule.UNBROKEN,
        Rule.LASTING,
        Rule.REPEATABLE,
    }
)


class Box(Protocol):
    """What is asked of a mailbox of events; see vurti.streams.mailbox."""

    capacity: int
    sums: int
    over: int

    def __len__(self) -> int: ...

    def offer(self, item: Event) -> None: ...

    def take(
        self, accept: Callable[[Event], bool] | None = None, limit: int | None = None
    ) -> list[Event]: ...

    def demand(self) -> float: ...


Key = Callable[[Event], str]
Add = Callable[[Event, Event], Event | None]
MakeBox = Callable[[int, Key, Add], Box]


class Take(NamedTuple):
    """So many are asked for, None: all; only while they are not of this thing."""

    limit: int | None = None
    until: str | None = None


def check_mailbox(
    make: MakeBox, rules: Iterable[Rule] = OF_MAILBOXES, *, examples: int = 200
) -> None:
    """Raise AssertionError with the shortest run that is found in which one of these rules is
    broken. `make(capacity, key, add)` makes a mailbox of events, apart by `key`, added up by `add`.
    """
    kept = frozenset(rules)

    @settings(max_examples=examples, deadline=None)
    @given(st.integers(1, CAPACITY_MAX), st.lists(moves() | takes(), max_size=40))
    def try_it(capacity: int, steps: list[Move | Take]) -> None:
        found = [one for one in box_faults(make, capacity, steps) if one.rule in kept]
        assert not found, "\n".join(f"{one.rule}: {one.words}" for one in found)

    try_it()


def takes() -> st.SearchStrategy[Take]:
    """Somebody takes something out."""
    until = st.none() | st.just("vm1")
    return st.builds(Take, st.none() | st.integers(0, CAPACITY_MAX), until)


def box_faults(make: MakeBox, capacity: int, steps: Sequence[Move | Take]) -> list[Fault]:
    """Every rule that is broken in this run, at the end of which all is taken out."""
    run = _Run(make(capacity, lambda event: event.thing, add_up))
    for step in (*steps, Take()):
        run.do(step)
    again = _Run(make(capacity, lambda event: event.thing, add_up))
    for step in (*steps, Take()):
        again.do(step)
    if run.taken != again.taken:
        run.faults.append(Fault(Rule.REPEATABLE, f"first {run.taken}, then {again.taken}"))
    return [*run.faults, *run.of_what_was_taken()]


class _Run:
    def __init__(self, box: Box) -> None:
        self.faults: list[Fault] = []
        self.offered: list[Event] = []
        self.taken: list[Event] = []
        self._box, self._walk = box, Walk()
        self._waiting: set[str] = set()

    def do(self, step: Move | Take) -> None:
        if isinstance(step, Take):
            self._take(step)
        elif (event := self._walk.go(step.thing, step.status, step.mark)) is not None:
            self._offer(event)
        self._count()

    def of_what_was_taken(self) -> Iterator[Fault]:
        yield from wrong_order(self.taken)
        yield from broken(self.taken, {})
        yield from invented(self.offered, self.taken)
        yield from other_ends(self.offered, self.taken, {})
        yield from lost(self.offered, self.taken)
        for first, second in zip(self.taken, self.taken[1:], strict=False):
            if first.number >= second.number:
                yield Fault(Rule.ORDER, f"{second.id} was offered before {first.id}")

    def _offer(self, event: Event) -> None:
        box, over = self._box, self._box.over
        box.offer(event)
        self.offered.append(event)
        self._waiting.add(event.thing)
        things = len(self._waiting)  # at most: one may have come to nothing
        if len(box) > max(box.capacity, things):
            words = f"{len(box)} wait where {box.capacity} may, of {things} things"
            self.faults.append(Fault(Rule.DEMAND, words))
        if len(box) > box.capacity and box.over == over:
            self.faults.append(Fault(Rule.COUNTED, f"{event.id} came beyond the capacity"))
        if len(box) >= box.capacity and box.demand():
            self.faults.append(Fault(Rule.DEMAND, f"demand at {len(box)} of {box.capacity}"))

    def _take(self, step: Take) -> None:
        got = self._box.take(lambda event: event.thing != step.until, step.limit)
        self.taken += got
        if step.limit is not None and len(got) > step.limit:
            words = f"{len(got)} were given where {step.limit} were asked for"
            self.faults.append(Fault(Rule.DEMAND, words))
        if any(event.thing == step.until for event in got):
            self.faults.append(Fault(Rule.DEMAND, f"{step.until} was not asked for"))
        if not len(self._box):
            self._waiting.clear()
            if not self._box.demand():
                self.faults.append(Fault(Rule.DEMAND, "no demand though nothing waits"))

    def _count(self) -> None:
        """A sum makes one of two, or none."""
        box = self._box
        gone = len(self.offered) - len(self.taken) - len(box)
        if not box.sums <= gone <= 2 * box.sums:
            words = f"{gone} are neither here nor taken, and {box.sums} sums were counted"
            self.faults.append(Fault(Rule.COUNTED, words))
