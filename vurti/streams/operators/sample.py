"""sample: not more often than that."""

from collections.abc import Callable

from reactivex import abc

from vurti.events import Event
from vurti.streams.derived import summed
from vurti.streams.operator import Operator
from vurti.streams.operators.timed import positive, timed
from vurti.streams.scheduler import Time


def sample(secs: float) -> Operator:
    """Say at most one event of each thing in `secs`: the first at once, then the sum of the rest.

    -d-u-d------u-----|
    sample(5)
    -d----------u-----|

    -d-u--------d--u--|
    sample(5)
    -d----u-----d----u|
    """
    positive("sample", secs=secs)
    return timed("sample", lambda time, say: _Samples(secs, time, say))


class _Pause:
    """One thing that has just been told of, until `due`. What came since adds up to `total`."""

    __slots__ = ("alarm", "due", "total")

    def __init__(self, due: float) -> None:
        self.due = due
        self.total: Event | None = None
        self.alarm: abc.DisposableBase | None = None


class _Samples:
    def __init__(self, secs: float, time: Time, say: Callable[[Event], None]) -> None:
        self._secs, self._time, self._say = secs, time, say
        self._pauses: dict[str, _Pause] = {}

    def take(self, event: Event) -> None:
        now, thing = self._time.now(), event.thing
        pause = self._pauses.get(thing)
        if pause is not None and now >= pause.due:  # its alarm is due at this very moment
            self._over(thing, pause)
            pause = self._pauses.get(thing)
        if pause is None:
            self._pause(thing, now + self._secs)
            self._say(event)
        else:
            pause.total = event if pause.total is None else summed(pause.total, event)

    def flush(self) -> None:
        totals = [pause.total for pause in self._pauses.values() if pause.total is not None]
        self.drop()
        for total in totals:
            self._say(total)

    def drop(self) -> None:
        for pause in self._pauses.values():
            if pause.alarm is not None:
                pause.alarm.dispose()
        self._pauses.clear()

    def _pause(self, thing: str, due: float) -> None:
        pause = self._pauses[thing] = _Pause(due)
        pause.alarm = self._time.at(due, lambda: self._over(thing, pause))

    def _over(self, thing: str, pause: _Pause) -> None:
        del self._pauses[thing]
        if pause.alarm is not None:
            pause.alarm.dispose()
        if pause.total is not None:
            self._pause(thing, pause.due + self._secs)
            self._say(pause.total)
