"""A chain in the log's time: what it says is a function of the log, whoever reads it and when.

Each thing's events are a *strand*: a chain of its own, from the first event that finds it at rest
until nothing that it was given can matter any more, because no alarm waits. So what a strand says
depends on its own inputs alone, and on no other's: a reader that begins again at the first input of
the oldest strand that is not done with, and leaves out what is, says the same again, under the same
ids. A chain in which things count together is one strand of everything.

Nothing is asked of an operator for that but to take its time from its scheduler; one that goes by
what came earlier without waiting for anything says so (`Time.remember`).
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from loguru import logger
from reactivex import Observable
from reactivex.subject import Subject

from vurti.events import Event, VmEvent
from vurti.model.commit import Logged
from vurti.streams.timeline import Pins, Timeline

Chain = Callable[[Observable[Event]], Observable[Event]]
"""From all events of the log to what is to be said of them."""

INPUTS_MAX, INPUTS_TOGETHER_MAX, SECS_MAX = 10_000, 1_000_000, 86_400.0
"""A strand that has taken so many inputs (one of everything: so many), or is so old at the next, is
ended: it says what it holds, and another begins. So one thing that never comes to rest holds no
reader back for ever."""

FURTHER_MAX = 1000
"""Of so many things at most it is kept that they are further than the place of all."""


class Said(NamedTuple):
    """What a chain says, the last input that its strand had by then, and the strand."""

    event: Event
    logged: Logged
    strand: "Strand"


class Strand:
    """One thing's chain, from its `first` input to its `last` (cursors). It is done with once it is
    `over` and nothing that it said is `owed` any more."""

    def __init__(
        self, key: str, cursor: int, chain: Chain, timeline: Timeline, say: Callable[[Said], None]
    ) -> None:
        self.key, self.first, self.began = key, cursor, timeline.now()
        self.over = self.failed = False
        self.owed = self.inputs = 0
        self._logged: Logged | None = None
        self._say = say
        self._pins = Pins(timeline, self._settle)
        self._subject: Subject[Event] = Subject()
        self._subscription = chain(self._subject).subscribe(
            self._told, self._raised, scheduler=self._pins.scheduler
        )

    @property
    def last(self) -> int:
        """The cursor of its last input."""
        return self._logged.cursor if self._logged is not None else self.first

    @property
    def is_done(self) -> bool:
        return self.over and not self.owed

    def take(self, logged: Logged) -> None:
        """Its next input."""
        self._logged = logged
        self.inputs += 1
        self._guarded(lambda: self._subject.on_next(logged.event))

    def complete(self) -> None:
        """It gets no more: what it holds is said."""
        self._guarded(self._subject.on_completed)
        self._end()

    def drop(self) -> None:
        """Nobody wants to hear of it: what it holds is dropped."""
        self._end()

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - an operator of others may raise anything
            self._raised(error)
        self._settle()

    def _told(self, event: Event) -> None:
        assert self._logged is not None
        self.owed += 1
        self._say(Said(event, self._logged, self))

    def _raised(self, error: Exception) -> None:
        logger.opt(exception=error).error("a chain raised at {}: what it held is lost", self.key)
        self.failed = True
        self._end()

    def _settle(self) -> None:
        """Where no alarm waits, nothing that it was given can matter any more."""
        if not len(self._pins):
            self._end()

    def _end(self) -> None:
        if not self.over:
            self.over = True
            self._subscription.dispose()


class Strands:
    """All strands of one reader. `said` is what is to be told next; deal with it in its order, and
    tell `settled` of each. `failed` counts strands whose chain raised.

    `done` is what `place` gave with the cursor that one begins behind.
    """

    def __init__(self, chain: Chain, by_thing: bool, done: dict[str, int] | None = None) -> None:
        """`by_thing`: what the chain says of a thing depends on that thing's events alone."""
        self.said: deque[Said] = deque()
        self.failed = 0
        self._chain, self._by_thing = chain, by_thing
        self._timeline = Timeline()
        self._skipped = dict(done or {})
        self._running: dict[str, Strand] = {}
        self._undone: dict[int, Strand] = {}  # by the cursor of its first input, in that order
        self._done: dict[str, tuple[int, int]] = {}  # of each key, from where to where

    @property
    def next_due(self) -> float | None:
        """When (log time) there may be something to say without another event."""
        return self._timeline.next_due

    def take(self, logged: Logged, log_time: float) -> None:
        """The next event of the log. All that is due by its time comes before it."""
        self.move_to(log_time)
        key = _key(logged.event) if self._by_thing else ""
        if logged.cursor <= self._skipped.get(key, 0):
            return
        strand = self._running.get(key)
        if strand is not None and self._is_old(strand):
            strand.complete()
        if strand is None or strand.over:
            strand = Strand(key, logged.cursor, self._chain, self._timeline, self.said.append)
            self._running[key] = self._undone[logged.cursor] = strand
        strand.take(logged)

    def move_to(self, log_time: float) -> None:
        """Nothing more is logged before that time: what is due by then is said."""
        self._timeline.move_to(log_time)

    def settled(self, said: Said) -> None:
        """It was dealt with."""
        said.strand.owed -= 1

    def place(self, read: int) -> tuple[int, dict[str, int]]:
        """Where a reader begins again that has read up to the cursor `read`: behind the cursor that
        this gives, and with what it is to leave out, by its key up to which cursor."""
        waited_for = set[str]()  # a thing's strands are put away in their order only
        for first, strand in list(self._undone.items()):
            if not strand.is_done:
                waited_for.add(strand.key)
            elif strand.key not in waited_for:
                del self._undone[first]
                self._put_away(strand)
        cursor = next(iter(self._undone), read + 1) - 1
        self._done = {key: one for key, one in self._done.items() if one[1] > cursor}
        self._skipped = {key: last for key, last in self._skipped.items() if last > cursor}
        further = {key: last for key, (_, last) in self._done.items()}
        if len(further) > FURTHER_MAX:
            # A strand that began before that and is done must not begin anew in its middle; what
            # began later may be said again.
            further = {key: last for key, (first, last) in self._done.items() if first <= cursor}
        return cursor, {**self._skipped, **further}

    def drop(self) -> None:
        """Forget everything, as for a reader that begins anew."""
        for strand in self._undone.values():
            strand.drop()
        self.said.clear()
        self._running.clear()
        self._undone.clear()
        self._done.clear()
        self._skipped.clear()

    def _is_old(self, strand: Strand) -> bool:
        inputs_max = INPUTS_MAX if self._by_thing else INPUTS_TOGETHER_MAX
        age = self._timeline.now() - strand.began
        return not strand.over and (strand.inputs >= inputs_max or age > SECS_MAX)

    def _put_away(self, strand: Strand) -> None:
        # All that a key had before is done as well: its strands follow each other.
        first, _ = self._done.get(strand.key, (strand.first, 0))
        self._done[strand.key] = (first, strand.last)
        self.failed += strand.failed
        if self._running.get(strand.key) is strand:
            del self._running[strand.key]


def _key(event: Event) -> str:
    return f"{'vm' if isinstance(event, VmEvent) else 'host'} {event.thing}"
