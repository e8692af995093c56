"""All that is to be called later: one heap and one task, however many wait."""

import heapq
from collections.abc import Callable

from vurti.clock import Clock, Signal, Task

DEAD_MAX = 64
"""So many cancelled alarms may lie in the heap before they are worth a clean-up."""


class Alarm:
    """Something to be called at `due`; `cancel` takes it back."""

    __slots__ = ("_wheel", "action", "due")

    def __init__(self, wheel: "Wheel", due: float, action: Callable[[], None]) -> None:
        self._wheel = wheel
        self.due = due
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Harmless on one that has been called."""
        if self.action is not None:
            self.action = None
            self._wheel.cancelled()


class Wheel:
    """Calls what was asked for, at its time, in the order of times and then of asking.

    The task lives as long as something waits, so an idle wheel leaves nothing behind. An action
    that raises ends it like any task's bug (told by the clock); a new one goes on with the rest.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Alarm]] = []
        self._asked = 0
        self._waiting = 0
        self._earlier: Signal = clock.signal()
        self._task: Task | None = None

    def __len__(self) -> int:
        return self._waiting

    def at(self, due: float, action: Callable[[], None]) -> Alarm:
        """Have it called at `due` (monotonic seconds), from a task of the wheel, never at once."""
        alarm = Alarm(self, due, action)
        self._asked += 1
        self._waiting += 1
        heapq.heappush(self._heap, (due, self._asked, alarm))
        if self._task is None:
            self._task = self._clock.spawn(self._turn)
        elif self._heap[0][2] is alarm:
            self._earlier.set()
        return alarm

    def cancelled(self) -> None:
        """One alarm fewer: called by the alarm itself."""
        self._waiting -= 1
        if not self._waiting:
            self._heap.clear()
            self._earlier.set()  # nothing to wait for any more: the task may end
        elif len(self._heap) > 2 * self._waiting + DEAD_MAX:
            self._heap = [item for item in self._heap if item[2].action is not None]
            heapq.heapify(self._heap)

    def close(self) -> None:
        """Take everything back. Never yields: the task has nothing to wait for and ends."""
        for _, _, alarm in self._heap:
            alarm.action = None
        self._heap.clear()
        self._waiting = 0
        self._earlier.set()

    def _turn(self) -> None:
        try:
            while (alarm := self._first()) is not None:
                self._earlier.clear()
                if alarm.due <= self._clock.now():
                    self._call(alarm)
                else:
                    self._earlier.wait(until=alarm.due)
        finally:
            self._task = self._clock.spawn(self._turn) if self._waiting else None

    def _first(self) -> Alarm | None:
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][2] if self._heap else None

    def _call(self, alarm: Alarm) -> None:
        heapq.heappop(self._heap)
        action, alarm.action = alarm.action, None
        self._waiting -= 1
        if action is not None:
            action()
