"""Following the log: what is committed, from a cursor on, as it comes."""

from collections.abc import Callable, Iterator
from typing import Protocol

from vurti.clock import Signal
from vurti.errors import Forgotten
from vurti.model.commit import Logged
from vurti.repository.log import Placed

PAGE = 500
LOOK_SECS = 0.5
"""How often one looks for what another process commits."""


class Log(Protocol):
    """What can be followed: a Repository, or a Reader."""

    def placed(self, after: int, limit: int) -> list[Placed]: ...

    def log_bounds(self) -> tuple[int, int]: ...


class Waiting(Protocol):
    """What of a Clock is needed to wait: any Clock, or PlainTime."""

    def now(self) -> float: ...

    def signal(self) -> Signal: ...


class Tail:
    """A place in the log that moves on as it is read: everything up to `cursor` was read from it.

    `wait` returns when there may be more: at once where this process commits it, which calls
    `wake`, and after `look_secs` where another one does. Make it in the task that reads.
    """

    def __init__(
        self,
        log: Log,
        clock: Waiting,
        cursor: int,
        look_secs: float = LOOK_SECS,
        left: Callable[["Tail"], None] = lambda _tail: None,
    ) -> None:
        """`left` is told when it is closed."""
        self.cursor = cursor
        self._log, self._clock, self._look_secs, self._left = log, clock, look_secs, left
        self._more = clock.signal()
        self.wake = self._more.set  # never yields

    def read(self, limit: int = PAGE) -> list[Placed]:
        """What follows, at most so much; nothing where this is the end for now.

        Raises Forgotten where the log has no more what follows, and StoreError.
        """
        self._more.clear()
        page = self._log.placed(self.cursor, limit)
        if (page[0].logged.cursor if page else None) != self.cursor + 1:
            self._check(empty=not page)
        if page:
            self.cursor = page[-1].logged.cursor
        return page

    def wait(self, until: float | None = None) -> None:
        """Until there may be more, or until then (monotonic)."""
        look = self._clock.now() + self._look_secs
        self._more.wait(look if until is None else min(look, until))

    def close(self) -> None:
        """It is not read any more."""
        self._left(self)

    def _check(self, empty: bool) -> None:
        first, last = self._log.log_bounds()
        if self.cursor + 1 < first:
            raise Forgotten(self.cursor, first, last)
        if empty and self.cursor > last:
            raise Forgotten(self.cursor, first, last)


def follow(tail: Tail) -> Iterator[Logged]:
    """Each event behind the tail's cursor, for ever: it waits for what is still to come. Closing it
    closes the tail."""
    try:
        while True:
            page = tail.read()
            yield from (one.logged for one in page)
            if not page:
                tail.wait()
    finally:
        tail.close()
