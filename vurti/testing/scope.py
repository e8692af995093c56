"""A scope as production binds it, small enough for a diagram."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from msgspec.structs import replace
from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from vurti.clock import Clock
from vurti.events import VdsEvent
from vurti.model import Decision, Host, Input, Reload, Stamped
from vurti.streams.decided import Fold, decided
from vurti.streams.sequencer import Sequencer
from vurti.streams.timers import Timers
from vurti.testing.values import Restart

TOLD: dict[str, Callable[[Decision], Iterable[Any]]] = {
    "vms": lambda decision: [e for e in decision.events if not isinstance(e, VdsEvent)],
    "hosts": lambda decision: [e for e in decision.events if isinstance(e, VdsEvent)],
    "intents": lambda decision: decision.intents,
    "queries": lambda decision: decision.queries,
}
"""What a scope can be asked for, by the names of streams."""


class Judge(NamedTuple):
    """What decides in a scope: a new view for each subscription, and the function that reads it.
    `again` makes the view of a later start, counted from 1, of what the last one has recorded."""

    view: Callable[[], Any]
    decide: Callable[[Any, Stamped], Decision]
    again: Callable[[Any, int], Any] | None = None


def own_judge(**rules: Any) -> Judge:
    """The rules of vurti, at their defaults but for those given: as `[rules]` has them."""
    from vurti.decide import Rules, View, decide  # late: a kit for operators needs no rules
    from vurti.testing.fold import begun_anew, recorded

    def again(view: View, starts: int) -> View:
        return begun_anew(recorded(view), view.rules, starts)

    return Judge(lambda: View(Rules(**rules)), decide, again)


def scope(
    clock: Clock,
    inputs: Observable[Any],
    hosts: Callable[[], tuple[Host, ...]],
    judge: Judge | None,
    told: Callable[[Decision], Iterable[Any]],
) -> Observable[Any]:
    """What is `told` of the decisions that follow from these inputs. Each subscription has a scope
    of its own; it starts with the hosts and ends with the inputs. What decide wants to know
    (queries) nobody answers here: answers are inputs."""

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        running = _Scope(clock, judge or own_judge(), hosts())

        def on_decision(decision: Decision) -> None:
            for value in told(decision):
                observer.on_next(value)

        def on_completed() -> None:
            running.close()
            observer.on_completed()

        decisions = running.decisions.subscribe(on_decision)
        running.start()
        heard = inputs.subscribe(running.hear, observer.on_error, on_completed, scheduler=scheduler)
        return CompositeDisposable(heard, decisions, Disposable(running.timers.close))

    return Observable(subscribe)


class _Scope(Fold):
    """Sequencer, view and timers, which begin anew at a restart."""

    def __init__(self, clock: Clock, judge: Judge, hosts: tuple[Host, ...]) -> None:
        self._judge, self._starts = judge, 0
        self._view = judge.view()
        self._reload = Reload(hosts)
        self._clock, self._sequencer = clock, Sequencer(clock)
        self.timers = Timers(clock, self._sequencer.put)
        self.decisions = self._sequencer.stamped.pipe(decided(self, _Scope._decide))

    def start(self) -> None:
        self._sequencer.put(self._reload)

    def hear(self, given: Input | Restart) -> None:
        """A reload without hosts is about those of the diagram."""
        match given:
            case Restart():
                self._restart()
            case Reload(hosts=()):
                self._reload = replace(given, hosts=self._reload.hosts)
                self._sequencer.put(self._reload)
            case _:
                self._sequencer.put(given)

    def apply(self, decision: Decision) -> None:
        self._view.apply(decision)
        self.timers.apply(decision.timers)

    def close(self) -> None:
        self.timers.close()
        self._sequencer.close()

    def _decide(self, stamped: Stamped) -> Decision:
        return self._judge.decide(self._view, stamped)

    def _restart(self) -> None:
        """What was remembered and waited for is gone; what was recorded is not."""
        if self._judge.again is None:
            raise ValueError("this judge does not say how it begins again")
        self._starts += 1
        self.timers.close()
        self.timers = Timers(self._clock, self._sequencer.put)
        self._view = self._judge.again(self._view, self._starts)
        self.start()
