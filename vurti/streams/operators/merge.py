"""merge: several streams as one."""

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable

from vurti.events import Event
from vurti.streams.operator import Operator


def merge(*others: Observable[Event]) -> Operator:
    """Say what this stream and others say, as it comes.

    It ends when all have ended; an error of one is its error. In the configuration it is written as
    `from = ["hosts", "vms"]`.

        -d---u---|
        ---D---U---|
        merge(second)
        -d-D-u-U---|
    """

    def operator(source: Observable[Event]) -> Observable[Event]:
        return merged((source, *others))

    return operator


def merged(sources: tuple[Observable[Event], ...]) -> Observable[Event]:
    """These streams as one. Nothing in it yields or holds a lock."""

    def subscribe(
        observer: abc.ObserverBase[Event], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        waiting = len(sources)

        def on_completed() -> None:
            nonlocal waiting
            waiting -= 1
            if not waiting:
                observer.on_completed()

        subscriptions = CompositeDisposable()
        for one in sources:
            subscriptions.add(
                one.subscribe(
                    observer.on_next, observer.on_error, on_completed, scheduler=scheduler
                )
            )
        return subscriptions

    return Observable(subscribe)
