"""The common frame of operators that hold events for a time."""

import math
from collections.abc import Callable
from typing import Protocol

from reactivex import Observable, abc, typing
from reactivex.disposable import BooleanDisposable, CompositeDisposable, Disposable

from vurti.events import Event
from vurti.streams.operator import Operator
from vurti.streams.scheduler import Time
from vurti.streams.sums import is_known


class Holder(Protocol):
    """The state of one subscription."""

    def take(self, event: Event) -> None:
        """An event came."""

    def flush(self) -> None:
        """Say all that is held: no more will come."""

    def drop(self) -> None:
        """Leave no alarm behind."""


def timed(
    name: str, held: Callable[[Time, Callable[[Event], None]], Holder], *, known: bool = True
) -> Operator:
    """An operator from `held(time, say)`, which makes the state of one subscription.

    What is known passes at once, it is no news; without `known` it is left out. Completion says
    what is held, then completes; an error passes at once and takes what is held with it. Without a
    scheduler subscribing fails with TypeError.
    """

    def operator(source: Observable[Event]) -> Observable[Event]:
        def subscribe(
            observer: abc.ObserverBase[Event], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            left = BooleanDisposable()

            def say(event: Event) -> None:
                if not left.is_disposed:  # it may leave while the rest is still being said
                    observer.on_next(event)

            holder = held(_TimeUntil(left, scheduler, name), say)

            def on_next(event: Event) -> None:
                if not is_known(event):
                    holder.take(event)
                elif known:
                    say(event)

            def on_completed() -> None:
                holder.flush()
                if not left.is_disposed:
                    observer.on_completed()

            told = (on_next, observer.on_error, on_completed)
            subscription = source.subscribe(*told, scheduler=scheduler)
            return CompositeDisposable(left, subscription, Disposable(holder.drop))

        return Observable(subscribe)

    return operator


class _TimeUntil(Time):
    """Time as long as the subscriber is there. It may leave within an event, whose holder then goes
    on to the end of what it was doing."""

    def __init__(
        self, left: BooleanDisposable, scheduler: abc.SchedulerBase | None, who: str
    ) -> None:
        super().__init__(scheduler, who)
        self._left = left

    def at(self, due: float, action: typing.Action) -> abc.DisposableBase:
        return Disposable() if self._left.is_disposed else super().at(due, action)


class Grid:
    """Stretches of `secs` each, from when a subscription begins; in a log's time from its very
    beginning, so that a reader who comes again finds the same stretches."""

    def __init__(self, secs: float, time: Time) -> None:
        self._secs, self._began = secs, time.began()

    def end_after(self, now: float) -> float:
        """When the stretch is over that `now` is in. A moment between two is in the later."""
        count = math.floor((now - self._began) / self._secs) + 1
        end = self._began + count * self._secs
        return end if end > now else end + self._secs  # where the division was rounded down


def positive(name: str, **secs: float | None) -> None:
    """Raise ValueError for a time that is not more than nothing."""
    for key, value in secs.items():
        if value is not None and not value > 0:
            raise ValueError(f"{name}: {key} must be more than 0, not {value}")
