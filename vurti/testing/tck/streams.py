"""Whether a live stream keeps the rules, whoever subscribes to it; and operators behind one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import NamedTuple, Protocol

from hypothesis import given, settings
from hypothesis import strategies as st
from reactivex import Observable
from reactivex.disposable import SerialDisposable

from vurti.clock import Clock, Signal
from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event
from vurti.streams.bulkhead import LiveStream
from vurti.streams.operator import Operator
from vurti.streams.sums import is_known
from vurti.testing.tck.history import SECS_MAX, Move, Walk, moves
from vurti.testing.tck.record import Fault, Rule, Said, Spy
from vurti.testing.tck.states import broken, invented, is_of_a_thing, lost, other_ends, wrong_order

LONG_SECS = 1000.0
QUEUE_MAX_MAX = 6

OF_STREAMS = frozenset(
    {
        Rule.SERIAL,
        Rule.ENDS_ONCE,
        Rule.LEFT_ALONE,
        Rule.LEAVES_NOTHING,
        Rule.KNOWN_FIRST,
        Rule.ORDER,
        Rule.HAPPENED,
        Rule.COMPLETES,
        Rule.LAST,
        Rule.UNBROKEN,
        Rule.LASTING,
        Rule.REPEATABLE,
        Rule.APART,
        Rule.DEMAND,
    }
)
BEHIND_STREAMS = frozenset(
    {
        Rule.SERIAL,
        Rule.ENDS_ONCE,
        Rule.LEFT_ALONE,
        Rule.LEAVES_NOTHING,
        Rule.ORDER,
        Rule.HAPPENED,
        Rule.REPEATABLE,
        Rule.APART,
    }
)
"""What every operator keeps to behind a live stream, also where a subscriber is slow."""


class Kind(StrEnum):
    """What a subscriber is like."""

    POLITE = "polite"
    SLOW = "slow"  # it takes three seconds for each item
    RAISES = "raises"  # at every other item
    LEAVES = "leaves"  # within its second item
    STALLS = "stalls"  # at its second item, until all is over


class Joins(NamedTuple):
    """After `secs` of quiet one more subscribes; nobody does where it is of no kind."""

    secs: int
    kind: Kind | None


class Leaves(NamedTuple):
    """After `secs` of quiet the one that came as number `number`, counted from 0, leaves."""

    secs: int
    number: int


class Live(Protocol):
    """What is asked of a live stream of events; see vurti.streams.bulkhead."""

    @property
    def observable(self) -> Observable[Event]: ...

    @property
    def subscribers(self) -> int: ...

    @property
    def waiting(self) -> int: ...

    def emit(self, item: Event, /) -> None: ...

    def complete(self) -> None: ...


Known = Callable[[], Iterable[Event]]
MakeLive = Callable[[Clock, Known, int], Live]
Step = Move | Joins | Leaves


def live_stream(clock: Clock, known: Known, queue_max: int) -> Live:
    """Vurti's own."""
    return LiveStream(clock, known, queue_max=queue_max)


def check_stream(
    make: MakeLive = live_stream,
    operator: Callable[[], Operator] | st.SearchStrategy[Callable[[], Operator]] | None = None,
    rules: Iterable[Rule] = OF_STREAMS,
    *,
    examples: int = 100,
) -> None:
    """Raise AssertionError with the shortest run that is found in which one of these rules is
    broken. `make(clock, known, queue_max)` makes a live stream; `operator`, or one that a strategy
    draws, stands between it and its subscribers: then BEHIND_STREAMS are the rules to check."""
    kept = frozenset(rules)
    drawn = operator if isinstance(operator, st.SearchStrategy) else st.just(operator)

    @settings(max_examples=examples, deadline=None)
    @given(
        drawn, st.integers(1, QUEUE_MAX_MAX), st.lists(moves() | joining() | leaving(), max_size=25)
    )
    def try_it(made: Callable[[], Operator] | None, queue_max: int, steps: list[Step]) -> None:
        found = stream_faults(make, queue_max, steps, made)
        assert not [one for one in found if one.rule in kept], "\n".join(
            f"{one.rule}: {one.words}" for one in found if one.rule in kept
        )

    try_it()


def joining() -> st.SearchStrategy[Joins]:
    """One more subscribes."""
    return st.builds(Joins, st.integers(0, SECS_MAX), st.sampled_from(Kind))


def leaving() -> st.SearchStrategy[Leaves]:
    """One leaves by itself, between two items or in the middle of one."""
    return st.builds(Leaves, st.integers(0, SECS_MAX), st.integers(1, 5))


