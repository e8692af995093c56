"""The common frame of operators that hold events for a time."""

from collections.abc import Callable
from typing import Protocol

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

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


def timed(name: str, held: Callable[[Time, Callable[[Event], None]], Holder]) -> Operator:
    """An operator from `held(time, say)`, which makes the state of one subscription.

    What is known passes at once, it is no news. Completion says what is held, then completes; an
    error passes at once and takes what is held with it. Without a scheduler subscribing fails with
    TypeError.
    """

    def operator(source: Observable[Event]) -> Observable[Event]:
        def subscribe(
            observer: abc.ObserverBase[Event], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            holder = held(Time(scheduler, name), observer.on_next)

            def on_next(event: Event) -> None:
                if is_known(event):
                    observer.on_next(event)
                else:
                    holder.take(event)

            def on_completed() -> None:
                holder.flush()
                observer.on_completed()

            subscription = source.subscribe(
                on_next, observer.on_error, on_completed, scheduler=scheduler
            )
            return CompositeDisposable(subscription, Disposable(holder.drop))

        return Observable(subscribe)

    return operator


def positive(name: str, **secs: float | None) -> None:
    """Raise ValueError for a time that is not more than nothing."""
    for key, value in secs.items():
        if value is not None and not value > 0:
            raise ValueError(f"{name}: {key} must be more than 0, not {value}")
