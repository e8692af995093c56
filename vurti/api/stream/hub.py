"""The hub of the live stream: one task reads the log, and all readers share what it has read."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from loguru import logger

from vurti.api.stream import frames
from vurti.api.stream.ring import Frame, Ring, Wanted, joined
from vurti.api.stream.together import KEEP_ALIVE_SECS, Together
from vurti.clock import Clock, Signal, Task
from vurti.errors import StoreError
from vurti.model.commit import Logged

PAGE = 500
TICK_SECS = 0.1
"""Readers are served together, so often at most: many small writes cost more than the news."""
BEHIND_MAX = 10_000
"""Who is further behind than that is told to read the state anew: that is less than catching up."""
FAILED_SECS = 1.0

Ends = tuple[int, int] | None
"""The cursors of the first and the last of some events."""


class Log(Protocol):
    """The committed log. Each may wait, and raises StoreError."""

    def read(self, after: int, limit: int) -> Sequence[Logged]: ...

    def bounds(self) -> tuple[int, int]: ...


class Hub:
    """Serves the log from `start` on, until `close`. `wake` tells that there is more; it never
    yields."""

    def __init__(
        self,
        clock: Clock,
        log: Log,
        cluster_of: Callable[[str], str] = lambda _host: "",
        on_news: Callable[[], None] = lambda: None,
    ) -> None:
        self.readers = self.resyncs = self.failures = 0
        self._clock, self._log, self._cluster_of = clock, log, cluster_of
        self._on_news = on_news
        self._ring: Ring | None = None
        self._sent: tuple[Ends, bytes] = (None, b"")  # what was sent last to one who wants all
        self._more: Signal = clock.signal()
        self._news: Signal = clock.signal()  # a new one at each tick: whoever waits has the old one
        self.closing = self._behind = self._taking = self._fresh = False
        self._task: Task | None = None

    @property
    def end(self) -> int:
        """The cursor up to which it has read."""
        return self._ring.end if self._ring is not None else 0

    @property
    def buffered_bytes(self) -> int:
        """What the ring holds."""
        return self._ring.bytes if self._ring is not None else 0

    def start(self) -> None:
        """Begin where the log ends now. Raises StoreError."""
        _, last = self._log.bounds()
        self._ring = Ring(last)
        self._task = self._clock.spawn(self._run)

    def wake(self) -> None:
        """The log has more."""
        self._behind = True
        self._more.set()

    def committed(self, logged: Sequence[Logged]) -> None:
        """These were committed just now: what follows what it has need not be read from the log.
        While nobody reads, nothing is made ready. Never yields."""
        ring = self._ring
        if self._taking or ring is None or logged[0].cursor != ring.end + 1:
            self.wake()
            return
        if self.readers:
            told = [frames.frame_of(one, self._cluster_of) for one in logged]
            ring.extend(told, logged[-1].cursor)
            self._fresh = True
        else:
            ring.pass_over(logged[-1].cursor)
        self._more.set()

    def close(self) -> None:
        """Every reader is told good-bye, and gets no more."""
        self.closing = True
        if self._task is not None:
            self._task.kill()
        self._tell()

    def read(self, after: int | None, wanted: Wanted | None = None) -> Iterator[bytes]:
        """What is sent to one reader, from behind the cursor on, or from now on. Each piece is
        asked for once the one before it is on its way: so nothing waits for who does not read."""
        place = self.end if after is None else after
        return Together(self._clock, {"": self}, lambda: self._news, wanted).read({"": place})

    def piece(self, after: int, wanted: Wanted | None) -> tuple[bytes, int, bool]:
        """What is to be sent next to who has all up to the cursor `after`, up to which he has all
        then, and whether there may be more at once. Waits for the log only."""
        try:
            found, after = self._next(after)
            bounds = self._log.bounds() if found is None else (0, 0)
        except StoreError as error:
            self._failed(error)
            return b"", after, True
        if found is None:
            first, after = bounds
            self.resyncs += 1
            return frames.resync(first, after), after, True
        sent = joined(found, wanted) if wanted is not None else self._all(found)
        return sent, after, bool(found)

    def _all(self, found: Sequence[Frame]) -> bytes:
        """Who wants all waits where others do, and is sent the very same bytes as they are."""
        ends = (found[0].cursor, found[-1].cursor) if found else None
        if ends != self._sent[0]:
            self._sent = (ends, joined(found, None))
        return self._sent[1]

    def _next(self, after: int) -> tuple[Sequence[Frame] | None, int]:
        """What comes next for a reader, and its place behind that; None where it must resync."""
        assert self._ring is not None
        if after > self._ring.end:  # it is further than we are, or comes from another store
            return (None if after > self._log.bounds()[1] else ()), after
        if self._ring.end - after > BEHIND_MAX:
            return None, after
        found = self._ring.after(after, PAGE)
        if found is None:
            found = self._from_log(after)
        if found is None:
            return None, after
        return found, found[-1].cursor if found else after

    def _from_log(self, after: int) -> Sequence[Frame] | None:
        """From before what the ring has. None where the log has forgotten it as well."""
        page = self._log.read(after, PAGE)
        if not page or page[0].cursor != after + 1:
            return None
        return [frames.frame_of(one, self._cluster_of) for one in page]

    def _run(self) -> None:
        while True:
            if self._behind:
                self._catch_up()
            if self._fresh:
                self._tell()
            self._more.wait(self._clock.now() + KEEP_ALIVE_SECS)
            self._more.clear()
            self._clock.sleep_until(self._clock.now() + TICK_SECS)

    def _catch_up(self) -> None:
        self._behind, self._taking = False, True
        try:
            self._take()
        except StoreError as error:
            self._failed(error)
            self.wake()  # again, at the next tick
        finally:
            self._taking = False

    def _take(self) -> None:
        """All that the log has more than the ring."""
        assert self._ring is not None
        while page := self._log.read(self._ring.end, PAGE):
            told = [frames.frame_of(one, self._cluster_of) for one in page]
            self._ring.extend(told, page[-1].cursor)
            self._tell()
            if len(page) < PAGE:
                return

    def _failed(self, error: StoreError) -> None:
        """Readers wait; what they miss meanwhile the log has for them."""
        self.failures += 1
        logger.warning("the live stream cannot read the log: {}", error)
        self._clock.sleep_until(self._clock.now() + FAILED_SECS)

    def _tell(self) -> None:
        self._fresh = False
        news, self._news = self._news, self._clock.signal()
        news.set()
        self._on_news()