def stream_faults(
    make: MakeLive,
    queue_max: int,
    steps: Sequence[Step],
    operator: Callable[[], Operator] | None = None,
) -> list[Fault]:
    """Every rule that is broken in this run, to which somebody polite has subscribed first; in the
    end the stream completes."""
    first = Joins(0, Kind.POLITE)
    all_of_them = _Run(make, queue_max, [first, *steps], operator)
    again = _Run(make, queue_max, [first, *steps], operator)
    alone = [one if isinstance(one, Move) else Joins(one.secs, None) for one in steps]
    by_itself = _Run(make, queue_max, [first, *alone], operator)
    found = list(all_of_them.faults())
    if all_of_them.said()[0] != by_itself.said()[0]:
        found.append(Fault(Rule.APART, "the polite one is told otherwise than by itself"))
    if all_of_them.said() != again.said():
        found.append(Fault(Rule.REPEATABLE, "the same run again told something else"))
    return found


class _Heard:
    """One subscriber, and what there was to hear since it came."""

    def __init__(
        self, spy: Spy, kind: Kind, known: Iterable[Event], subscription: SerialDisposable
    ) -> None:
        self.spy, self.kind = spy, kind
        self.known = {one.thing for one in known}
        self.into: list[Event] = list(known)
        self.subscription = subscription


class _Run:
    def __init__(
        self,
        make: MakeLive,
        queue_max: int,
        steps: Sequence[Step],
        operator: Callable[[], Operator] | None,
    ) -> None:
        self.clock = VirtualClock()
        self.heard: list[_Heard] = []
        self._walk, self._queue_max = Walk(), queue_max
        self._live = make(self.clock, self._walk.known, queue_max)
        source = self._live.observable
        self._observable = source if operator is None else source.pipe(operator())
        self._over: Signal = self.clock.signal()
        self._faults: list[Fault] = []
        self._things: set[str] = set()
        self._drive(steps)

    def said(self) -> list[list[Said]]:
        """What each subscriber was told."""
        return [one.spy.said for one in self.heard]

    def faults(self) -> Iterator[Fault]:
        yield from self._faults
        for name in self.clock.stray():
            yield Fault(Rule.LEAVES_NOTHING, f"a task or timer: {name}")
        if self._live.subscribers:
            yield Fault(Rule.LEAVES_NOTHING, f"{self._live.subscribers} subscribers")
        for one in self.heard:
            yield from one.spy.faults
            yield from _faults_of(one)

    def _drive(self, steps: Sequence[Step]) -> None:
        at = 0.0
        for step in steps:
            at += step.secs
            self.clock.call_at(at, partial(self._do, step))
        self.clock.call_at(at, self._live.complete)
        self.clock.run(until=at + LONG_SECS)
        self._over.set()
        self.clock.run(until=at + 2 * LONG_SECS)

    def _do(self, step: Step) -> None:
        if isinstance(step, Joins):
            if step.kind is not None:
                self._join(step.kind)
        elif isinstance(step, Leaves):
            for one in self.heard[step.number : step.number + 1]:
                one.spy.left = True
                one.subscription.dispose()
        elif (event := self._walk.go(step.thing, step.status, step.mark)) is not None:
            self._things.add(event.thing)
            for one in self.heard:
                one.into.append(event)
            self._live.emit(event)
            if self._live.waiting > max(self._queue_max, len(self._things)):
                words = f"{self._live.waiting} wait where {self._queue_max} may"
                self._faults.append(Fault(Rule.DEMAND, words))

    def _join(self, kind: Kind) -> None:
        subscription = SerialDisposable()
        spy = Spy(self.clock, lambda _: self._react(one), subscription.dispose)
        one = _Heard(spy, kind, self._walk.known(), subscription)
        self.heard.append(one)
        one.subscription.disposable = self._observable._subscribe_core(spy, None)

    def _react(self, one: _Heard) -> None:
        count = len(one.spy.items())
        match one.kind:
            case Kind.SLOW:
                self.clock.sleep_until(self.clock.now() + 3.0)
            case Kind.RAISES if count % 2:
                raise ValueError("of the subscriber")
            case Kind.LEAVES if count == 2:
                one.spy.left = True
                one.subscription.dispose()
            case Kind.STALLS if count == 2:
                self._over.wait()


def _faults_of(one: _Heard) -> Iterator[Fault]:
    out = [item for item in one.spy.items() if is_of_a_thing(item)]
    yield from wrong_order(out)
    yield from broken(out, {})
    yield from invented(one.into, out)
    yield from _known_late(out)
    if one.spy.left:
        return
    if not one.spy.ended:
        yield Fault(Rule.COMPLETES, f"one that is {one.kind} was not told of the end")
    yield from other_ends(one.into, out, {})
    # What is known at first and what happened before it was told add up to what is known then.
    yield from lost([event for event in one.into if event.thing not in one.known], out)


def _known_late(out: Iterable[Event]) -> Iterator[Fault]:
    seen: set[str] = set()
    for one in out:
        first, seen = one.thing not in seen, seen | {one.thing}
        began = is_known(one) or one.before is None or one.fleeting
        if first and not began:
            yield Fault(Rule.KNOWN_FIRST, f"{one.id} came, but not how {one.thing} was")
