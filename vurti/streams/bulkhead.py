"""Live streams, whose subscribers can harm nobody but themselves."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Generic, TypeVar

from reactivex import ConnectableObservable, Observable, abc
from reactivex.disposable import Disposable

from vurti.clock import Clock
from vurti.events import Event
from vurti.model import Missed, Poll, Question, VmStatesAnswer, VmStatisticsAnswer
from vurti.model.inputs import VdsCapabilitiesAnswer
from vurti.streams.lane import Lane, LaneScheduler
from vurti.streams.limits import Limits, SubscriberSettings
from vurti.streams.mailbox import Mailbox
from vurti.streams.naming import called
from vurti.streams.sums import add_up

T = TypeVar("T")


class Bulkhead(Generic[T]):
    """What one stream has for one subscriber. `offer` never yields. A subscriber that stalls finds
    the events of each thing added up when it comes back."""

    def __init__(
        self,
        lane: Lane,
        observer: abc.ObserverBase[T],
        box: Mailbox[T],
        left: Callable[["Bulkhead[T]"], None],
    ) -> None:
        """`left` is told once when the subscriber is gone, by its own will or not."""
        self.lane, self.box, self.closed = lane, box, False
        self._observer, self._left = observer, left
        self._completed_at: float | None = None
        lane.attach(self)

    @property
    def front_at(self) -> float | None:
        """When what it has next came; None where it has nothing."""
        at = self.box.front_at
        return at if at is not None else self._completed_at

    @property
    def waiting(self) -> int:
        """How much waits for the subscriber."""
        return len(self.box)

    def offer(self, item: T) -> None:
        """Put it behind everything that waits for the subscriber."""
        if self.closed:
            return
        box, limits = self.box, self.lane.limits
        sums, over = box.sums, box.over
        box.offer(item)
        limits.sums += box.sums - sums
        limits.over += box.over - over
        limits.peak = max(limits.peak, len(box))
        self.lane.wake()
        if len(box) > limits.settings.things_max:
            self.lane.cut_off(f"{len(box)} items wait for it, each of another thing")

    def begin(self, known: Iterable[T]) -> None:
        """Offer what is known: a bound that this alone is beyond is not exceeded by anybody."""
        over = self.lane.limits.over
        for item in known:
            self.offer(item)
        self.lane.limits.over = over

    def complete(self) -> None:
        """No more will come: tell the subscriber behind everything that waits."""
        self._completed_at = self.lane.clock.now()
        self.lane.wake()

    def serve(self) -> None:
        """Tell the subscriber one thing."""
        for item in self.box.take(limit=1):
            self._observer.on_next(item)
            return
        self._completed_at = None
        self.lane.detach(self)
        self._observer.on_completed()

    def dispose(self) -> None:
        """Nothing more is told; what waits is dropped, its subscriber wants it no longer."""
        if self.closed:
            return
        self.closed = True
        self._completed_at = None
        self.box.take()
        self.lane.detach(self)
        self._left(self)

    def leave(self) -> list[T]:
        """Be gone, and give what waits: for who reads on elsewhere."""
        rest = self.box.take()
        self.dispose()
        return rest


def most_waiting(bulkheads: Iterable[Bulkhead[Any]]) -> int:
    """How much waits for the one for whom most does."""
    return max((len(one.box) for one in bulkheads), default=0)


def oldest_waiting(bulkheads: Iterable[Bulkhead[Any]]) -> float | None:
    """When the oldest of all that waits was offered; None where nothing does."""
    ages = [at for one in bulkheads if (at := one.box.oldest_at) is not None]
    return min(ages, default=None)


class SharedStream(Generic[T]):
    """A stream for any number of subscribers, each behind a bulkhead of its own.

    `observable` is one and the same for ever. A late subscriber first gets what `known()` gives,
    then everything emitted after that, without gap or overlap: so `known` must tell all that was
    emitted so far, and must not yield. Time operators in its `pipe` run on `clock`.
    """

    def __init__(
        self,
        clock: Clock,
        known: Callable[[], Iterable[T]] = tuple,
        *,
        key: Callable[[T], str],
        add: Callable[[T, T], T | None],
        name: str = "stream",
        settings: SubscriberSettings | None = None,
        **limits: float,
    ) -> None:
        """`limits` are those of SubscriberSettings that are not to be at their default, where no
        `settings` are given."""
        self.name = name
        self.emitted = 0  # items, whoever listens
        self.limits = Limits(settings or SubscriberSettings.model_validate(limits))
        self._clock, self._known, self._key, self._add = clock, known, key, add
        self._bulkheads: dict[Bulkhead[T], None] = {}
        self._numbered = 0
        self._completed = False
        self.observable: Observable[T] = Scheduled(Observable(self._subscribe), self._lane)

    @property
    def subscribers(self) -> int:
        """How many there are now."""
        return len(self._bulkheads)

    @property
    def bulkheads(self) -> tuple[Bulkhead[T], ...]:
        """Those of the subscribers that there are now, for who shows them."""
        return tuple(self._bulkheads)

    @property
    def waiting(self) -> int:
        """How much waits for the one for whom most does."""
        return most_waiting(self._bulkheads)

    @property
    def oldest_at(self) -> float | None:
        """When the oldest of all that waits was offered; None where nothing does."""
        return oldest_waiting(self._bulkheads)

    def emit(self, item: T) -> None:
        """Offer it to every subscriber. Never yields, never raises what a subscriber does."""
        self.emitted += 1
        for bulkhead in tuple(self._bulkheads):
            bulkhead.offer(item)

    def complete(self) -> None:
        """Tell every subscriber that this is all, behind what it has not yet got."""
        self._completed = True
        bulkheads, self._bulkheads = tuple(self._bulkheads), {}
        for bulkhead in bulkheads:
            bulkhead.complete()

    def _subscribe(
        self, observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        """In the lane that the subscription brings, if it brings one: its operators wake there."""
        lane = scheduler.lane if isinstance(scheduler, LaneScheduler) else self._lane(observer)
        return Disposable(self.attach(observer, lane).dispose)

    def attach(self, observer: abc.ObserverBase[T], lane: Lane) -> Bulkhead[T]:
        """Subscribe in this lane, and hold the bulkhead itself."""
        queue_max = self.limits.settings.queue_max
        box = Mailbox(queue_max, self._key, self._add, now=self._clock.now)
        bulkhead = Bulkhead(lane, observer, box, self._left)
        self._bulkheads[bulkhead] = None
        bulkhead.begin(self._known())
        if self._completed:
            self._bulkheads.pop(bulkhead, None)
            bulkhead.complete()
        return bulkhead

    def _lane(self, observer: abc.ObserverBase[Any]) -> Lane:
        self._numbered += 1
        name = f"{called(observer)} ({self._numbered} of {self.name})"
        return Lane(self._clock, self.limits, name)

    def _left(self, bulkhead: Bulkhead[T]) -> None:
        self._bulkheads.pop(bulkhead, None)


class LiveStream(SharedStream[Event]):
    """Events of hosts or VMs, provisional. `known` gives VmKnown or VdsKnown events."""

    def __init__(
        self, clock: Clock, known: Callable[[], Iterable[Event]] = tuple, **more: Any
    ) -> None:
        super().__init__(clock, known, key=_thing, add=partial(add_up, forced=True), **more)


class PollStream(SharedStream[Poll]):
    """Polls as they come. A slow subscriber gets the latest of each host and question."""

    def __init__(self, clock: Clock, **more: Any) -> None:
        super().__init__(clock, key=host_and_question, add=_latter, **more)


class Scheduled(Observable[T]):
    """An Observable whose subscribers each get a lane of their own, unless they bring a scheduler.
    So an operator that is piped from it takes its time from there, and speaks in that lane."""

    def __init__(
        self, source: Observable[T], lane: Callable[[abc.ObserverBase[Any]], Lane]
    ) -> None:
        super().__init__()
        self._source, self._lane = source, lane

    def _subscribe_core(
        self, observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        if scheduler is not None:
            return self._source.subscribe(observer, scheduler=scheduler)
        lane = self._lane(observer)
        heard = lane.hearing(observer)
        lane.subscription.disposable = self._source.subscribe(heard, scheduler=lane.scheduler)
        return Disposable(lane.close)

    def pipe(self, *operators: Callable[[Any], Any]) -> Any:
        """As that of any Observable; what it gives is Scheduled again."""
        piped = self._source.pipe(*operators)
        if isinstance(piped, ConnectableObservable) or not isinstance(piped, Observable):
            return piped
        return Scheduled(piped, self._lane)


def _thing(event: Event) -> str:
    return event.thing


def _latter(_first: Poll, second: Poll) -> Poll:
    return second


def host_and_question(poll: Poll) -> str:
    """The key by which polls are kept apart."""
    return f"{poll.host} {_question(poll)}"


def _question(poll: Poll) -> Question:
    if isinstance(poll, Missed):
        return poll.question
    match poll.answer:
        case VmStatesAnswer():
            return Question.VMS
        case VmStatisticsAnswer():
            return Question.VM_STATISTICS
        case VdsCapabilitiesAnswer():
            return Question.CAPABILITIES
        case _:
            return Question.VDS_STATISTICS
