"""Virtual time: the same code, deterministically, in no time at all.

Tasks are greenlets. Whoever is outside of them and waits (or calls `run`) drives: it takes what is
due in the order of time, then of scheduling, and lets time jump from one to the next.
"""

import heapq
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ParamSpec

from greenlet import getcurrent, greenlet

from vurti.clock.virtual_tasks import (
    Appointment,
    PlainEntrance,
    PlainWorker,
    VirtualSignal,
    VirtualTask,
    VirtualTimeout,
    Waiter,
)

P = ParamSpec("P")
SAME_INSTANT_MAX = 1_000_000
"""So many things in one instant of virtual time are an endless loop."""
CANCELLED_MAX = 64
"""So many cancelled appointments may stand in the agenda before they are worth a clean-up."""


class VirtualClock:
    """A Clock without a clock: `run` drives it. Nothing in it depends on the machine's time."""

    def __init__(self, start: float = 0.0, start_wall: float = 1_700_000_000.0) -> None:
        self.errors: list[Exception] = []  # what tasks raised
        self._now = start
        self._wall_offset = start_wall - start
        self._agenda: list[tuple[float, int, Appointment]] = []
        self._scheduled = self._cancelled = self._turns = 0
        self._tasks: dict[VirtualTask, None] = {}
        self._running: VirtualTask | None = None
        self._driver: greenlet | None = None

    @property
    def standing(self) -> int:
        """How many appointments stand in the agenda, with cancelled ones that are still in it."""
        return len(self._agenda)

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

    def turn(self) -> int:
        return self._turns

    def sleep_until(self, when: float) -> None:
        Waiter(self).wait(when)

    def timeout(self, secs: float) -> AbstractContextManager[None]:
        return VirtualTimeout(self, secs)

    def spawn(
        self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs
    ) -> VirtualTask:
        task = VirtualTask(self, lambda: function(*args, **kwargs), _name(function))
        self._tasks[task] = None
        self.call_at(self._now, task.start)
        return task

    def signal(self) -> VirtualSignal:
        return VirtualSignal(self)

    def worker(self) -> PlainWorker:
        return PlainWorker()

    def entrance(self) -> PlainEntrance:
        return PlainEntrance()

    def call_at(self, when: float, action: Callable[[], None], name: str = "") -> Appointment:
        """Call it at `when`, or at once where that is past. It must not wait. Named ones that are
        still to come are told by `stray`."""
        self._scheduled += 1
        appointment = Appointment(self, action, name)
        heapq.heappush(self._agenda, (max(when, self._now), self._scheduled, appointment))
        return appointment

    def cancelled(self) -> None:
        """One appointment fewer: called by itself. Timeouts are nearly always cancelled long before
        their time, so where most of the agenda is cancelled it is freed of that."""
        self._cancelled += 1
        if self._cancelled > len(self._agenda) // 2 + CANCELLED_MAX:
            self._agenda = [item for item in self._agenda if item[2].action is not None]
            heapq.heapify(self._agenda)
            self._cancelled = 0

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
        return [task.name for task in self._tasks] + [item[2].name for item in waiting]

    def current(self) -> VirtualTask | None:
        """The task that runs now, None outside of tasks."""
        return self._running

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
                self._turns += 1
                if steps > SAME_INSTANT_MAX:
                    raise RuntimeError(f"the instant {instant} never ends: {self.stray()}")
                action()
        finally:
            self._driver = None

    def _next(self, until: float | None) -> Callable[[], None] | None:
        while self._agenda and (until is None or self._agenda[0][0] <= until):
            when, _, appointment = heapq.heappop(self._agenda)
            action, appointment.action = appointment.action, None
            if action is not None:
                self._now = max(self._now, when)
                return action
            self._cancelled -= 1
        return None

    def pause(self, waiter: Waiter) -> None:
        """Let others run until the waiter is resumed: a task by being entered, the driver by
        driving."""
        if waiter.task is not None and self._driver is not None:
            self._driver.switch()
            return
        self.drive(lambda: waiter.resumed)
        if not waiter.resumed:
            raise RuntimeError("waiting for ever: nothing is left that could end this wait")

    def enter(self, task: VirtualTask, error: BaseException | None = None) -> None:
        """Go on in a task, raising `error` there if there is one; return when it waits or ends."""
        assert self._driver is getcurrent(), "only the driver may switch to a task"
        task.greenlet.parent = self._driver
        self._running = task
        try:
            if error is None:
                task.greenlet.switch()
            else:
                task.greenlet.throw(error)
        finally:
            self._running = None

    def forget(self, task: VirtualTask) -> None:
        """It has ended."""
        self._tasks.pop(task, None)


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", repr(function))
