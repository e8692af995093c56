"""A scope as production binds it, small enough for a diagram."""

from collections.abc import Callable
from typing import Any, NamedTuple

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from vurti.clock import Clock
from vurti.events import Event, VdsEvent
from vurti.model import Decision, Host, Reload, Stamped
from vurti.streams.decided import Fold, decided
from vurti.streams.sequencer import Sequencer
from vurti.streams.timers import Timers


class Judge(NamedTuple):
    """What decides in a scope: a new view for each subscription, and the function that reads it."""

    view: Callable[[], Fold]
    decide: Callable[[Any, Stamped], Decision]


def own_judge() -> Judge:
    """The rules of vurti at their defaults."""
    from vurti.decide import View, decide  # late: a kit for operators needs no rules

    return Judge(View, decide)


def scope(
    clock: Clock,
    inputs: Observable[Any],
    hosts: Callable[[], tuple[Host, ...]],
    judge: Judge | None,
    vdss: bool,
) -> Observable[Event]:
    """The events of hosts (`vdss`) or VMs that follow from these inputs. Each subscription has a
    scope of its own; it starts with the hosts and ends with the inputs. What decide wants to know
    (queries) nobody answers here: answers are inputs."""

    def subscribe(
        observer: abc.ObserverBase[Event], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        view, decide = judge or own_judge()
        sequencer = Sequencer(clock)
        timers = Timers(clock, sequencer.put)

        def on_decision(decision: Decision) -> None:
            timers.apply(decision.timers)
            for event in decision.events:
                if isinstance(event, VdsEvent) == vdss:
                    observer.on_next(event)

        def on_completed() -> None:
            timers.close()
            sequencer.close()
            observer.on_completed()

        decisions = sequencer.stamped.pipe(decided(view(), decide)).subscribe(on_decision)
        sequencer.put(Reload(hosts()))
        heard = inputs.subscribe(
            sequencer.put, observer.on_error, on_completed, scheduler=scheduler
        )
        return CompositeDisposable(heard, decisions, Disposable(timers.close))

    return Observable(subscribe)
