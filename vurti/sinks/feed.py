"""What a sink is to tell next, from the log: through its chain, in the log's time."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, Protocol

from loguru import logger

from vurti.clock import Clock
from vurti.errors import Forgotten
from vurti.events import Event
from vurti.model.bookmark import Bookmark
from vurti.model.commit import Logged
from vurti.sinks import items
from vurti.sinks.items import Origin
from vurti.sinks.parts import Log, LogTail, LogTime
from vurti.streams.sink import Item

LOOK_SECS = 5.0
"""Who commits wakes whoever reads; it is looked for more this often, just in case."""
TURN = 5
"""So many pages are read before others have their turn, where nothing in them is to be told."""


class Flow(Protocol):
    """Strands or Passing: between what is logged and what is told."""

    said: deque[Any]
    failed: int

    @property
    def next_due(self) -> float | None: ...

    def take(self, logged: Logged, log_time: float, /) -> None: ...

    def move_to(self, log_time: float, /) -> None: ...

    def settled(self, said: Any, /) -> None: ...

    def place(self, read: int) -> tuple[int, dict[str, int]]: ...

    def drop(self) -> None: ...


class EventFeed:
    """Reads on where a bookmark is. `more` gives items in their order; deal with each in that order
    and say `settled`; `place` is where one begins again who dies now."""

    def __init__(
        self,
        log: Log,
        time: LogTime,
        clock: Clock,
        origin: Origin,
        bookmark: Bookmark,
        flow: Flow,
        wanted: Callable[[Event], bool],
        begins_with_snapshot: bool,
        snapshot_in_gap: bool,
    ) -> None:
        """`wanted` says what goes into the flow at all."""
        self.dropped = self.moved = 0
        self._log, self._time, self._clock, self._origin = log, time, clock, origin
        self._flow, self._wanted, self._snapshot_in_gap = flow, wanted, snapshot_in_gap
        self._tail: LogTail = log.tail(bookmark.cursor, clock, LOOK_SECS)
        self._before = (bookmark.cursor, bookmark.done)  # while what follows is not told
        self._first: Iterator[Item] | None = None  # told before what comes from the log
        self._owed_first = 0
        if bookmark.is_new and begins_with_snapshot:
            self._begin_with_snapshot()

    @property
    def failed(self) -> int:
        """How often its chain has raised."""
        return self._flow.failed

    @property
    def read(self) -> int:
        """The last cursor that was read."""
        return self._tail.cursor

    @property
    def is_new(self) -> bool:
        """Whether how things stand is still to be told."""
        return self._first is not None or bool(self._owed_first)

    def more(self, limit: int) -> list[tuple[Item, Any]]:
        """At most so many, each with what `settled` wants; none where there is nothing to tell just
        now. Raises StoreError."""
        for _ in range(TURN):
            if self._first is not None or self._flow.said or not self._read_on():
                break
        found = self._more_of_the_first(limit)
        while self._flow.said and len(found) < limit and self._first is None:
            said = self._flow.said.popleft()
            logged = said.logged
            item = items.of_event(self._origin, said.event, logged.cursor, logged.committed_at)
            found.append((item, said))
        return found

    def wait(self, until: float | None = None) -> None:
        """Until there may be more, or until then (monotonic)."""
        if (due := self._flow.next_due) is not None:
            soon = self._clock.now() + max(0.0, due - self._time.log_now())
            until = soon if until is None else min(until, soon)
        self._tail.wait(until)

    def wake(self) -> None:
        """There may be more. Never yields."""
        self._tail.wake()

    def settled(self, said: Any) -> None:
        """This was dealt with: `said` is what came with the item."""
        self.moved += 1
        if said is None:
            self._owed_first -= 1
        else:
            self._flow.settled(said)

    def place(self) -> tuple[int, dict[str, int]]:
        """Up to which cursor everything is dealt with, and what is further."""
        return self._before if self.is_new else self._flow.place(self._tail.cursor)

    def close(self) -> None:
        """It is not read any more."""
        self._tail.close()
        self._flow.drop()

    def _read_on(self) -> bool:
        """Whether anything was read, or said as time went by."""
        try:
            page = self._tail.read()
        except Forgotten as forgotten:
            self._tell_of_gap(forgotten)
            return True
        self._put(page)
        moved = bool(page) or self._let_time_pass()
        self.moved += moved
        return moved

    def _put(self, page: list[Any]) -> None:
        for logged, log_time in page:
            if self._wanted(logged.event):
                self._flow.take(logged, log_time)

    def _let_time_pass(self) -> bool:
        """At the end of the log: what is due without another event is said once it is sure that
        none will come that belongs before it."""
        due = self._flow.next_due
        if due is None or self._time.log_now() < due:
            return False
        end, now = self._time.let_pass()
        while self._tail.cursor < end and (page := self._tail.read()):
            self._put(page)
        self._flow.move_to(now)
        return True

    def _tell_of_gap(self, forgotten: Forgotten) -> None:
        name = self._origin.stream
        logger.warning("a sink of {} has missed something: {}", name, forgotten)
        self._before = (forgotten.cursor, {})
        self._flow.drop()
        gap = items.of_gap(self._origin, forgotten, self._clock.wall())
        if self._snapshot_in_gap:
            self._begin_with_snapshot(gap)
        else:
            self._first = iter((gap,))
            self._tail.cursor = min(forgotten.first - 1, forgotten.last)

    def _begin_with_snapshot(self, *before: Item) -> None:
        standing = self._log.snapshot()
        known = (
            items.of_event(self._origin, event, standing.cursor, standing.at)
            for event in standing.events()
            if self._wanted(event)
        )
        self._first = chain(before, known)  # made as they are told: a fleet is large
        self._tail.cursor = standing.cursor

    def _more_of_the_first(self, limit: int) -> list[tuple[Item, Any]]:
        if self._first is None:
            return []
        found = [(item, None) for item in islice(self._first, limit)]
        self._owed_first += len(found)
        if len(found) < limit:
            self._first = None
        return found
