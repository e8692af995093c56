"""The hub of the live stream: one task reads the log, and all readers share what it has read."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from math import ceil
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
GROUPS, PAUSE_SECS = 8, 0.001
"""In so many groups, between which others are answered: to send to a hundred takes long."""
AT_ONCE = 50
"""So many events are made ready before others are answered as well."""
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
        self._given: deque[Logged] = deque()  # by who committed them, and not made ready yet
        self._sent: tuple[Ends, bytes] = (None, b"")  # what was sent last to one who wants all
        self._more: Signal = clock.signal()
        # New ones at each tick: whoever waits has an old one.
        self._news: list[Signal] = [clock.signal() for _ in range(GROUPS)]
        self._joined = 0
        self.closing = self._behind = self._fresh = False
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
        Never yields."""
        ring = self._ring
        if self.readers:
            self._given.extend(logged)
            self._more.set()
        elif ring is not None and logged[0].cursor == ring.end + 1:
            self.grown(logged[-1].cursor)
        else:
            self.wake()
        if len(self._given) > BEHIND_MAX:  # rather from the log, when there is time
            self._given.clear()
            self.wake()

    def grown(self, end: int) -> None:
        """The log ends at this cursor now, and has all before it. Never yields."""
        if self.readers or self._ring is None:
            self.wake()
        elif end > self._ring.end:
            self._ring.pass_over(end)  # nobody reads: nothing is made ready

    def close(self) -> None:
        """Every reader is told good-bye, and gets no more."""
        self.closing = True
        if self._task is not None:
            self._task.kill()
        self._tell()

    def read(self, after: int | None, wanted: Wanted | None = None) -> Iterator[bytes]:
        """What is sent to one reader, from behind the cursor on, or from now on. Each piece is
        asked for once the one before it is on its way: so nothing waits for who does not read."""
        place, group = self.end if after is None else after, self._joined % GROUPS
        self._joined += 1
        return Together(self._clock, {"": self}, lambda: self._news[group], wanted).read(
            {"": place}
        )

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
            self._make_ready()
            if self._fresh:
                self._tell()
            self._more.wait(self._clock.now() + KEEP_ALIVE_SECS)
            self._more.clear()
            self._clock.sleep_until(self._clock.now() + TICK_SECS)

    def _catch_up(self) -> None:
        self._behind = False
        try:
            self._take()
        except StoreError as error:
            self._failed(error)
            self.wake()  # again, at the next tick

    def _take(self) -> None:
        """All that the log has more than the ring."""
        assert self._ring is not None
        while page := self._log.read(self._ring.end, PAGE):
            for start in range(0, len(page), AT_ONCE):
                some = page[start : start + AT_ONCE]
                told = [frames.frame_of(one, self._cluster_of) for one in some]
                if some[-1].cursor > self._ring.end:  # else it was passed over meanwhile
                    self._ring.extend(told, some[-1].cursor)
                self._clock.sleep_until(self._clock.now() + PAUSE_SECS)
            self._tell()
            if len(page) < PAGE:
                return

    def _make_ready(self) -> None:
        """What was given by now; what is given meanwhile waits for the next tick."""
        assert self._ring is not None
        for _ in range(ceil(len(self._given) / AT_ONCE)):
            if not self._given:  # there was too much, and it is read from the log
                return
            some = [self._given.popleft() for _ in range(min(AT_ONCE, len(self._given)))]
            places = [one.cursor for one in some]
            if places == list(range(self._ring.end + 1, self._ring.end + 1 + len(some))):
                told = [frames.frame_of(one, self._cluster_of) for one in some]
                self._ring.extend(told, places[-1])
                self._fresh = True
            else:  # the log was read meanwhile, or others write in it as well
                self._given.clear()
                self.wake()
                return
            if self._given:
                self._clock.sleep_until(self._clock.now() + PAUSE_SECS)

    def _failed(self, error: StoreError) -> None:
        """Readers wait; what they miss meanwhile the log has for them."""
        self.failures += 1
        logger.warning("the live stream cannot read the log: {}", error)
        self._clock.sleep_until(self._clock.now() + FAILED_SECS)

    def _tell(self) -> None:
        self._fresh = False
        for group in range(GROUPS):
            self._tell_group(group)
            if self.readers > GROUPS and not self.closing:
                self._clock.sleep_until(self._clock.now() + PAUSE_SECS)
        self._on_news()

    def _tell_group(self, group: int) -> None:
        news, self._news[group] = self._news[group], self._clock.signal()
        news.set()
