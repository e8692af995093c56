"""A clock that remembers what was spawned over it, to tell what has not ended."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ParamSpec, TypeVar

from vurti.clock import Clock, Entrance, Signal, Task, Worker

P = ParamSpec("P")
R = TypeVar("R")


class Census:
    """Any clock, with a list of the tasks that run over it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._running: dict[object, str] = {}

    def under_way(self) -> list[str]:
        """The names of those that have begun, or are about to, and have not ended."""
        return list(self._running.values())

    def now(self) -> float:
        return self.clock.now()

    def wall(self) -> float:
        return self.clock.wall()

    def turn(self) -> int:
        return self.clock.turn()

    def sleep_until(self, when: float) -> None:
        self.clock.sleep_until(when)

    def timeout(self, secs: float) -> AbstractContextManager[None]:
        return self.clock.timeout(secs)

    def spawn(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> Task:
        mark = object()

        def counted() -> None:
            try:
                function(*args, **kwargs)
            finally:
                self._running.pop(mark, None)

        self._running[mark] = getattr(function, "__qualname__", repr(function))
        return _Counted(self.clock.spawn(counted), lambda: self._running.pop(mark, None))

    def signal(self) -> Signal:
        return self.clock.signal()

    def worker(self) -> Worker:
        return self.clock.worker()

    def entrance(self) -> Entrance:
        return self.clock.entrance()


class _Counted:
    """A task that is struck off the list when it is killed before it began."""

    def __init__(self, task: Task, ended: Callable[[], object]) -> None:
        self._task, self._ended = task, ended

    def kill(self) -> None:
        self._task.kill()
        self._ended()

    def join(self, until: float | None = None) -> bool:
        return self._task.join(until)
