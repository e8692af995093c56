"""A stream without a chain: what is logged is what is told."""

from collections import deque
from typing import NamedTuple

from vurti.events import Event
from vurti.model.commit import Logged


class Passed(NamedTuple):
    """An event of the log as it stands there."""

    event: Event
    logged: Logged


class Passing:
    """To a reader what Strands are, where nothing is held, summed or left out."""

    next_due: float | None = None
    failed = 0

    def __init__(self) -> None:
        self.said: deque[Passed] = deque()
        self._owed: dict[int, None] = {}

    def take(self, logged: Logged, _log_time: float) -> None:
        self.said.append(Passed(logged.event, logged))
        self._owed[logged.cursor] = None

    def move_to(self, _log_time: float) -> None:
        """Nothing waits for a time."""

    def settled(self, said: Passed) -> None:
        self._owed.pop(said.logged.cursor, None)  # a gap may have come in between

    def place(self, read: int) -> tuple[int, dict[str, int]]:
        return next(iter(self._owed), read + 1) - 1, {}

    def drop(self) -> None:
        self.said.clear()
        self._owed.clear()
