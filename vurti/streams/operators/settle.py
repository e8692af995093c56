"""settle: what does not last is not news."""

import math
from collections.abc import Callable

from reactivex import abc

from vurti.events import Event
from vurti.streams.derived import summed
from vurti.streams.operator import Operator
from vurti.streams.operators.timed import positive, timed
from vurti.streams.scheduler import Time


def settle(secs: float, secs_max: float | None = None) -> Operator:
    """Hold each thing's events until it has been quiet for `secs`, then say their sum, if any.

    A thing that never comes to rest is told of after `secs_max` at the latest. A crash, a reboot
    and a split brain are told even if the thing came back.

        -d-u-----d--------|
        settle(3)
        ------------d-----|

        -d-u-d-u-d-u-d-u---|
        settle(3, secs_max=10)
        -----------d------u|
    """
    positive("settle", secs=secs, secs_max=secs_max)
    if secs_max is not None and secs_max < secs:
        raise ValueError(f"settle: secs_max must not be less than secs, {secs_max} < {secs}")
    longest = math.inf if secs_max is None else secs_max
    return timed("settle", lambda time, say: _Settling(secs, longest, time, say))


class _Unrest:
    """One thing that is not quiet, since `since`. `total` may be None: it is back where it was."""

    __slots__ = ("alarm", "due", "since", "total")

    def __init__(self, since: float) -> None:
        self.since = since
        self.due = since
        self.total: Event | None = None
        self.alarm: abc.DisposableBase | None = None


class _Settling:
    def __init__(
        self, secs: float, secs_max: float, time: Time, say: Callable[[Event], None]
    ) -> None:
        self._secs, self._secs_max, self._time, self._say = secs, secs_max, time, say
        self._restless: dict[str, _Unrest] = {}

    def take(self, event: Event) -> None:
        now, thing = self._time.now(), event.thing
        unrest = self._restless.get(thing)
        if unrest is not None and now >= unrest.due:  # its alarm is due at this very moment
            self._end(thing, unrest)
            unrest = None
        if unrest is None:
            unrest = self._restless[thing] = _Unrest(now)
        unrest.total = event if unrest.total is None else summed(unrest.total, event)
        unrest.due = min(now + self._secs, unrest.since + self._secs_max)
        if unrest.alarm is None:
            self._arm(thing, unrest)

    def flush(self) -> None:
        totals = [one.total for one in self._restless.values() if one.total is not None]
        self.drop()
        for total in totals:
            self._say(total)

    def drop(self) -> None:
        for unrest in self._restless.values():
            if unrest.alarm is not None:
                unrest.alarm.dispose()
        self._restless.clear()

    def _arm(self, thing: str, unrest: _Unrest) -> None:
        # One alarm a thing however many events it has: it goes off where the first would have
        # been quiet, and is then set to where the latest will be.
        armed = unrest.due

        def ring() -> None:
            if unrest.due > armed:
                self._arm(thing, unrest)
            else:
                self._end(thing, unrest)

        unrest.alarm = self._time.at(armed, ring)

    def _end(self, thing: str, unrest: _Unrest) -> None:
        del self._restless[thing]
        if unrest.alarm is not None:
            unrest.alarm.dispose()
        if unrest.total is not None:
            self._say(unrest.total)
