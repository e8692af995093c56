"""How long a sink waits before it tries again."""

import random
from collections.abc import Callable

from loguru import logger

from vurti.streams.sink import SinkSettings

SAID_AGAIN_SECS = 300.0


class Patience:
    """Waits ever longer, each time somewhat less than twice as long, so that those that failed
    together do not come back together. Logs the first failure, then now and then."""

    def __init__(
        self,
        name: str,
        settings: SinkSettings,
        now: Callable[[], float],
        dice: Callable[[], float] = random.random,
    ) -> None:
        self.failures = 0  # in a row
        self._name, self._settings, self._now, self._dice = name, settings, now, dice
        self._said_at: float | None = None

    def lose(self, reason: str, after_secs: float | None = None) -> float:
        """It failed once more; so many seconds to wait. `after_secs` is what was asked for."""
        self.failures += 1
        now = self._now()
        if self._said_at is None or now - self._said_at >= SAID_AGAIN_SECS:
            self._said_at = now
            logger.warning("sink {} waits, after {} in vain: {}", self._name, self.failures, reason)
        longest = self._settings.retry_secs_max
        own = min(longest, self._settings.retry_secs * 2.0 ** min(self.failures - 1, 30))
        own *= 0.5 + self._dice() / 2
        return min(longest, max(own, after_secs or 0.0))

    def restore(self) -> None:
        """It succeeded."""
        if self.failures:
            logger.info("sink {} tells again, after {} in vain", self._name, self.failures)
        self.failures, self._said_at = 0, None
