"""Live streams, whose subscribers can harm nobody but themselves."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Generic, TypeVar

from loguru import logger
from reactivex import ConnectableObservable, Observable, abc
from reactivex.disposable import Disposable

from vurti.clock import Clock, Task
from vurti.events import Event
from vurti.model import Missed, Poll, Question, VmStatesAnswer, VmStatisticsAnswer
from vurti.model.inputs import VdsCapabilitiesAnswer
from vurti.streams.mailbox import Mailbox
from vurti.streams.scheduler import ClockScheduler
from vurti.streams.sums import add_up

T = TypeVar("T")
BURST = 100
"""After so many items in one go a subscriber's task lets the others run."""


class Limits:
    """What one subscriber may do before its bulkhead closes, and what is then counted."""

    def __init__(self, queue_max: int, errors_max: int, slow_secs: float) -> None:
        self.queue_max, self.errors_max, self.slow_secs = queue_max, errors_max, slow_secs
        self.errors = 0  # items that a subscriber raised at
        self.cut_off = 0  # subscribers that were unsubscribed for it
        self.slow = 0  # items that took a subscriber longer than slow_secs
        self.sums = 0  # pairs of waiting items that were added up
        self.over = 0  # items beyond queue_max, since they were of that many different things


class Bulkhead(Generic[T]):
    """One subscriber with its queue and its task. `offer` never yields.

    The task lives while something waits. A subscriber that raises is logged and goes on with the
    next item, until it has raised `errors_max` times in a row: then it is unsubscribed. One that
    stalls finds the events of each thing added up when it comes back.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        observer: abc.ObserverBase[T],
        box: Mailbox[T],
        limits: Limits,
        left: Callable[["Bulkhead[T]"], None],
    ) -> None:
        """`left` is told once when the subscriber is gone, by its own will or not."""
        self.name, self.closed = name, False
        self._left = left
        self._clock, self._observer, self._box, self._limits = clock, observer, box, limits
        self._task: Task | None = None
        self._in_a_row = 0
        self._completing = False

    def offer(self, item: T) -> None:
        sums, over = self._box.sums, self._box.over
        self._box.offer(item)
        self._limits.sums += self._box.sums - sums
        self._limits.over += self._box.over - over
        self._wake()

    def complete(self) -> None:
        """No more will come: tell the subscriber behind everything that waits."""
        self._completing = True
        self._wake()

    def dispose(self) -> None:
        """Nothing more is told; what waits is dropped, its subscriber wants it no longer. One that
        is in the middle of an item may finish it: it might be writing to a disk or a socket."""
        if self.closed:
            return
        self.closed = True
        self._box.take()
        self._left(self)

    def _wake(self) -> None:
        if self._task is None and not self.closed:
            self._task = self._clock.spawn(self._drain)

    def _drain(self) -> None:
        try:
            served = 0
            while items := self._box.take(limit=1):
                self._serve(items[0])
                served += 1
                if served % BURST == 0:
                    self._clock.sleep_until(self._clock.now())
            if self._completing and not self.closed:
                self._observer.on_completed()
        finally:
            self._task = None

    def _serve(self, item: T) -> None:
        began = self._clock.now()
        try:
            self._observer.on_next(item)
            self._in_a_row = 0
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the subscriber's own
            self._raised(error)
        took = self._clock.now() - began
        if took > self._limits.slow_secs:
            self._limits.slow += 1
            logger.warning("subscriber {} took {:.1f} s for one item", self.name, took)

    def _raised(self, error: Exception) -> None:
        self._limits.errors += 1
        self._in_a_row += 1
        logger.opt(exception=error).error("subscriber {} raised", self.name)
        if self._in_a_row >= self._limits.errors_max:
            self._limits.cut_off += 1
            logger.error("subscriber {} is cut off: {} errors in a row", self.name, self._in_a_row)
            self.dispose()


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
        queue_max: int = 1024,
        errors_max: int = 10,
        slow_secs: float = 1.0,
    ) -> None:
        self.name, self.limits = name, Limits(queue_max, errors_max, slow_secs)
        self._clock, self._known, self._key, self._add = clock, known, key, add
        self._bulkheads: dict[Bulkhead[T], None] = {}
        self._numbered = 0
        self._completed = False
        self.observable: Observable[T] = Scheduled(
            Observable(self._subscribe), ClockScheduler(clock)
        )

    @property
    def subscribers(self) -> int:
        """How many there are now."""
        return len(self._bulkheads)

    def emit(self, item: T) -> None:
        """Offer it to every subscriber. Never yields, never raises what a subscriber does."""
        for bulkhead in tuple(self._bulkheads):
            bulkhead.offer(item)

    def complete(self) -> None:
        """Tell every subscriber that this is all, behind what it has not yet got."""
        self._completed = True
        bulkheads, self._bulkheads = tuple(self._bulkheads), {}
        for bulkhead in bulkheads:
            bulkhead.complete()

    def _subscribe(
        self, observer: abc.ObserverBase[T], _scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        self._numbered += 1
        box = Mailbox(self.limits.queue_max, self._key, self._add, now=self._clock.now)
        name = f"{self._numbered} of {self.name}"
        bulkhead = Bulkhead(name, self._clock, observer, box, self.limits, self._left)
        for item in self._known():
            bulkhead.offer(item)
        if self._completed:
            bulkhead.complete()
        else:
            self._bulkheads[bulkhead] = None
        return Disposable(bulkhead.dispose)

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
        super().__init__(clock, key=_host_and_question, add=_latter, **more)


class Scheduled(Observable[T]):
    """An Observable that brings its own scheduler: whoever subscribes to it, or to what was piped
    from it, without one gets this one. So an operator that takes time takes the clock's."""

    def __init__(self, source: Observable[T], scheduler: abc.SchedulerBase) -> None:
        super().__init__()
        self._source, self._scheduler = source, scheduler

    def _subscribe_core(
        self, observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        return self._source.subscribe(observer, scheduler=scheduler or self._scheduler)

    def pipe(self, *operators: Callable[[Any], Any]) -> Any:
        """As that of any Observable; what it gives is Scheduled again."""
        piped = self._source.pipe(*operators)
        if isinstance(piped, ConnectableObservable) or not isinstance(piped, Observable):
            return piped
        return Scheduled(piped, self._scheduler)


def _thing(event: Event) -> str:
    return event.thing


def _latter(_first: Poll, second: Poll) -> Poll:
    return second


def _host_and_question(poll: Poll) -> str:
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
