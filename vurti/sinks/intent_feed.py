"""What a sink of intents is to tell next: what a manager should do, and what it should not do any
more. It goes by commits, since an intent is not logged but stands as it was last."""

from collections import deque
from typing import Any, NamedTuple

from vurti.clock import Clock
from vurti.model import Intent, IntentState
from vurti.model.bookmark import Bookmark
from vurti.sinks import items
from vurti.sinks.items import Origin
from vurti.sinks.parts import IntentChange, Log
from vurti.streams.sink import Item

LOOK_SECS = 0.5


class _Change(NamedTuple):
    """A change, and whether its receiver may have been told that the intent was raised."""

    change: IntentChange
    may_be_known: bool


class IntentFeed:
    """To a sink what an EventFeed is. An intent whose time is over is not told, and one that ended
    before anybody was told of it is not either: `dropped` counts them (contract 8).

    A sink that is new begins with those that are open.
    """

    failed = 0
    is_new = False

    def __init__(self, log: Log, clock: Clock, origin: Origin, bookmark: Bookmark) -> None:
        self.dropped = self.moved = 0
        self.read = bookmark.cursor
        self._log, self._clock, self._origin = log, clock, origin
        # What was raised by then, a sink that died may have told without having kept its place.
        self._before = log.commits()
        self._had_none = bookmark.is_new
        self._waiting: deque[_Change] = deque()
        self._owed: dict[int, int] = {}  # how many of each commit
        self._more = clock.signal()
        self.wake = self._more.set

    def more(self, limit: int) -> list[tuple[Item, Any]]:
        """At most so many, each with what `settled` wants. Raises StoreError."""
        if not self._waiting:
            self._read_on()
        found: list[tuple[Item, Any]] = []
        while self._waiting and len(found) < limit:
            change, may_be_known = self._waiting.popleft()
            intent, commit = change.intent, change.changed_in
            if self._is_told(intent, may_be_known):
                at = intent.raised_at if intent.ended_at is None else intent.ended_at
                found.append((items.of_intent(self._origin, intent, commit, at), commit))
            else:
                self.dropped += not (self._had_none and change.raised_in <= self._before)
                self.settled(commit)
        return found

    def wait(self, until: float | None = None) -> None:
        look = self._clock.now() + LOOK_SECS
        self._more.wait(look if until is None else min(look, until))

    def settled(self, commit: Any) -> None:
        self.moved += 1
        self._owed[commit] -= 1
        if not self._owed[commit]:
            del self._owed[commit]

    def place(self) -> tuple[int, dict[str, int]]:
        return next(iter(self._owed), self.read + 1) - 1, {}

    def close(self) -> None:
        self._waiting.clear()

    def _read_on(self) -> None:
        self._more.clear()
        before = self.read if self._had_none else max(self.read, self._before)
        for change in self._log.intent_changes(self.read):
            self._waiting.append(_Change(change, change.raised_in <= before))
            self._owed[change.changed_in] = self._owed.get(change.changed_in, 0) + 1
            self.read = change.changed_in

    def _is_told(self, intent: Intent, may_be_known: bool) -> bool:
        if intent.state is IntentState.OPEN:
            return intent.valid_until > self._clock.wall()
        return may_be_known
