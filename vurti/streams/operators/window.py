"""window: the news of each stretch of time, in one go."""

from collections.abc import Callable

from reactivex import abc

from vurti.events import Event
from vurti.streams.derived import summed
from vurti.streams.operator import Operator
from vurti.streams.operators.timed import Grid, positive, timed
from vurti.streams.scheduler import Time


def window(secs: float) -> Operator:
    """At the end of each `secs`, counted from the subscription, say the sum of each thing's events.

    A window without news says nothing. An event at the very end belongs to the next window.

        -d-u-d------u-----|
        window(5)
        ----------d----u--|
    """
    positive("window", secs=secs)
    return timed("window", lambda time, say: _Windows(secs, time, say))


class _Windows:
    def __init__(self, secs: float, time: Time, say: Callable[[Event], None]) -> None:
        self._time, self._say = time, say
        self._grid = Grid(secs, time)
        self._end = 0.0
        self._totals: dict[str, Event] = {}
        self._alarm: abc.DisposableBase | None = None

    def take(self, event: Event) -> None:
        now = self._time.now()
        if self._alarm is not None and now >= self._end:
            self.flush()
        if self._alarm is None:
            self._end = self._grid.end_after(now)
            self._alarm = self._time.at(self._end, self.flush)
        past = self._totals.get(event.thing)
        total = event if past is None else summed(past, event)
        if total is None:
            del self._totals[event.thing]
        else:
            self._totals[event.thing] = total

    def flush(self) -> None:
        totals = list(self._totals.values())
        self.drop()
        for total in totals:
            self._say(total)

    def drop(self) -> None:
        self._totals.clear()
        if self._alarm is not None:
            self._alarm.dispose()
            self._alarm = None
