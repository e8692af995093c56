"""Committed events, read from the log by cursor and written where somebody reads them."""

from collections.abc import Callable
from typing import TextIO

from loguru import logger

from vurti.clock import Clock
from vurti.errors import StoreError
from vurti.model.commit import Logged
from vurti.repository import AllReader, open_all_for_reading

PAGE = 500
RETRY_SECS = 1.0


class Follower:
    """Writes each event that is committed from now on, in the log's order, from a thread of its
    own: a reader that is slow, or gone, delays nobody. `wake` tells it that there may be more.
    Where the store cannot be read it goes on from there once it can.

    Raises StoreError where the store cannot be read.
    """

    def __init__(self, clock: Clock, url: str, line: Callable[[Logged], str], out: TextIO) -> None:
        self.reader_gone = False
        self._clock, self._line, self._out = clock, line, out
        self._more, self._closing, self._failing = clock.signal(), False, False
        self._worker = clock.worker()
        self._reader: AllReader = self._worker.run(open_all_for_reading, url)
        self._logs = self._reader.logs()
        bounds = self._worker.run(self._logs.bounds)
        self._logs.cursors.update({scope: last for scope, (_, last) in bounds.items()})
        self._task = clock.spawn(self._follow)

    def wake(self) -> None:
        """Look for more. Never yields."""
        self._more.set()

    def close(self, timeout_secs: float = 5.0) -> None:
        """Write what is committed by now, then end."""
        self._closing = True
        self._more.set()
        if not self._task.join(self._clock.now() + timeout_secs):
            logger.warning("whoever reads the events is too slow: it missed the last ones")
        self._task.kill()
        self._worker.run(self._reader.close)
        self._worker.close()

    def _follow(self) -> None:
        while not self.reader_gone:
            self._more.clear()
            retry_at = self._write_on()
            if self._closing:
                return
            self._more.wait(retry_at)

    def _write_on(self) -> float | None:
        """Write what there is; when to try again, where the store cannot be read."""
        try:
            while self._worker.run(self._write_page):
                pass
        except StoreError as error:
            if not self._failing:
                logger.warning("committed events cannot be read, and wait in the log: {}", error)
            self._failing = True
            return self._clock.now() + RETRY_SECS
        self._failing = False
        return None

    def _write_page(self) -> bool:
        """Runs in the thread; whether there may be more."""
        page = self._logs.read(PAGE)
        try:
            self._out.write("".join(self._line(entry.logged) + "\n" for entry in page))
            self._out.flush()
        except (BrokenPipeError, ValueError):  # closed by its reader, or by ourselves
            self.reader_gone = True
            return False
        except OSError as error:
            logger.error("events are no longer written, the store has them: {}", error)
            self.reader_gone = True
            return False
        return bool(page)
