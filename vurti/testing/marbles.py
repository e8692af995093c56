"""Marble tests: what goes in and what must come out, drawn one under the other, in virtual time."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from msgspec.structs import replace
from reactivex import Observable, Subject, abc
from reactivex.disposable import CompositeDisposable, Disposable

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host, Missed, Poll, Push, Snapshot
from vurti.streams.operator import Operator
from vurti.streams.scheduler import ClockScheduler
from vurti.testing.diagram import END, ERROR, Diagram, Sign, read
from vurti.testing.expectation import Expectation
from vurti.testing.scope import TOLD, Judge, scope
from vurti.testing.values import UNSTAMPED

T = TypeVar("T")
Says = Callable[[abc.ObserverBase[Any]], None]


def marbles(
    secs: float = 1.0,
    chains: Mapping[str, Operator] | None = None,
    judge: Judge | None = None,
) -> "Marbles":
    """A test of streams, to be used in a `with`. One character of its diagrams is `secs` seconds.

    `chains` are more streams of VM events, by name, for `stream`. `judge` gives the view of a scope
    and what decides; without it the rules are vurti's own at their defaults.
    """
    return Marbles(secs, chains or {}, judge)


class Marbles:
    """Diagrams run when the `with` ends, in one virtual time that starts at 0. Then every
    expectation is checked, nothing may have raised, and no timer, task or subscription may be left.
    """

    def __init__(self, secs: float, chains: Mapping[str, Operator], judge: Judge | None) -> None:
        self.clock = VirtualClock()
        self.scheduler = ClockScheduler(self.clock)
        self._secs, self._chains, self._judge = secs, chains, judge
        self._ticks = 0
        self._hosts: dict[str, None] = {}
        self._sources: list[tuple[str, Subject[Any]]] = []
        self._expectations: list[Expectation] = []

    def hot(self, diagram: str, /, **values: Any) -> Observable[Any]:
        """A source that speaks at its times, whether anybody listens or not. Its first character is
        heard. `values` says what the names stand for, and `error` what `#` does; without values
        each name stands for itself. A poll starts when it is given out, unless it says otherwise.
        """
        subject: Subject[Any] = Subject()
        self._sources.append((diagram, subject))
        for tick, say in self._says(diagram, values):
            self.clock.call_at(tick * self._secs, partial(say, subject))
        return subject

    def cold(self, diagram: str, /, **values: Any) -> Observable[Any]:
        """A source that starts anew for each subscriber, at its subscription."""
        says = self._says(diagram, values)

        def subscribe(
            observer: abc.ObserverBase[Any], _scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            start = self.clock.now()
            alarms = [
                self.clock.call_at(start + tick * self._secs, partial(say, observer), diagram)
                for tick, say in says
            ]
            return CompositeDisposable(*(Disposable(alarm.cancel) for alarm in alarms))

        return Observable(subscribe)

    def stream(
        self, name: str, polls: Observable[Any], hosts: Sequence[str | Host] = ()
    ) -> Observable[Any]:
        """What the stream of this name says when its scope hears these inputs: "polls", "hosts",
        "vms" or one of the chains; or the "intents" and "queries" that are decided. It runs through
        production's sequencer, decide and timers. `hosts` are watched besides those that the values
        of the diagrams name."""
        if name == "polls":
            return polls
        if name not in (*TOLD, *self._chains):
            near = get_close_matches(name, ("polls", *TOLD, *self._chains), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"there is no stream {name!r}{hint}")
        told = TOLD.get(name, TOLD["vms"])
        heard = scope(self.clock, polls, lambda: self._watched(hosts), self._judge, told)
        return self._chains[name](heard) if name in self._chains else heard

    def expect(self, observable: Observable[Any], diagram: str, /, **values: Any) -> None:
        """Subscribe now; at the end it must have said just this. `error` is what `#` stands for: an
        exception's class, or its text."""
        error = values.pop("error", None)
        drawn = self._drawn(diagram, values)
        expectation = Expectation(self.clock, self._secs, drawn, values, error)
        self._expectations.append(expectation)
        expectation.subscribe(observable, self.scheduler)

    def __enter__(self) -> "Marbles":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._run()
        finally:
            for expectation in self._expectations:
                expectation.dispose()
        if error is None:
            self._nothing_left()

    def _run(self) -> None:
        if not self._expectations:
            raise AssertionError("this test expects nothing")
        # Up to the end of the last character, but not into the one that would follow it.
        self.clock.run(until=(self._ticks - 1e-6) * self._secs)
        if self.clock.errors:
            raise AssertionError("a task raised") from self.clock.errors[0]
        complaints = [complaint for one in self._expectations if (complaint := one.complaint())]
        if complaints:
            raise AssertionError("\n\n".join(["the streams said something else", *complaints]))

    def _nothing_left(self) -> None:
        self.clock.run(until=self.clock.now())  # let what was told to end do so
        left = [f"task or timer: {name}" for name in self.clock.stray()]
        left += [f"subscription to {text}" for text, subject in self._sources if subject.observers]
        if left:
            raise AssertionError("\n  ".join(["left behind:", *left]))

    def _drawn(self, diagram: str, values: Mapping[str, Any]) -> Diagram:
        drawn = read(diagram)
        _need_names(diagram, drawn.signs, values)
        self._ticks = max(self._ticks, drawn.ticks)
        return drawn

    def _says(self, diagram: str, values: dict[str, Any]) -> list[tuple[int, Says]]:
        error = values.pop("error", None) or Exception("error")
        drawn = self._drawn(diagram, values)
        for value in values.values():
            if isinstance(value, Snapshot | Missed | Push):
                self._hosts[value.host] = None
        return [(sign.tick, self._say(sign, values, error)) for sign in drawn.signs]

    def _say(self, sign: Sign, values: Mapping[str, Any], error: Exception) -> Says:
        if sign.name == END:
            return lambda observer: observer.on_completed()
        if sign.name == ERROR:
            return lambda observer: observer.on_error(error)
        value = values.get(sign.name, sign.name)
        return lambda observer: observer.on_next(self._stamped(value))

    def _stamped(self, value: T) -> T | Poll:
        if isinstance(value, Snapshot | Missed) and value.started == UNSTAMPED:
            return replace(value, started=self.clock.now())
        return value

    def _watched(self, more: Sequence[str | Host]) -> tuple[Host, ...]:
        given = {host.id: host for one in more for host in [_host(one)]}
        return tuple({**{name: Host(name) for name in self._hosts}, **given}.values())


def _host(one: str | Host) -> Host:
    return one if isinstance(one, Host) else Host(one)


def _need_names(diagram: str, signs: Sequence[Sign], values: Mapping[str, Any]) -> None:
    """A name without a value is a slip, unless all are without."""
    for sign in signs:
        if values and sign.name not in (END, ERROR) and sign.name not in values:
            known = ", ".join(values)
            raise ValueError(f"{diagram!r}: {sign.name!r} has no value; there are: {known}")
