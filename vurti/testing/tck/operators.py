"""Whether an operator keeps the rules: histories in virtual time, over a bare source."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import inf
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from reactivex import Subject
from reactivex.disposable import SerialDisposable

from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event
from vurti.streams.catalog import Entry
from vurti.streams.operator import Operator
from vurti.streams.scheduler import ClockScheduler
from vurti.streams.steps import StepSettings
from vurti.streams.sums import is_known
from vurti.testing.diagram import END, ERROR
from vurti.testing.tck.drawing import steps
from vurti.testing.tck.history import End, History, Told, histories
from vurti.testing.tck.record import ALWAYS, WHOLE, Fault, Rule, Said, Spy
from vurti.testing.tck.states import broken, invented, is_of_a_thing, lost, other_ends, wrong_order

LONG_SECS = 1000.0
"""So long after the end it is looked whether anything still comes."""

Make = Callable[[], Operator]


class Join(NamedTuple):
    """A subscriber that comes just before the event with the index `before`, and leaves within its
    item number `leaves`, from 1; 0: it does not."""

    before: int = 0
    leaves: int = 0


ONE_MORE = Join()


def check_operator(
    make: Make | st.SearchStrategy[Make],
    rules: Iterable[Rule] = WHOLE,
    *,
    examples: int = 100,
    moves_max: int = 12,
) -> None:
    """Raise AssertionError with the shortest history that is found in which a rule is broken.

    `make` makes the operator anew for each trial; or it is a strategy of hypothesis that draws such
    a function. `rules` are those that the operator has to keep: WHOLE if it leaves nothing out,
    ALWAYS if it does.
    """
    kept = frozenset(rules)
    makes = make if isinstance(make, st.SearchStrategy) else st.just(make)

    @settings(max_examples=examples, deadline=None)
    @given(makes, histories(moves_max), joins())
    def try_it(made: Make, history: History, join: Join) -> None:
        found = [one for one in faults(made, history, join) if one.rule in kept]
        assert not found, "\n".join(f"{one.rule}: {one.words}" for one in found)

    try_it()


def check_entry(
    entry: Entry, *, drawn: st.SearchStrategy[StepSettings] | None = None, examples: int = 100
) -> None:
    """The same for an operator of the catalog, under any settings that its model allows, or those
    `drawn`; what it promises is what its entry says."""
    settled = drawn if drawn is not None else steps(entry.settings)
    check_operator(
        settled.map(lambda one: partial(entry.operator, one)), promised(entry), examples=examples
    )


def promised(entry: Entry) -> frozenset[Rule]:
    """The rules that an operator of the catalog keeps."""
    return ALWAYS if entry.loses else WHOLE


def joins() -> st.SearchStrategy[Join]:
    """A second subscriber."""
    return st.builds(Join, st.integers(0, 12), st.integers(0, 3))


def faults(make: Make, history: History, second: Join = ONE_MORE) -> list[Fault]:
    """Every rule that is broken in this history, kept by all or not; `second` is a subscriber
    beside the one that is there from the beginning to the end."""
    alone = Trial(make, history, [Join()])
    found = [*alone.faults(), *_repeated(alone, Trial(make, history, [Join()]))]
    other = Trial(make, history, [second])
    both = Trial(make, history, [Join(), second])
    found += [*other.faults(), *both.faults(), *_apart([alone, other], both)]
    return list(dict.fromkeys(found))


class Trial:
    """One run of a history, with these subscribers."""

    def __init__(self, make: Make, history: History, joins: Sequence[Join]) -> None:
        self.history, self.joins = history, joins
        self.told = history.told()
        self.error = RuntimeError("of the source")
        self.left_behind: list[str] = []
        self.clock = VirtualClock()
        self._scheduler = ClockScheduler(self.clock)
        self._source: Subject[Event] = Subject()
        self._observable = make()(self._source)
        self._subscriptions = [SerialDisposable() for _ in joins]
        self.spies = [self._spy(number, join) for number, join in enumerate(joins)]
        self._run()

    def heard(self) -> list[list[Said]]:
        """What each subscriber was told."""
        return [spy.said for spy in self.spies]

    def faults(self) -> Iterator[Fault]:
        """The rules that this run alone shows to be broken."""
        for words in self.left_behind:
            yield Fault(Rule.LEAVES_NOTHING, words)
        for error in self.clock.errors:
            yield Fault(Rule.ERRORS_GO_ON, f"a task raised {error!r}")
        for spy, join in zip(self.spies, self.joins, strict=True):
            yield from spy.faults
            yield from self._of_what_was_said(spy, join)

    def _of_what_was_said(self, spy: Spy, join: Join) -> Iterator[Fault]:
        into, out = self._into(join), [one for one in spy.items() if is_of_a_thing(one)]
        yield from wrong_order(out)
        at_first = {one.thing: one.before for one in reversed(into)}
        yield from broken(out, at_first)
        yield from invented(into, out)
        if spy.left:
            return
        yield from self._of_its_end(spy)
        yield from self._of_known(spy, join)
        if self.history.end is End.COMPLETES:
            yield from other_ends(into, out, at_first)
            yield from lost(into, out)

    def _of_its_end(self, spy: Spy) -> Iterator[Fault]:
        at = self.history.ends_at()
        last = spy.said[-1] if spy.said else Said(0.0, "", None)
        if self.history.end is End.COMPLETES and last != Said(at, END, None):
            yield Fault(Rule.COMPLETES, f"its source has completed at {at:g} s; last came {last}")
        if self.history.end is End.FAILS and last != Said(at, ERROR, self.error):
            yield Fault(Rule.ERRORS_GO_ON, f"its source has failed at {at:g} s; last came {last}")

    def _of_known(self, spy: Spy, join: Join) -> Iterator[Fault]:
        known = [one for one in self._heard_of(join) if is_known(one.event)]
        passed = [(one.at, one.value) for one in spy.said if _is_known(one.value)]
        if [(one.at, one.event) for one in known] != passed:
            yield Fault(Rule.KNOWN_PASSES, f"{len(known)} things are known, it told {passed}")

    def _into(self, join: Join) -> list[Event]:
        return [one.event for one in self._heard_of(join)]

    def _heard_of(self, join: Join) -> list[Told]:
        return self.told[join.before :]

    def _run(self) -> None:
        for number, join in enumerate(self.joins):
            if not join.before:
                self._subscribe(number)
        for index, one in enumerate(self.told):
            self.clock.call_at(one.at, partial(self._join, index, index))
            self.clock.call_at(one.at, partial(self._source.on_next, one.event))
        at = self.history.ends_at()
        self.clock.call_at(at, partial(self._join, len(self.told), inf))
        self.clock.call_at(at, self._end)
        self.clock.run(until=at)
        self._look_for_what_is_left()
        self.clock.run(until=at + LONG_SECS)

    def _join(self, first: int, last: float) -> None:
        for number, join in enumerate(self.joins):
            if join.before and first <= join.before <= last:
                self._subscribe(number)

    def _subscribe(self, number: int) -> None:
        # Not `subscribe`: it would stand between the operator and the spy and hide what is wrong.
        spy = self.spies[number]
        made = self._observable._subscribe_core(spy, self._scheduler)
        self._subscriptions[number].disposable = made

    def _leave(self, number: int) -> None:
        self._subscriptions[number].dispose()

    def _end(self) -> None:
        match self.history.end:
            case End.COMPLETES:
                self._source.on_completed()
            case End.FAILS:
                self._source.on_error(self.error)
            case End.IS_LEFT:
                pass
        for number, spy in enumerate(self.spies):
            if self.history.end is End.IS_LEFT:
                spy.left = True
                self._leave(number)

    def _spy(self, number: int, join: Join) -> Spy:
        def react(_value: Any) -> None:
            if join.leaves and len(self.spies[number].items()) == join.leaves:
                self.spies[number].left = True
                self._leave(number)

        return Spy(self.clock, react, partial(self._leave, number))

    def _look_for_what_is_left(self) -> None:
        self.left_behind = [f"a task or timer: {name}" for name in self.clock.stray()]
        if self._scheduler.waiting:
            self.left_behind.append(f"{self._scheduler.waiting} timers of the scheduler")
        if self._source.observers:
            self.left_behind.append(f"{len(self._source.observers)} subscriptions to its source")


def _repeated(first: Trial, second: Trial) -> Iterator[Fault]:
    for past, now in zip(_comparable(first), _comparable(second), strict=True):
        if past != now:
            yield Fault(Rule.REPEATABLE, _difference(past, now))


def _apart(alone: Sequence[Trial], both: Trial) -> Iterator[Fault]:
    """Each subscriber beside others is told what it is told without them."""
    for single, beside in zip(alone, _comparable(both), strict=True):
        (by_itself,) = _comparable(single)
        if by_itself != beside:
            yield Fault(Rule.APART, _difference(by_itself, beside))


def _comparable(trial: Trial) -> list[list[Said]]:
    return [
        [one._replace(value=repr(one.value)) if one.sign == ERROR else one for one in said]
        for said in trial.heard()
    ]


def _difference(first: Sequence[Said], second: Sequence[Said]) -> str:
    for past, now in zip(first, second, strict=False):
        if past != now:
            return f"first {past}, then {now}"
    return f"first {len(first)} signals, then {len(second)}"


def _is_known(value: Any) -> bool:
    return isinstance(value, Event) and is_known(value)
