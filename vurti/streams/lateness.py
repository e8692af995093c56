"""How late our own questions left: counts in buckets, so that a day of them costs no memory."""

from math import ceil, log
from typing import NamedTuple

from vurti.streams.histogram import Histogram

_LEAST_SECS = 0.0001
_RATIO = 1.25
_BUCKETS = 64  # the last one begins at more than a hundred seconds


class Late(NamedTuple):
    """Of how many questions; seconds that half, and that 99 in 100, of them were late at most
    (rounded up by a quarter at most), and the most."""

    questions: int = 0
    p50_secs: float = 0.0
    p99_secs: float = 0.0
    max_secs: float = 0.0


class Lateness:
    """Seconds go in, what they were like since it was last asked comes out; `all` keeps those of
    the whole run."""

    def __init__(self) -> None:
        self.all = Histogram()
        self._counts = [0] * _BUCKETS
        self._max = 0.0

    def add(self, secs: float) -> None:
        """One question left so late."""
        self._counts[_bucket(secs)] += 1
        self.all.add(secs)
        self._max = max(self._max, secs)

    def take(self) -> Late:
        """What was added since it was last taken."""
        late = Late(sum(self._counts), self._quantile(0.5), self._quantile(0.99), self._max)
        self._counts, self._max = [0] * _BUCKETS, 0.0
        return late

    def _quantile(self, share: float) -> float:
        wanted, seen = share * sum(self._counts), 0
        for bucket, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return min(_LEAST_SECS * float(_RATIO**bucket), self._max)
        return 0.0


def _bucket(secs: float) -> int:
    """The first whose upper end is not less."""
    if secs <= _LEAST_SECS:
        return 0
    return min(ceil(log(secs / _LEAST_SECS, _RATIO)), _BUCKETS - 1)
