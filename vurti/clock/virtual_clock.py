"""Virtual time: the same code, deterministically, in no time at all.

Tasks are greenlets. Whoever is outside of them and waits (or calls `run`) drives: it takes what is
due in the order of time, then of scheduling, and lets time jump from one to the next.
"""

import heapq
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import ParamSpec, TypeVar

from greenlet import GreenletExit, getcurrent, greenlet
from loguru import logger

from vurti.clock.port import Timeout

P = ParamSpec("P")
R = TypeVar("R")
SAME_INSTANT_MAX = 1_000_000
"""So many things in one instant of virtual time are an endless loop."""


class Appointment:
    """Something to be called at a time; `cancel` takes it back."""

    __slots__ = ("action", "name")

    def __init__(self, action: Callable[[], None], name: str = "") -> None:
        self.action: Callable[[], None] | None = action
        self.name = name

    def cancel(self) -> None:
        self.action = None


class VirtualClock:
    """A Clock without a clock: `run` drives it. Nothing in it depends on the machine's time."""

    def __init__(self, start: float = 0.0, start_wall: float = 1_700_000_000.0) -> None:
        self.errors: list[Exception] = []  # what tasks raised
        self._now = start
        self._wall_offset = start_wall - start
        self._agenda: list[tuple[float, int, Appointment]] = []
        self._scheduled = 0
        self._tasks: dict[greenlet, VirtualTask] = {}
        self._driver: greenlet | None = None

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._now + self._wall_offset

    def step_wall(self, secs: float) -> None:
        """Move the wall clock, as an operator or NTP might. Monotonic time does not notice."""
        self._wall_offset += secs

    def stall(self, secs: float) -> None:
        """Let time pass in which nothing happens, as when the process was not scheduled: what was
        due in it comes late."""
        self._now += secs

    def sleep_until(self, when: float) -> None:
        _wait(self, Waiter(self), when)

    def timeout(self, secs: float) -> AbstractContextManager[None]:
        return VirtualTimeout(self, secs)

    def spawn(
        self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs
    ) -> "VirtualTask":
        task = VirtualTask(self, lambda: function(*args, **kwargs), _name(function))
        self._tasks[task.greenlet] = task
        self.call_at(self._now, task.start)
        return task

    def signal(self) -> "VirtualSignal":
        return VirtualSignal(self)

    def worker(self) -> "PlainWorker":
        return PlainWorker()

    def call_at(self, when: float, action: Callable[[], None], name: str = "") -> Appointment:
        """Call it at `when`, or at once where that is past. It must not wait. Named ones that are
        still to come are told by `stray`."""
        self._scheduled += 1
        appointment = Appointment(action, name)
        heapq.heappush(self._agenda, (max(when, self._now), self._scheduled, appointment))
        return appointment

    def run(self, until: float | None = None) -> None:
        """Drive until nothing is left to do, or up to and including `until` (monotonic).

        Raises RuntimeError when called from within a task, and when an instant never ends.
        """
        self.drive(lambda: False, until)
        if until is not None:
            self._now = max(self._now, until)

    def stray(self) -> list[str]:
        """The names of tasks that have not ended and of what is still to be called, in the order
        of their beginning."""
        waiting = [item for item in sorted(self._agenda) if item[2].action and item[2].name]
        return [task.name for task in self._tasks.values()] + [item[2].name for item in waiting]

    def current(self) -> "VirtualTask | None":
        """The task that runs now, None outside of tasks."""
        return self._tasks.get(getcurrent())

    def is_driving(self) -> bool:
        """Whether the caller is something that `call_at` was given."""
        return self._driver is getcurrent()

    def drive(self, done: Callable[[], bool], until: float | None = None) -> None:
        """Do what is due, one after the other, until `done`, nothing is left or `until` is over."""
        if self._driver is not None:
            raise RuntimeError("virtual time is being driven already: use the clock to wait")
        self._driver = getcurrent()
        steps, instant = 0, self._now
        try:
            while not done() and (action := self._next(until)) is not None:
                steps = steps + 1 if self._now == instant else 0
                instant = self._now
                if steps > SAME_INSTANT_MAX:
                    raise RuntimeError(f"the instant {instant} never ends: {self.stray()}")
                action()
        finally:
            self._driver = None

    def _next(self, until: float | None) -> Callable[[], None] | None:
        while self._agenda and (until is None or self._agenda[0][0] <= until):
            when, _, appointment = heapq.heappop(self._agenda)
            if appointment.action is not None:
                self._now = max(self._now, when)
                return appointment.action
        return None

    def pause(self, resumed: Callable[[], bool]) -> None:
        """Let others run. A task comes back when it is switched to, the driver when `resumed`."""
        if getcurrent() in self._tasks and self._driver is not None:
            self._driver.switch()
            return
        self.drive(resumed)
        if not resumed():
            raise RuntimeError("waiting for ever: nothing is left that could end this wait")

    def enter(self, one: greenlet, error: BaseException | None = None) -> None:
        """Go on in a task, raising `error` there if there is one; return when it waits or ends."""
        assert self._driver is getcurrent(), "only the driver may switch to a task"
        one.parent = self._driver
        if error is None:
            one.switch()
        else:
            one.throw(error)

    def forget(self, task: "VirtualTask") -> None:
        """It has ended."""
        self._tasks.pop(task.greenlet, None)


