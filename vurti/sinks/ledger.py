"""What a sink has done so far, counted, and kept in the store now and then."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace

from vurti.clock import Clock
from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.sinks.parts import Keep
from vurti.streams.sink import Item

KEEP_SECS = 1.0
"""The place of a sink that goes on is kept this often: so much is told again after a kill."""


class Read(Protocol):
    """A feed, as far as it says how far one is."""

    @property
    def moved(self) -> int:
        """Grows whenever its place may be another."""

    @property
    def dropped(self) -> int: ...

    @property
    def failed(self) -> int: ...

    @property
    def is_new(self) -> bool: ...

    def place(self) -> tuple[int, dict[str, int]]: ...


class Ledger:
    """`bookmark` is what was kept last. Counters are plain numbers that only grow, over restarts
    too: `sent`, `retries`, `dead`, `dropped`. A dead letter and the place behind it are kept
    together, so neither is lost without the other."""

    def __init__(
        self,
        bookmark: Bookmark,
        keep: Keep | None,
        letters: Callable[[str, int], list[DeadLetter]],
        clock: Clock,
        letters_max: int,
    ) -> None:
        """Without `keep` it is a sink that begins anew each time."""
        self.bookmark = bookmark
        self.sent, self.retries, self.dead = bookmark.sent, bookmark.retries, bookmark.dead
        self.failing_since, self.failure = bookmark.failing_since, bookmark.failure
        self._dropped_before = bookmark.dropped
        self._keep, self._letters, self._clock = keep, letters, clock
        self._letters_max = letters_max
        self._kept_at, self._moved, self._is_touched = clock.now(), 0, bookmark.is_new
        self._buried: list[DeadLetter] = []
        self._raised: list[str] = []
        self._asked_at = bookmark.heeded_at
        self._heeded_at = bookmark.heeded_at

    def keep_at(self, feed: Read) -> float | None:
        """When (monotonic) there is something to be kept; None where there is nothing."""
        if self._keep is None or not (self._is_touched or feed.moved != self._moved):
            return None
        return self._kept_at + KEEP_SECS

    @property
    def is_asked(self) -> bool:
        """Whether somebody wants it to try again."""
        return self._asked_at != self._heeded_at

    def dropped(self, feed: Read) -> int:
        """What was not told on purpose, and what a chain lost by raising."""
        return self._dropped_before + feed.dropped + feed.failed

    def succeed(self) -> None:
        """Its receiver answers."""
        self._is_touched |= self.failing_since is not None
        self.failing_since, self.failure = None, ""

    def fail(self, reason: str) -> None:
        """Something was told in vain."""
        self.retries += 1
        self._is_touched = True
        self.failure = reason[:500]
        if self.failing_since is None:
            self.failing_since = self._clock.wall()

    def bury(self, item: Item, reason: str, tries: int = 1) -> None:
        """Its receiver cannot read this."""
        self.dead += tries == 1
        self._is_touched = True
        body = msgspec.json.encode(item).decode()
        at = self._clock.wall()
        self._buried.append(
            DeadLetter(id=item.id, cursor=item.cursor, refused_at=at, reason=reason, body=body,
                       tries=tries)
        )  # fmt: skip

    def raise_up(self, letter: DeadLetter) -> None:
        """It was told after all."""
        self.sent += 1
        self._is_touched = True
        self._raised.append(letter.id)

    def dead_letters(self) -> Sequence[DeadLetter]:
        """All that there are. Raises StoreError."""
        return self._letters(self.bookmark.name, self._letters_max)

    def ask(self, at: float) -> bool:
        """Somebody wants it to try again; whether that is a new wish."""
        if self._asked_at is not None and at <= self._asked_at:
            return False
        self._asked_at = at
        return True

    def heeded(self) -> None:
        """It has tried."""
        self._is_touched = True
        self._heeded_at = self._asked_at

    def keep(self, feed: Read, now: bool = False) -> None:
        """Store how far it is, unless that was just stored; what is buried, at once. Raises
        StoreError."""
        due = self.keep_at(feed)
        if due is None or self._keep is None:
            return
        urgent = now or self._buried or self._raised or self._heeded_at != self.bookmark.heeded_at
        if not urgent and self._clock.now() < due:
            return
        bookmark, moved = self._bookmark(feed), feed.moved
        if bookmark != self.bookmark or self._buried or self._raised:
            stored = replace(bookmark, updated_at=self._clock.wall())
            self._keep(stored, tuple(self._buried), tuple(self._raised), self._letters_max)
        self.bookmark, self._moved, self._is_touched = bookmark, moved, False
        self._kept_at = self._clock.now()
        self._buried.clear()
        self._raised.clear()

    def _bookmark(self, feed: Read) -> Bookmark:
        cursor, done = feed.place()
        return replace(
            self.bookmark,
            cursor=cursor,
            done=done,
            is_new=feed.is_new,
            sent=self.sent,
            retries=self.retries,
            dropped=self.dropped(feed),
            dead=self.dead,
            failing_since=self.failing_since,
            failure=self.failure,
            heeded_at=self._heeded_at,
        )
