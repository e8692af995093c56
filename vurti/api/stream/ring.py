"""The latest committed events, each encoded once; a reader is a place in it and nothing more."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

EVENTS_MAX = 20_000
BYTES_MAX = 16 * 1024 * 1024


class Frame(Struct, frozen=True, gc=False):
    """One event: where the log has it, what it can be chosen by, and what is sent of it."""

    cursor: int
    kind: str
    thing: str
    host: str
    cluster: str
    sent: bytes


Wanted = Callable[[Frame], bool]


class Ring:
    """Bounded by count and by bytes: what is oldest goes. `start` is the cursor behind which it has
    everything up to `end`."""

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self.bytes = 0
        self._frames: list[Frame] = []
        self._cursors: list[int] = []

    def __len__(self) -> int:
        return len(self._frames)

    def extend(self, frames: Sequence[Frame], end: int) -> None:
        """They came next; the log has nothing else up to the cursor `end`."""
        self._frames.extend(frames)
        self._cursors.extend(frame.cursor for frame in frames)
        self.bytes += sum(len(frame.sent) for frame in frames)
        self.end = end
        self._forget()

    def pass_over(self, end: int) -> None:
        """Nobody wants what the log has up to the cursor `end`: whoever does can read it there."""
        self._frames, self._cursors, self.bytes = [], [], 0
        self.start = self.end = end

    def after(self, cursor: int, limit: int) -> Sequence[Frame] | None:
        """At most `limit` of those behind the cursor; None where it has forgotten some of them."""
        if cursor < self.start:
            return None
        place = bisect_right(self._cursors, cursor)
        return self._frames[place : place + limit]

    def _forget(self) -> None:
        gone, count = 0, len(self._frames)
        while gone < count and (count - gone > EVENTS_MAX or self.bytes > BYTES_MAX):
            self.bytes -= len(self._frames[gone].sent)
            gone += 1
        if gone:
            self.start = self._cursors[gone - 1]
            del self._frames[:gone], self._cursors[:gone]


def joined(frames: Iterable[Frame], wanted: Wanted | None) -> bytes:
    """What is sent of those that are wanted."""
    return b"".join(frame.sent for frame in frames if wanted is None or wanted(frame))