class Waiter:
    """One wait of one greenlet, ended once by whoever wakes it first."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._task = clock.current()
        self._resuming: Appointment | None = None
        self._resumed = False
        self.result = False

    def wake(self, result: bool = False) -> None:
        """Let it go on behind everything that is due already. Only the first call counts."""
        if self._resuming is None:
            self.result = result
            self._resuming = self._clock.call_at(self._clock.now(), self._resume)

    def ring(self) -> None:
        """Its time is over: it goes on at once, unless somebody has woken it already."""
        if self._resuming is None:
            self._resuming = Appointment(self._resume)
            self._resume()

    def wait(self) -> bool:
        try:
            self._clock.pause(lambda: self._resumed)
        finally:  # also where an exception was thrown into the wait: nobody may resume it later
            self._resuming = self._resuming or Appointment(lambda: None)
            self._resuming.cancel()
        return self.result

    def _resume(self) -> None:
        self._resumed = True
        if self._task is not None:
            self._clock.enter(self._task.greenlet)


class VirtualTask:
    """A Task of virtual time."""

    def __init__(self, clock: VirtualClock, body: Callable[[], object], name: str) -> None:
        self.name = name
        self.greenlet = greenlet(self._run)
        self._clock, self._body = clock, body
        self._started = self._ended = False
        self._joining: list[Waiter] = []

    def start(self) -> None:
        if not self._ended:
            self._started = True
            self._clock.enter(self.greenlet)

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
        return _wait(self._clock, waiter, until)

    def _throw(self) -> None:
        if not self._ended:
            self._clock.enter(self.greenlet, GreenletExit())

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

    def __init__(self, clock: VirtualClock) -> None:
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
            return _wait(self._clock, waiter, until)
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)


class VirtualTimeout(AbstractContextManager[None]):
    """Raises Timeout inside its block, in the task that entered it."""

    def __init__(self, clock: VirtualClock, secs: float) -> None:
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
        self._clock.enter(self._task.greenlet, error)


class PlainWorker:
    """A Worker that calls at once: nothing blocks virtual time."""

    def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    def close(self) -> None:
        pass


def _wait(clock: VirtualClock, waiter: Waiter, until: float | None) -> bool:
    alarm = None if until is None else clock.call_at(until, waiter.ring)
    try:
        return waiter.wait()
    finally:
        if alarm is not None:
            alarm.cancel()


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", repr(function))
