"""Time as a log tells it: it stands still until it is moved on, and rings what is due by then."""

import heapq
from collections.abc import Callable

from vurti.streams.scheduler import ClockScheduler


class Bell:
    """Something to be called when the time has come; `cancel` takes it back, and `cancelled` is
    told."""

    __slots__ = ("_cancelled", "action")

    def __init__(self, action: Callable[[], None], cancelled: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action
        self._cancelled = cancelled

    def cancel(self) -> None:
        """Harmless on one that has been called."""
        if self.action is not None:
            self.action = None
            self._cancelled()


class Timeline:
    """Seconds that only go forward. What is due rings in the order of its time, then of asking; so
    what happens is a function of what was put in, and of nothing else."""

    def __init__(self) -> None:
        self._now = 0.0
        self._asked = 0
        self._heap: list[tuple[float, int, Bell]] = []

    def now(self) -> float:
        return self._now

    @property
    def next_due(self) -> float | None:
        """When the next thing rings, None where nothing is waited for."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def at(self, due: float, action: Callable[[], None], cancelled: Callable[[], None]) -> Bell:
        """Have it called at `due`, or at the next move where that is past."""
        bell = Bell(action, cancelled)
        self._asked += 1
        heapq.heappush(self._heap, (due, self._asked, bell))
        return bell

    def move_to(self, now: float) -> None:
        """Ring what is due by then, each at its own time; then it is `now`. Where that is past,
        time stays where it is."""
        while (due := self.next_due) is not None and due <= now:
            _, _, bell = heapq.heappop(self._heap)
            action, bell.action = bell.action, None
            self._now = max(self._now, due)
            if action is not None:
                action()
        self._now = max(self._now, now)


class Pins:
    """The alarms of one part of a timeline, counted: while there are any, it is not at rest. They
    are to a ClockScheduler what a Wheel is."""

    def __init__(self, timeline: Timeline, rung: Callable[[], None]) -> None:
        """`rung` is called behind each alarm that has rung."""
        self._timeline, self._rung = timeline, rung
        self._waiting = 0
        self.scheduler = ClockScheduler(timeline, grid=0.0, wheel=self)

    def __len__(self) -> int:
        return self._waiting

    def at(self, due: float, action: Callable[[], None]) -> Bell:
        """Have it called; nothing is at rest before that."""
        self._waiting += 1

        def ring() -> None:
            self._waiting -= 1
            action()
            self._rung()

        return self._timeline.at(due, ring, self._taken_back)

    def _taken_back(self) -> None:
        self._waiting -= 1
