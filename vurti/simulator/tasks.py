"""The calls that a host works on: eight at a time, in no sure order; it can queue only so many."""

from collections import deque
from collections.abc import Callable
from random import Random

from vurti.clock import Clock
from vurti.clock.port import Task

WORKERS_MAX = 8
QUEUED_MAX = 80


class Tasks:
    """A host's queue of calls. Workers are there only while there is something to do."""

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._queued: deque[Callable[[], None]] = deque()
        self._working: dict[int, Task] = {}
        self._begun = 0
        self.delay_secs: Callable[[], float] = lambda: 0.0
        self.refused = 0

    def take(self, task: Callable[[], None]) -> bool:
        """Queue a call; False where the host has too many already."""
        if len(self._queued) >= QUEUED_MAX:
            self.refused += 1
            return False
        self._queued.append(task)
        idle = not self._working or self.delay_secs() > 0  # who never waits needs no second worker
        if idle and len(self._working) < WORKERS_MAX:
            self._begun += 1
            self._working[self._begun] = self._clock.spawn(self._work, self._begun)
        return True

    def drop(self) -> None:
        """Forget all calls, and those under way."""
        self._queued.clear()
        for worker in tuple(self._working.values()):
            worker.kill()
        self._working.clear()

    def _work(self, worker: int) -> None:
        try:
            while self._queued:
                task = self._next()
                delay = self.delay_secs()
                if delay > 0:
                    self._clock.sleep_until(self._clock.now() + delay)
                task()
        finally:
            self._working.pop(worker, None)

    def _next(self) -> Callable[[], None]:
        """One of the first few, as threads race."""
        place = self._random.randrange(min(3, len(self._queued)))
        task = self._queued[place]
        del self._queued[place]
        return task
