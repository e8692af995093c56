"""How long something takes, as counts that only grow: what a monitoring system can work with."""

from bisect import bisect_left
from collections.abc import Iterator
from math import inf

SECS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""The upper ends of the usual buckets, in seconds."""


class Histogram:
    """Values go in; `cumulated` tells how many were not more than each bound."""

    def __init__(self, bounds: tuple[float, ...] = SECS) -> None:
        self.bounds = bounds
        self.sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def add(self, value: float) -> None:
        """One more."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def __add__(self, other: "Histogram") -> "Histogram":
        """Both as one; their bounds must be the same."""
        assert self.bounds == other.bounds
        both = Histogram(self.bounds)
        both._counts = [one + more for one, more in zip(self._counts, other._counts, strict=True)]
        both.sum = self.sum + other.sum
        return both

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(self._counts)

    def cumulated(self) -> Iterator[tuple[float, int]]:
        """Each bound, the last one infinite, and how many values were not more."""
        total = 0
        for bound, count in zip((*self.bounds, inf), self._counts, strict=True):
            total += count
            yield bound, total
