"""The latest statistics of each host, handed on for storing at their own rate."""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from vurti.model import Statistics


class _Numbered(NamedTuple):
    statistics: Statistics
    number: int


class LatestStatistics:
    """Keeps at most two a host, one with its own sample and one without. A host becomes due
    `every_secs` after it was last handed on; where its statistics come no more often than that by
    themselves, as soon as they come, so that they are fresh and hosts spread as their polls are.
    What is not due costs nothing, however much of it there is."""

    def __init__(self, every_secs: float, now: Callable[[], float]) -> None:
        self.replaced = 0  # statistics that were never stored, because newer ones came before
        self._every_secs, self._now = every_secs, now
        self._waiting: dict[str, dict[bool, _Numbered]] = {}
        self._handed_on: dict[str, float] = {}
        self._offered: dict[str, float] = {}
        self._ripe: dict[str, None] = {}  # hosts that are due, but for the number
        self._later: list[tuple[float, str]] = []  # a heap: when which of the others will be

    def __len__(self) -> int:
        """How many hosts have some waiting."""
        return len(self._waiting)

    def offer(self, statistics: Statistics, number: int) -> None:
        """Keep it in the place of an older one of the same host and kind. `number` is that of the
        decision that it came with."""
        host, now = statistics.host, self._now()
        if now - self._offered.get(host, -inf) >= self._every_secs / 2:
            self._ripe[host] = None
        self._offered[host] = now
        waiting = self._kept(host)
        own = statistics.vds is not None
        self.replaced += own in waiting
        waiting[own] = _Numbered(statistics, number)

    def due(self, number_max: int, everything: bool = False) -> list[Statistics]:
        """Remove and return those of the hosts whose time has come, or of all hosts; none that
        came with a decision behind `number_max`, whose records are not stored yet."""
        now = self._now()
        self._ripen(now)
        hosts = [
            host
            for host in (self._waiting if everything else self._ripe)
            if all(one.number <= number_max for one in self._waiting[host].values())
        ]
        for host in hosts:
            self._handed_on[host] = now
            self._ripe.pop(host, None)
        return [one.statistics for host in hosts for one in self._waiting.pop(host).values()]

    def put_back(self, statistics: Iterable[Statistics]) -> None:
        """They could not be stored: due again in their time, unless newer ones came."""
        for one in statistics:
            waiting = self._kept(one.host)
            waiting.setdefault(one.vds is not None, _Numbered(one, 0))

    def forget(self, host: str) -> None:
        """The host is no longer watched."""
        self._waiting.pop(host, None)
        self._handed_on.pop(host, None)
        self._offered.pop(host, None)
        self._ripe.pop(host, None)

    def _kept(self, host: str) -> dict[bool, _Numbered]:
        """What waits of it. Who begins to wait is due in his time."""
        waiting = self._waiting.get(host)
        if waiting is None:
            waiting = self._waiting[host] = {}
            heappush(self._later, (self._due_at(host), host))
        return waiting

    def _ripen(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            host = heappop(self._later)[1]
            if host in self._waiting and self._due_at(host) <= now:
                self._ripe[host] = None

    def _due_at(self, host: str) -> float:
        return self._handed_on.get(host, -inf) + self._every_secs
