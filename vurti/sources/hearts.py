"""The heart-beats of all connections, looked after by one task: to wake one for each of thousands
of hosts, twice in each beat, takes more than all that is done about them."""

from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from loguru import logger

from vurti.clock import Clock, Task
from vurti.sources.shared import SharedBy
from vurti.sources.sockets import TURN_SECS

LOOK_SECS = 0.2


class Heart(Protocol):
    """What has to be looked at when it is `due` (monotonic), never where that is None."""

    @property
    def due(self) -> float | None: ...

    def look(self) -> None:
        """Do what is due. Never yields."""


class Hearts:
    """Looks at all that are added, each `LOOK_SECS` after it is due at most. What is due later by
    then, since something was said or heard, is put off without being looked at. A look may read
    what has come: then others have their turns in between, as beside all that is read."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[Heart, None] = {}
        self._dues: list[tuple[float, int, Heart]] = []  # a heap, each of them once
        self._numbers = count()
        self._task: Task | None = None

    def add(self, heart: Heart) -> None:
        """Look after it from now on."""
        self._all[heart] = None
        self._put_off(heart, heart.due)
        if self._task is None:
            self._task = self._clock.spawn(self._look_after_all)

    def remove(self, heart: Heart) -> None:
        """And no more."""
        self._all.pop(heart, None)

    def _put_off(self, heart: Heart, due: float | None) -> None:
        if due is not None:
            heappush(self._dues, (due, next(self._numbers), heart))

    def _look_after_all(self) -> None:
        while self._all:
            began = now = self._clock.now()
            while self._dues and self._dues[0][0] <= now and now < began + TURN_SECS:
                heart = heappop(self._dues)[2]
                if heart in self._all:
                    self._look(heart, now)
                now = self._clock.now()
            done = not self._dues or self._dues[0][0] > now
            self._clock.sleep_until(began + LOOK_SECS if done else now)
        self._dues.clear()
        self._task = None

    def _look(self, heart: Heart, now: float) -> None:
        due = heart.due
        if due is not None and due <= now:
            try:
                heart.look()
            except Exception as error:  # noqa: BLE001 - the other hearts must beat all the same
                logger.opt(exception=error).error("a heart-beat raised: {}", error)
            due = max(heart.due or now, now + LOOK_SECS)
        self._put_off(heart, due)


hearts_of = SharedBy(Hearts)
"""Those of all connections that live by a clock."""
