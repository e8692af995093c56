"""When a host is asked: moments on a grid, and which of them are left out while less is wanted."""

import math
from collections.abc import Callable

NEVER = -1.0
"""The demand of somebody who does not want any host to be asked anything, whoever waits for it."""

_ROUNDING_SECS = 1e-6


class Beat:
    """Moments `period` apart on a grid that is fixed for each host and never drifts: `phase`, from
    0 to 1, says where in the period they lie. `due` is the next one, in monotonic seconds."""

    def __init__(self, period: float, phase: float, now: float) -> None:
        self._period, self._offset = period, phase * period
        self._go_to(self._first_from(now))

    def step(self, now: float) -> int:
        """Go on to the next moment that is not past; how many were passed over."""
        before = self._index
        self._go_to(max(before + 1, self._first_from(now)))
        return self._index - before - 1

    def _go_to(self, index: int) -> None:
        self._index = index
        self.due = index * self._period + self._offset

    def _first_from(self, now: float) -> int:
        return math.ceil((now - self._offset) / self._period)


class Thinning:
    """Which beats of a host are left out while `demand()` is under 1: states are asked ever less
    often, the less is wanted, down to once in `secs_max`; statistics at once only that often.

    Each host counts from its own last questions and waits for no other, so all are thinned alike
    and none is forgotten. One that has missed its last question is asked at every beat: it is
    judged by how often and how long it does not answer, which must not be our doing. Nor must it be
    that something is decided since nobody was asked: while states are `awaited` all are asked for
    them.
    """

    def __init__(
        self,
        demand: Callable[[], float],
        status_secs: float,
        statistics_secs: float,
        secs_max: float,
        awaited: Callable[[], bool] = lambda: False,
    ) -> None:
        self._demand, self._awaited = demand, awaited
        self._status_secs, self._statistics_secs = status_secs, statistics_secs
        self._secs_max = secs_max

    def nothing(self) -> bool:
        """Nothing is to be asked at all."""
        return self._demand() < 0

    def is_on(self) -> bool:
        """Less is wanted than all."""
        return self._demand() < 1

    def states(self, now: float, asked_at: float, in_doubt: bool) -> bool:
        """Whether to ask for states at this beat, where they were last asked for at `asked_at`."""
        demand = self._demand()
        if demand < 0:
            return False
        if demand >= 1 or in_doubt or self._awaited():
            return True
        longest = self._status_secs / demand if demand > 0 else math.inf
        return self._is_due(now, asked_at, self._status_secs, longest)

    def statistics(self, now: float, asked_at: float) -> bool:
        """The same for statistics."""
        if self.nothing():
            return False
        return not self.is_on() or self._is_due(now, asked_at, self._statistics_secs, math.inf)

    def _is_due(self, now: float, asked_at: float, period: float, longest: float) -> bool:
        """At the next beat it would be too late. Never more often than without thinning."""
        secs = max(period, min(longest, self._secs_max))
        return now + period > asked_at + secs + _ROUNDING_SECS
