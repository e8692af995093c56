"""What a clock offers. Times are seconds: `now` and deadlines monotonic, `wall` since 1970 UTC."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Timeout(Exception):
    """What `Clock.timeout` raises inside its block when the time is over."""


class Task(Protocol):
    """Something spawned."""

    def kill(self) -> None:
        """End it at the place where it waits, and return only when it has ended. Harmless on one
        that has ended already, or that kills itself."""

    def join(self, until: float | None = None) -> bool:
        """Wait for its end; False where `until` (monotonic) came first."""


class Signal(Protocol):
    """A flag that others wait for. `set` never yields."""

    def set(self) -> None: ...

    def clear(self) -> None: ...

    def is_set(self) -> bool: ...

    def wait(self, until: float | None = None) -> bool:
        """True as soon as it is set, False where `until` (monotonic) came first."""


class Worker(Protocol):
    """A thread of its own for calls that block the process. In virtual time: a plain call."""

    def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call it there and wait for what it returns or raises. One call at a time, in order."""

    def close(self) -> None: ...


class Entrance(Protocol):
    """The way in for other threads. Made in the clock's own thread, used from any."""

    def run(self, function: Callable[[], R], secs: float) -> R:
        """Call it in the clock's thread and wait for what it returns or raises. There itself it is
        a plain call; from elsewhere it gets a task of its own. Raises Timeout where that has not
        begun and ended within `secs`: what had not begun then never does."""


class Clock(Protocol):
    """Time, and everything that takes it."""

    def now(self) -> float: ...

    def wall(self) -> float: ...

    def turn(self) -> int:
        """A number that is another one once others have had their turn: as long as it is the same,
        whoever runs has let nobody else run."""

    def sleep_until(self, when: float) -> None:
        """Yield until `when` (monotonic); where that is past, yield once and go on."""

    def timeout(self, secs: float) -> AbstractContextManager[None]:
        """Raise Timeout inside the block once `secs` have passed. May be nested."""

    def spawn(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> Task:
        """Run it beside everything else, from the next yield on. What it raises is logged."""

    def signal(self) -> Signal: ...

    def worker(self) -> Worker: ...

    def entrance(self) -> Entrance: ...
