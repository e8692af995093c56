"""Lets a few connections at a time begin, so that a fleet that comes at once is not too much."""

from collections import deque
from itertools import islice
from weakref import WeakKeyDictionary

from vurti.clock import Clock, Signal

AT_ONCE, TURN_SECS = 32, 1.0


class Gate:
    """First come, first served. A turn is over when it is left, or after `turn_secs`: who hangs
    delays those behind it by so much, shared among `at_once`, and no more."""

    def __init__(self, clock: Clock, at_once: int = AT_ONCE, turn_secs: float = TURN_SECS) -> None:
        self._clock, self._at_once, self._turn_secs = clock, at_once, turn_secs
        self._inside: dict[object, float] = {}  # whose turn it is, and when that is over
        self._queue: deque[Signal] = deque()

    def enter(self) -> object:
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
        turn = object()
        self._inside[turn] = self._clock.now() + self._turn_secs
        return turn

    def leave(self, turn: object) -> None:
        """The turn is over, if it was not already."""
        self._inside.pop(turn, None)
        self._wake()

    def _is_free(self, mine: Signal) -> bool:
        if self._queue[0] is not mine:
            return False
        if len(self._inside) >= self._at_once and self._free_at() <= self._clock.now():
            del self._inside[next(iter(self._inside))]
        return len(self._inside) < self._at_once

    def _free_at(self) -> float:
        return next(iter(self._inside.values()))  # the oldest turn ends first

    def _wake(self) -> None:
        """All for whom there is room: one after the other, each would take a turn of the loop."""
        for signal in islice(self._queue, max(self._at_once - len(self._inside), 1)):
            signal.set()


_gates: "WeakKeyDictionary[Clock, Gate]" = WeakKeyDictionary()


def gate_of(clock: Clock) -> Gate:
    """The one gate of all that connect by this clock."""
    gate = _gates.get(clock)
    if gate is None:
        gate = _gates[clock] = Gate(clock)
    return gate
