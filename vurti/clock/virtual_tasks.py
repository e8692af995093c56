"""What a VirtualClock is made of: waits, tasks, signals and timeouts of virtual time."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from greenlet import GreenletExit, greenlet
from loguru import logger

from vurti.clock.port import Timeout

if TYPE_CHECKING:  # the clock is made of these, they only hold on to it
    from vurti.clock.virtual_clock import VirtualClock

P = ParamSpec("P")
R = TypeVar("R")


class Appointment:
    """Something to be called at a time; `cancel` takes it back."""

    __slots__ = ("_clock", "action", "name")

    def __init__(self, clock: "VirtualClock", action: Callable[[], None], name: str) -> None:
        self._clock = clock
        self.action: Callable[[], None] | None = action
        self.name = name

    def cancel(self) -> None:
        """Harmless on one that has been called."""
        if self.action is not None:
            self.action = None
            self._clock.cancelled()


class Waiter:
    """One wait of one greenlet, ended once by whoever wakes it first."""

    __slots__ = ("_clock", "_resuming", "_woken", "result", "resumed", "task")

    def __init__(self, clock: "VirtualClock") -> None:
        self._clock = clock
        self.task = clock.current()  # None is the driver
        self._woken = False
        self._resuming: Appointment | None = None
        self.resumed = False
        self.result = False

    def wake(self, result: bool = False) -> None:
        """Let it go on behind everything that is due already. Only the first call counts."""
        if not self._woken:
            self._woken = True
            self.result = result
            self._resuming = self._clock.call_at(self._clock.now(), self._resume)

    def wait(self, until: float | None = None) -> bool:
        """Wait to be woken, or for `until`: then False."""
        alarm = None if until is None else self._clock.call_at(until, self._ring)
        try:
            self._clock.pause(self)
        finally:  # also where an exception was thrown into the wait: nobody may resume it later
            self._woken = True
            if self._resuming is not None:
                self._resuming.cancel()
            if alarm is not None:
                alarm.cancel()
        return self.result

    def _ring(self) -> None:
        """Its time is over: it goes on at once, unless somebody has woken it already."""
        if not self._woken:
            self._woken = True
            self._resume()

    def _resume(self) -> None:
        self.resumed = True
        if self.task is not None:
            self._clock.enter(self.task)


class VirtualTask:
    """A Task of virtual time."""

    def __init__(self, clock: "VirtualClock", body: Callable[[], object], name: str) -> None:
        self.name = name
        self.greenlet = greenlet(self._run)
        self._clock, self._body = clock, body
        self._started = self._ended = False
        self._joining: list[Waiter] = []

    def start(self) -> None:
        if not self._ended:
            self._started = True
            self._clock.enter(self)

    def kill(self) -> None:
        if self._ended:
            return
        if not self._started:
            self._end()
            return
        if self._clock.is_driving():  # who drives cannot wait, and need not: nothing else runs
            self._throw()
            return
        self._clock.call_at(self._clock.now(), self._throw)
        if self._clock.current() is not self:  # a task that kills itself ends at its next wait
            self.join()

    def join(self, until: float | None = None) -> bool:
        if self._ended:
            return True
        waiter = Waiter(self._clock)
        self._joining.append(waiter)
        return waiter.wait(until)

    def _throw(self) -> None:
        if not self._ended:
            self._clock.enter(self, GreenletExit())

    def _run(self) -> None:
        try:
            self._body()
        except GreenletExit:
            pass  # killed
        except Exception as error:  # noqa: BLE001 - the end of a task is where its bugs are told
            self._clock.errors.append(error)
            logger.opt(exception=error).error("a task raised: {}", self.name)
        finally:
            self._end()

    def _end(self) -> None:
        self._ended = True
        self._clock.forget(self)
        for waiter in self._joining:
            waiter.wake(True)


class VirtualSignal:
    """A Signal of virtual time."""

    def __init__(self, clock: "VirtualClock") -> None:
        self._clock = clock
        self._is_set = False
        self._waiting: list[Waiter] = []

    def set(self) -> None:
        self._is_set = True
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            waiter.wake(True)

    def clear(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, until: float | None = None) -> bool:
        if self._is_set:
            return True
        waiter = Waiter(self._clock)
        self._waiting.append(waiter)
        try:
            return waiter.wait(until)
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)


class VirtualTimeout(AbstractContextManager[None]):
    """Raises Timeout inside its block, in the task that entered it."""

    def __init__(self, clock: "VirtualClock", secs: float) -> None:
        self._clock, self._secs = clock, secs
        self._fired = False

    def __enter__(self) -> None:
        self._task = self._clock.current()
        self._appointment = self._clock.call_at(self._clock.now() + self._secs, self._fire)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._appointment.cancel()
        if self._fired and error is None:  # an inner block took our Timeout for its own
            raise Timeout(f"{self._secs:g} s are over")

    def _fire(self) -> None:
        self._fired = True
        error = Timeout(f"{self._secs:g} s are over")
        if self._task is None:
            raise error  # the driver itself waits in the block
        self._clock.enter(self._task, error)


class PlainWorker:
    """A Worker that calls at once: nothing blocks virtual time."""

    def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    def close(self) -> None:
        pass


class PlainEntrance:
    """An Entrance that calls at once: virtual time has one thread only."""

    def run(self, function: Callable[[], R], _secs: float) -> R:
        return function()
