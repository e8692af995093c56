"""The latest statistics of each host, handed on for storing at their own rate."""

from collections.abc import Callable, Iterable

from vurti.model import Statistics


class LatestStatistics:
    """Keeps at most two a host, one with its own sample and one without; a host becomes due
    `every_secs` after it was last handed on, so that hosts stay spread as their polls are."""

    def __init__(self, every_secs: float, now: Callable[[], float]) -> None:
        self.replaced = 0  # statistics that were never stored, because newer ones came before
        self._every_secs, self._now = every_secs, now
        self._waiting: dict[str, dict[bool, Statistics]] = {}
        self._handed_on: dict[str, float] = {}

    def __len__(self) -> int:
        """How many hosts have some waiting."""
        return len(self._waiting)

    def offer(self, statistics: Statistics) -> None:
        """Keep it in the place of an older one of the same host and kind."""
        waiting = self._waiting.setdefault(statistics.host, {})
        own = statistics.vds is not None
        self.replaced += own in waiting
        waiting[own] = statistics

    def due(self, everything: bool = False) -> list[Statistics]:
        """Remove and return those of the hosts whose time has come, or of all hosts."""
        now = self._now()
        hosts = [
            host
            for host in self._waiting
            if everything or now - self._handed_on.get(host, -self._every_secs) >= self._every_secs
        ]
        self._handed_on.update(dict.fromkeys(hosts, now))
        return [one for host in hosts for one in self._waiting.pop(host).values()]

    def put_back(self, statistics: Iterable[Statistics]) -> None:
        """They could not be stored: due again in their time, unless newer ones came."""
        for one in statistics:
            self._waiting.setdefault(one.host, {}).setdefault(one.vds is not None, one)

    def forget(self, host: str) -> None:
        """The host is no longer watched."""
        self._waiting.pop(host, None)
        self._handed_on.pop(host, None)
