"""The streams of the configuration, live: each stays the same while what it is made of changes."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec import Struct
from reactivex import Observable, abc
from reactivex.disposable import Disposable

from vurti.clock import Clock
from vurti.events import Event
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.bulkhead import (
    Bulkhead,
    Scheduled,
    SharedStream,
    host_and_question,
    most_waiting,
    oldest_waiting,
)
from vurti.streams.definition import Definitions, names_of, place_of, upstream_first
from vurti.streams.lane import Lane, LaneScheduler
from vurti.streams.limits import Limits, SubscriberSettings
from vurti.streams.line import Line
from vurti.streams.mailbox import Mailbox
from vurti.streams.naming import called
from vurti.streams.sums import add_up


class Difference(Struct, frozen=True):
    """What a reload did to the streams: their names, in the order of the file."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class NamedStreams:
    """Over the streams that are always there. Every subscription has chains of its own in a lane of
    its own, and at their end a bulkhead: so the chains never wait for the subscriber, and can be
    exchanged at any time.

    `limits` are what subscribers may do, and what is counted of it.
    """

    def __init__(
        self,
        clock: Clock,
        roots: Mapping[str, SharedStream[Any]],
        definitions: Definitions,
        around: Around = NOTHING_KNOWN,
        settings: SubscriberSettings | None = None,
    ) -> None:
        self.name = "configured"
        self.roots, self.definitions, self.around = dict(roots), definitions, around
        self.limits = Limits(settings or SubscriberSettings())
        self._clock = clock
        self._lines: dict[Line, None] = {}
        self._ends: dict[Line, Bulkhead[Any]] = {}
        self._observables: dict[str, Observable[Any]] = {}
        self._numbered = self._emitted = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Those that there are now, the parts of split ones among them."""
        return names_of(self.definitions)

    @property
    def subscribers(self) -> int:
        """How many there are now."""
        return len(self._ends)

    @property
    def emitted(self) -> int:
        """What came out of all chains so far, for any subscriber."""
        return self._emitted + sum(one.box.offered for one in self._ends.values())

    @property
    def waiting(self) -> int:
        """How much waits for the one for whom most does."""
        return most_waiting(self._ends.values())

    @property
    def oldest_at(self) -> float | None:
        """When the oldest of all that waits was offered; None where nothing does."""
        return oldest_waiting(self._ends.values())

    @property
    def lines(self) -> tuple[Line, ...]:
        """The chains that run, each for one subscriber."""
        return tuple(self._lines)

    def __getitem__(self, name: str) -> Observable[Any]:
        """The stream of that name, for ever one and the same. Raises KeyError where there is none.
        One that is removed later completes, and whoever subscribes to it then is told so at once.
        """
        if name not in self._observables:
            place_of(name, self.definitions)
            subscribe = Observable(partial(self._subscribe, name))
            self._observables[name] = Scheduled(subscribe, partial(self._lane, name))
        return self._observables[name]

    def reload(self, definitions: Definitions) -> Difference:
        """From now on the streams are these. One whose definition is as it was keeps its state;
        one that is another says what it holds and goes on anew; one that is gone says what it holds
        and completes. No event is lost between. Never yields."""
        past, self.definitions = self.definitions, definitions
        changed = [name for name in past if name in definitions and past[name] != definitions[name]]
        gone = set(names_of(past)) - set(names_of(definitions))
        for name in upstream_first(definitions):
            if name in changed:
                self._exchange(name)
        for line in [line for line in self._ends if _called(line) in gone]:
            self._complete(line)
        return Difference(
            added=tuple(name for name in definitions if name not in past),
            changed=tuple(changed),
            removed=tuple(name for name in past if name not in definitions),
            kept=tuple(name for name in past if definitions.get(name) == past[name]),
        )

    def enter(self, line: Line) -> None:
        """It is alive from now on."""
        self._lines[line] = None

    def leave(self, line: Line) -> None:
        """It is not any more."""
        self._lines.pop(line, None)

    def _exchange(self, stream: str) -> None:
        """The lines of a stream whose definition is another; a part that is gone is completed."""
        parts = ("", *self.definitions[stream].parts)
        for line in [line for line in self._lines if line.stream == stream]:
            if line in self._lines and line.part in parts:
                line.exchange()

    def _complete(self, line: Line) -> None:
        """Its subscriber gets what is held, and then the end."""
        bulkhead = self._ends.pop(line)
        line.finish()
        self._emitted += bulkhead.box.offered
        bulkhead.complete()

    def _subscribe(
        self,
        name: str,
        observer: abc.ObserverBase[Any],
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        """In the lane that the subscription brings, if it brings one."""
        if name not in self.names:
            observer.on_completed()
            return Disposable()
        own = scheduler.lane if isinstance(scheduler, LaneScheduler) else None
        lane = own or self._lane(name, observer)
        box = Mailbox(self.limits.settings.queue_max, _key, _added, now=self._clock.now)
        line: Line
        bulkhead: Bulkhead[Any] = Bulkhead(lane, observer, box, lambda _: self._left(line))
        line = Line(self, lane, name, bulkhead.offer, lambda: self._ended(line))
        self._ends[line] = bulkhead
        line.start()
        return Disposable(bulkhead.dispose)

    def _lane(self, name: str, observer: abc.ObserverBase[Any]) -> Lane:
        self._numbered += 1
        return Lane(self._clock, self.limits, f"{called(observer)} ({self._numbered} of {name})")

    def _left(self, line: Line) -> None:
        """Its subscriber is gone."""
        bulkhead = self._ends.pop(line, None)
        if bulkhead is not None:
            self._emitted += bulkhead.box.offered
            line.drop()

    def _ended(self, line: Line) -> None:
        """What feeds it is."""
        bulkhead = self._ends.pop(line, None)
        if bulkhead is not None:
            self._emitted += bulkhead.box.offered
            bulkhead.complete()


def _called(line: Line) -> str:
    return f"{line.stream}.{line.part}" if line.part else line.stream


def _key(item: Any) -> str:
    return item.thing if isinstance(item, Event) else host_and_question(item)


def _added(first: Any, second: Any) -> Any:
    """Events add up; of polls the latter counts."""
    return add_up(first, second, forced=True) if isinstance(second, Event) else second
