"""What two scopes decided of one crossing is stored in one transaction: their writers meet for it.

Each writer stores all that its scope decided before, and then comes to the crossing. Who comes
first waits; the second one stores both halves. Crossings are decided one after the other, so every
writer comes to them in that order, and no two can wait for each other.
"""

from collections.abc import Callable

from vurti.clock import Clock, Signal
from vurti.model.commit import Commit, Half

Both = Callable[[Half, Half], tuple[int, int]]
"""Stores the half where things left and that where they joined, all or nothing; gives the last
cursors of both logs."""


class Meeting:
    """One crossing on its way into the store. `meets` are the two scopes' halves, as they come."""

    def __init__(self, clock: Clock, store: Both) -> None:
        self._store = store
        self._halves: dict[int, Half] = {}
        self._cursors: tuple[int, int] | None = None
        self._at = 0.0
        self._stored: Signal = clock.signal()
        self._left_told: Signal = clock.signal()

    def meet(self, half: int, commit: Commit, at: float) -> tuple[int, float]:
        """The last cursor of this half's log and when it was committed, once both are in; for the
        half that joins, once the other was told to those who follow. Whatever the store raises is
        raised to the one who stores: it has to come again with the same."""
        self._halves[half] = commit, at
        if len(self._halves) < 2:
            self._stored.wait()
        elif self._cursors is None:
            self._at = max(at for _, at in self._halves.values())
            left, joined = ((self._halves[half][0], self._at) for half in (0, 1))
            self._cursors = self._store(left, joined)
            self._stored.set()
        if half == 1:
            self._left_told.wait()
        assert self._cursors is not None
        return self._cursors[half], self._at

    def told(self, half: int) -> None:
        """Whoever follows was told of this half."""
        if half == 0:
            self._left_told.set()


class Place:
    """Where a scope has its half of a crossing: the decision of this number."""

    def __init__(self, number: int, meeting: Meeting, half: int) -> None:
        self.number, self._meeting, self._half = number, meeting, half

    def meet(self, commit: Commit, at: float) -> tuple[int, float]:
        """See Meeting.meet."""
        return self._meeting.meet(self._half, commit, at)

    def told(self) -> None:
        """See Meeting.told."""
        self._meeting.told(self._half)


class Crossings:
    """Shared by the writers of all scopes of one adapter."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun: dict[str, Meeting] = {}
        self._left: set[str] = set()

    def begin(self, crossing: str, store: Both) -> None:
        """It is about to be decided, first where things leave, then where they join."""
        self._begun[crossing] = Meeting(self._clock, store)

    def place(self, crossing: str, number: int) -> Place:
        """The decision of this number is a half of it: the first one told is that of leaving."""
        if crossing not in self._left:
            self._left.add(crossing)
            return Place(number, self._begun[crossing], 0)
        self._left.remove(crossing)
        return Place(number, self._begun.pop(crossing), 1)
