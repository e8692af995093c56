"""`decide` as a fold over the stream of stamped inputs."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from reactivex import Observable, abc

from vurti.model import Decision, Stamped


class Fold(Protocol):
    """What a scope knows: only `apply` changes it."""

    def apply(self, decision: Decision) -> None: ...


F = TypeVar("F", bound=Fold)


def decided(
    view: F, decide: Callable[[F, Stamped], Decision]
) -> Callable[[Observable[Stamped]], Observable[Decision]]:
    """Decide each input from the view, let the view take it in, and only then tell it.

    What `decide` raises is a bug and surfaces in the sequencer, which then stops: `ops.scan` would
    turn it into an end of the stream that looks like an ordinary one.
    """

    def operator(source: Observable[Stamped]) -> Observable[Decision]:
        def subscribe(
            observer: abc.ObserverBase[Decision], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            def on_next(stamped: Stamped) -> None:
                decision = decide(view, stamped)
                view.apply(decision)
                observer.on_next(decision)

            return source.subscribe(
                on_next, observer.on_error, observer.on_completed, scheduler=scheduler
            )

        return Observable(subscribe)

    return operator
