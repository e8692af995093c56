"""How long to wait between attempts, and how seldom to speak of it."""

from collections.abc import Callable

from loguru import logger

FIRST_SECS = 0.1
SECS_MAX = 5.0
LOG_SECS = 30.0


class Patience:
    """Doubles its waiting with each failure in a row; logs the first of them, then at most one
    in LOG_SECS, saying how many it stands for."""

    def __init__(self, what: str, now: Callable[[], float]) -> None:
        self._what, self._now = what, now
        self._failures = 0
        self._unsaid = 0
        self._said_at: float | None = None
        self.failing_since: float | None = None  # monotonic; None where the last attempt succeeded

    def lose(self, count: int, error: Exception) -> float:
        """Something failed again: returns the seconds to wait before the next attempt."""
        if not self._failures:
            self.failing_since = self._now()
        self._failures += 1
        self._unsaid += 1
        self._say(count, error)
        return min(SECS_MAX, FIRST_SECS * 2.0 ** min(self._failures - 1, 10))

    def restore(self) -> None:
        """It succeeded: the next failure is a first one."""
        if self._failures:
            logger.info("{}: stored again, after {} failures", self._what, self._failures)
        self._failures, self.failing_since = 0, None

    def _say(self, count: int, error: Exception) -> None:
        now = self._now()
        if self._said_at is not None and now - self._said_at < LOG_SECS:
            return
        logger.warning(
            "{} ({}) could not be stored and waits; failures: {}; {}: {}",
            self._what,
            count,
            self._unsaid,
            type(error).__name__,
            error,
        )
        self._said_at, self._unsaid = now, 0
