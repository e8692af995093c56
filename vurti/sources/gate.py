"""Lets a few connections at a time begin, so that a fleet that comes at once is not too much."""

from collections import deque
from dataclasses import dataclass
from itertools import islice

from vurti.clock import Clock, Signal
from vurti.sources.shared import SharedBy

AT_ONCE, TURN_SECS, LONGER_MAX = 32, 1.0, 5


@dataclass(eq=False)
class Turn:
    """Somebody may connect, since `began` (monotonic)."""

    began: float


class Gate:
    """First come, first served. A turn is over when it is left, or after `turn_secs`: who hangs
    delays those behind it by so much, shared among `at_once`, and no more.

    Who connects, but later than that, shows that it is we who are slow, or the way to all of them:
    to let in ever more at once would let none of them come to an end. Then turns get longer, up to
    five times, and shorter again once it goes quickly."""

    def __init__(self, clock: Clock, at_once: int = AT_ONCE, turn_secs: float = TURN_SECS) -> None:
        self._clock, self._at_once, self._least_secs = clock, at_once, turn_secs
        self.turn_secs = turn_secs
        self._inside: dict[Turn, float] = {}  # whose turn it is, and when that is over
        self._queue: deque[Signal] = deque()

    def enter(self) -> Turn:
        """Wait for a turn, and get what `leave` wants."""
        mine = self._clock.signal()
        self._queue.append(mine)
        try:
            while not self._is_free(mine):
                mine.wait(self._free_at() if self._queue[0] is mine else None)
                mine.clear()
        finally:  # also where who waits is ended from outside
            self._queue.remove(mine)
            self._wake()
        turn = Turn(self._clock.now())
        self._inside[turn] = turn.began + self.turn_secs
        return turn

    def leave(self, turn: Turn, connected: bool = False) -> None:
        """The turn is over, if it was not already. Whether it has come to a connection."""
        if connected:
            self._learn(self._clock.now() - turn.began)
        self._inside.pop(turn, None)
        self._wake()

    def _learn(self, took_secs: float) -> None:
        if took_secs > self.turn_secs:
            self.turn_secs = min(2 * self.turn_secs, LONGER_MAX * self._least_secs)
        elif took_secs < self.turn_secs / 2:
            self.turn_secs = max(self.turn_secs / 2, self._least_secs)

    def _is_free(self, mine: Signal) -> bool:
        if self._queue[0] is not mine:
            return False
        self._end_overdue()
        return len(self._inside) < self._at_once

    def _free_at(self) -> float:
        return min(self._inside.values())

    def _end_overdue(self) -> None:
        now = self._clock.now()
        for turn in [turn for turn, over in self._inside.items() if over <= now]:
            del self._inside[turn]

    def _wake(self) -> None:
        """All for whom there is room: one after the other, each would take a turn of the loop."""
        self._end_overdue()
        for signal in islice(self._queue, max(self._at_once - len(self._inside), 1)):
            signal.set()


gate_of = SharedBy(Gate)
"""The one gate of all that connect by a clock."""
