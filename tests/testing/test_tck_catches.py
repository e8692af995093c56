"""The kit can fail: for each of its rules something that breaks it, and is caught by that rule."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from hypothesis import Phase, settings
from msgspec.structs import replace
from reactivex import Observable, Subject, abc
from reactivex import operators as ops
from reactivex.disposable import CompositeDisposable, Disposable

from vurti.clock import Clock
from vurti.events import Event, event
from vurti.model import Vm, VmStatus
from vurti.streams.bulkhead import LiveStream
from vurti.streams.mailbox import Mailbox
from vurti.streams.operator import Operator
from vurti.streams.operators import settle
from vurti.streams.scheduler import ClockScheduler, Time
from vurti.streams.sums import is_known
from vurti.testing.tck import Rule, check_mailbox, check_operator, check_stream
from vurti.testing.tck.streams import Known, Live


@pytest.fixture(autouse=True, scope="module")
def _found_is_enough() -> Iterator[None]:
    """Nobody reads how short these histories can be made; and all runs draw the same ones."""
    before = settings.default
    settings.register_profile(
        "found is enough", phases=[Phase.generate], database=None, derandomize=True
    )
    settings.load_profile("found is enough")
    yield
    settings.register_profile("before", before)
    settings.load_profile("before")


Observer = abc.ObserverBase[Event]
Scheduler = abc.SchedulerBase | None


def made(
    subscribe: Callable[[Observable[Event], Observer, Time], abc.DisposableBase],
) -> Operator:
    """An operator from what it does with its source, its observer and time."""

    def operator(source: Observable[Event]) -> Observable[Event]:
        def begin(observer: Observer, scheduler: Scheduler = None) -> abc.DisposableBase:
            return subscribe(source, observer, Time(scheduler, "mutant"))

        return Observable(begin)

    return operator


def says_after_dispose() -> Operator:
    """Delays each event and never takes that back."""

    def subscribe(source: Observable[Event], observer: Observer, time: Time) -> abc.DisposableBase:
        def later(one: Event) -> None:
            time.at(time.now() + 5.0, lambda: observer.on_next(one))

        return source.subscribe(later, observer.on_error, observer.on_completed)

    return made(subscribe)


def leaks_a_timer() -> Operator:
    def subscribe(source: Observable[Event], observer: Observer, time: Time) -> abc.DisposableBase:
        def on_next(one: Event) -> None:
            time.at(time.now() + 500.0, lambda: None)
            observer.on_next(one)

        return source.subscribe(on_next, observer.on_error, observer.on_completed)

    return made(subscribe)


def stays_subscribed() -> Operator:
    def subscribe(source: Observable[Event], observer: Observer, _time: Time) -> abc.DisposableBase:
        gone = [False]

        def on_next(one: Event) -> None:
            if not gone[0]:
                observer.on_next(one)

        source.subscribe(on_next, observer.on_error, observer.on_completed)
        return Disposable(lambda: gone.__setitem__(0, True))

    return made(subscribe)


def swallows_errors() -> Operator:
    return ops.catch(lambda _error, _source: Subject())


def makes_errors_an_end() -> Operator:
    def subscribe(source: Observable[Event], observer: Observer, _time: Time) -> abc.DisposableBase:
        return source.subscribe(
            observer.on_next, lambda _error: observer.on_completed(), observer.on_completed
        )

    return made(subscribe)


def never_completes() -> Operator:
    return ops.concat(Subject())


def goes_on_after_its_end() -> Operator:
    def subscribe(source: Observable[Event], observer: Observer, _time: Time) -> abc.DisposableBase:
        last = list[Event]()

        def on_completed() -> None:
            observer.on_completed()
            for one in last[-1:]:
                observer.on_next(replace(one, seq_first=one.seq + 1, seq=one.seq + 1))

        def on_next(one: Event) -> None:
            last.append(one)
            observer.on_next(one)

        return source.subscribe(on_next, observer.on_error, on_completed)

    return made(subscribe)


def forgets_what_it_holds_at_the_end() -> Operator:
    def subscribe(source: Observable[Event], observer: Observer, time: Time) -> abc.DisposableBase:
        alarms = CompositeDisposable()

        def later(one: Event) -> None:
            if is_known(one):
                observer.on_next(one)
            else:
                alarms.add(time.at(time.now() + 3.0, lambda: observer.on_next(one)))

        following = source.subscribe(later, observer.on_error, observer.on_completed)
        return CompositeDisposable(following, alarms)

    return made(subscribe)


def turns_pairs_round() -> Operator:
    """Holds every other event back behind the next."""

    def subscribe(source: Observable[Event], observer: Observer, _time: Time) -> abc.DisposableBase:
        held = list[Event]()

        def on_next(one: Event) -> None:
            if is_known(one):
                observer.on_next(one)
            elif held:
                observer.on_next(one)
                observer.on_next(held.pop())
            else:
                held.append(one)

        def on_completed() -> None:
            while held:
                observer.on_next(held.pop())
            observer.on_completed()

        return source.subscribe(on_next, observer.on_error, on_completed)

    return made(subscribe)


def loses_every(nth: int) -> Operator:
    def subscribe(source: Observable[Event], observer: Observer, _time: Time) -> abc.DisposableBase:
        numbers = count(1)

        def on_next(one: Event) -> None:
            if is_known(one) or next(numbers) % nth:
                observer.on_next(one)

        return source.subscribe(on_next, observer.on_error, observer.on_completed)

    return made(subscribe)


def forgets_what_lasts() -> Operator:
    def without(one: Event) -> Event:
        if is_known(one) or one.before == one.after:
            return one
        known = {"id": one.id, "seq": one.seq, "seq_first": one.seq_first, "number": one.number}
        return event(one.before, one.after, (), **known) or one

    return ops.map(without)


def holds_back_what_is_known() -> Operator:
    return ops.filter(lambda one: not is_known(one))


def shares_its_state() -> Operator:
    """Subscribers of one observable have one memory: each thing is told to one of them."""

    def operator(source: Observable[Event]) -> Observable[Event]:
        told = set[str]()

        def is_new(one: Event) -> bool:
            new = one.id not in told or is_known(one)
            told.add(one.id)
            return new

        return source.pipe(ops.filter(is_new))

    return operator


def tells_what_never_happened() -> Operator:
    """It says of each thing that is there that it is paused."""

    def paused(one: Event) -> Event:
        if is_known(one) or not isinstance(one.after, Vm):
            return one
        return replace(one, after=replace(one.after, status=VmStatus.PAUSED))

    return ops.map(paused)


COUNTED = count()


def tells_what_is_not_in_its_input() -> Operator:
    """As one that reads the real clock, or iterates over a set."""
    return ops.map(lambda one: replace(one, reason=str(next(COUNTED))))


MUTANTS: list[tuple[Callable[[], Operator], Rule]] = [
    (says_after_dispose, Rule.LEFT_ALONE),
    (leaks_a_timer, Rule.LEAVES_NOTHING),
    (stays_subscribed, Rule.LEAVES_NOTHING),
    (swallows_errors, Rule.ERRORS_GO_ON),
    (makes_errors_an_end, Rule.ERRORS_GO_ON),
    (never_completes, Rule.COMPLETES),
    (goes_on_after_its_end, Rule.ENDS_ONCE),
    (forgets_what_it_holds_at_the_end, Rule.LAST),
    (turns_pairs_round, Rule.ORDER),
    (lambda: loses_every(3), Rule.UNBROKEN),
    (forgets_what_lasts, Rule.LASTING),
    (holds_back_what_is_known, Rule.KNOWN_PASSES),
    (tells_what_never_happened, Rule.HAPPENED),
    (shares_its_state, Rule.APART),
    (tells_what_is_not_in_its_input, Rule.REPEATABLE),
]


@pytest.mark.parametrize(("mutant", "rule"), MUTANTS)
def test_each_bad_operator_is_caught_by_the_rule_that_it_breaks(
    mutant: Callable[[], Operator], rule: Rule
) -> None:
    with pytest.raises(AssertionError) as caught:
        check_operator(mutant, {rule}, examples=300)
    assert f"{rule}: " in str(caught.value)


class Greedy(Mailbox[Event]):
    """Gives more than was asked for."""

    def take(
        self, accept: Callable[[Event], bool] | None = None, limit: int | None = None
    ) -> list[Event]:
        return super().take(accept, None if limit is None else limit + 1)


class Insatiable(Mailbox[Event]):
    """Always asks for more."""

    def demand(self) -> bool:
        return True


class Stack(Mailbox[Event]):
    """The latest come out first."""

    def take(
        self, accept: Callable[[Event], bool] | None = None, limit: int | None = None
    ) -> list[Event]:
        return super().take(accept, limit)[::-1]


class Leaky(Mailbox[Event]):
    """What comes beyond the capacity is thrown away."""

    def offer(self, item: Event) -> None:
        if len(self) < self.capacity:
            super().offer(item)


class Endless(Mailbox[Event]):
    """Nothing is added up."""

    def _make_room(self) -> None:
        self.over += len(self) > self.capacity


def mailbox(kind: type[Mailbox[Event]]) -> Callable[..., Mailbox[Event]]:
    return lambda capacity, key, add: kind(capacity, key, add, now=lambda: 0.0)


def forgetful(capacity: int, key: Callable[[Event], str], _add: object) -> Mailbox[Event]:
    """Sums of its own, which forget what lasts."""

    def add(first: Event, second: Event) -> Event | None:
        numbers = {"seq": second.seq, "seq_first": first.seq_first, "number": second.number}
        return event(first.before, second.after, (), id=second.id, **numbers)

    return Mailbox(capacity, key, add, now=lambda: 0.0)


def latest_only(capacity: int, key: Callable[[Event], str], _add: object) -> Mailbox[Event]:
    """The newer takes the place of the older."""
    return Mailbox(capacity, key, lambda _first, second: second, now=lambda: 0.0)


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (mailbox(Greedy), Rule.DEMAND),
        (mailbox(Insatiable), Rule.DEMAND),
        (mailbox(Stack), Rule.ORDER),
        (mailbox(Leaky), Rule.COUNTED),
        (mailbox(Leaky), Rule.LAST),
        (mailbox(Endless), Rule.DEMAND),
        (forgetful, Rule.LASTING),
        (latest_only, Rule.UNBROKEN),
    ],
)
def test_each_bad_mailbox_is_caught_by_the_rule_that_it_breaks(
    make: Callable[..., Mailbox[Event]], rule: Rule
) -> None:
    with pytest.raises(AssertionError) as caught:
        check_mailbox(make, {rule}, examples=500)
    assert f"{rule}: " in str(caught.value)


def wakes_where_it_is_not_told() -> Operator:
    """Its alarms come from a task of its own: they meet a subscriber that is busy."""

    def operator(source: Observable[Event]) -> Observable[Event]:
        def subscribe(observer: Observer, scheduler: Scheduler = None) -> abc.DisposableBase:
            assert isinstance(scheduler, ClockScheduler)
            own = ClockScheduler(scheduler.clock)
            return source.pipe(settle(1)).subscribe(observer, scheduler=own)

        return Observable(subscribe)

    return operator


class Deaf(LiveStream):
    """Who comes late is not told how things stand."""

    def __init__(self, clock: Clock, _known: Known, **more: float) -> None:
        super().__init__(clock, tuple, **more)


class Stale(LiveStream):
    """What is known is told behind what came after it."""

    def __init__(self, clock: Clock, known: Known, **more: float) -> None:
        super().__init__(clock, tuple, **more)
        self._late = known

    def emit(self, item: Event) -> None:
        super().emit(item)
        for one in self._late():
            if one.thing == item.thing and one.after != item.after:
                super().emit(one)


class Mumbling(LiveStream):
    """Every other event is not told."""

    count = 0

    def emit(self, item: Event) -> None:
        self.count += 1
        if self.count % 2:
            super().emit(item)


class Plain:
    """No bulkhead at all: everybody is told by whoever emits, one after the other."""

    def __init__(self, clock: Clock, known: Known) -> None:
        self._clock, self._known = clock, known
        self._observers = list[Observer]()
        self.observable: Observable[Event] = Observable(self._subscribe)
        self.waiting = 0

    @property
    def subscribers(self) -> int:
        return len(self._observers)

    def _subscribe(self, observer: Observer, _scheduler: Scheduler = None) -> abc.DisposableBase:
        self._observers.append(observer)
        self._clock.spawn(lambda: [observer.on_next(one) for one in self._known()])
        return Disposable(lambda: observer in self._observers and self._observers.remove(observer))

    def emit(self, item: Event, /) -> None:
        self._clock.spawn(lambda: [one.on_next(item) for one in tuple(self._observers)])

    def complete(self) -> None:
        for one in self._observers:
            one.on_completed()
        self._observers.clear()


class Endlessly(LiveStream):
    """It never ends."""

    def complete(self) -> None:
        """Nothing."""


class Piling(LiveStream):
    """What waits for a subscriber is never added up."""

    def __init__(self, clock: Clock, known: Known, **_more: float) -> None:
        super().__init__(clock, known, queue_max=1000)


class Sticky(LiveStream):
    """Each emission leaves something to be done in an hour."""

    def emit(self, item: Event) -> None:
        super().emit(item)
        self._clock.spawn(self._clock.sleep_until, self._clock.now() + 3600.0)


class Queueing(LiveStream):
    """Whoever is slow holds up all: nothing is told before everybody has heard the last."""

    def emit(self, item: Event) -> None:
        def when_all_are_ready() -> None:
            while self.waiting:
                self._clock.sleep_until(self._clock.now() + 1.0)
            LiveStream.emit(self, item)

        self._clock.spawn(when_all_are_ready)


class Moody(LiveStream):
    """What it tells is another thing each time."""

    def emit(self, item: Event) -> None:
        super().emit(replace(item, reason=str(next(COUNTED))))


class Clinging(Plain):
    """Whoever leaves is told of one event more."""

    def _subscribe(self, observer: Observer, _scheduler: Scheduler = None) -> abc.DisposableBase:
        super()._subscribe(observer)
        return Disposable(lambda: self._leaving.append(observer))

    def __init__(self, clock: Clock, known: Known) -> None:
        super().__init__(clock, known)
        self._leaving = list[Observer]()

    def emit(self, item: Event, /) -> None:
        told = tuple(self._observers)
        self._observers = [one for one in told if one not in self._leaving]
        self._clock.spawn(lambda: [one.on_next(item) for one in told])


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (Moody, Rule.REPEATABLE),
        (Clinging, Rule.LEFT_ALONE),
        (Deaf, Rule.KNOWN_FIRST),
        (Stale, Rule.LAST),
        (Mumbling, Rule.UNBROKEN),
        (Plain, Rule.SERIAL),
        (Queueing, Rule.APART),
        (Endlessly, Rule.COMPLETES),
        (Piling, Rule.DEMAND),
        (Sticky, Rule.LEAVES_NOTHING),
    ],
)
def test_each_bad_live_stream_is_caught_by_the_rule_that_it_breaks(
    kind: Callable[..., Live], rule: Rule
) -> None:
    def make(clock: Clock, known: Known, queue_max: int) -> Live:
        return (
            kind(clock, known)
            if kind in (Plain, Clinging)
            else kind(clock, known, queue_max=queue_max)
        )

    with pytest.raises(AssertionError) as caught:
        check_stream(make, rules={rule}, examples=1000)
    assert f"{rule}: " in str(caught.value)


def test_an_operator_that_wakes_by_itself_is_caught_behind_a_live_stream() -> None:
    with pytest.raises(AssertionError) as caught:
        check_stream(operator=wakes_where_it_is_not_told, rules={Rule.SERIAL}, examples=500)
    assert f"{Rule.SERIAL}: " in str(caught.value)
