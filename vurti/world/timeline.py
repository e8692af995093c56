"""Time as a world has it: what is due happens in the order of time, then of planning."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Happening = tuple[float, int, Callable[..., None], tuple[Any, ...]]


class Timeline:
    """`now` in seconds from 0. Only `advance` moves it, in steps of any size."""

    def __init__(self) -> None:
        self.now = 0.0
        self._happenings: list[Happening] = []
        self._planned = 0

    def advance(self, to: float) -> None:
        """Let everything happen that is due up to `to`, which included. It never goes back."""
        while self._happenings and self._happenings[0][0] <= to:
            self.now, _, act, arguments = heappop(self._happenings)
            act(*arguments)
        self.now = max(self.now, to)

    def next_due(self) -> float | None:
        """When something happens next by itself; None where nothing will."""
        return self._happenings[0][0] if self._happenings else None

    def plan(self, when: float, act: Callable[..., None], *arguments: Any) -> None:
        """Do something at that time; what is past is done at the next advance."""
        self._planned += 1
        heappush(self._happenings, (max(when, self.now), self._planned, act, arguments))

    def later(self, secs: float, act: Callable[..., None], *arguments: Any) -> None:
        """Do something in `secs`."""
        self.plan(self.now + secs, act, *arguments)
