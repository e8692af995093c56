"""The timers of a scope: decisions set them, the sequencer gets their Ticks."""

from collections.abc import Callable, Collection, Iterable

from vurti.clock import Clock
from vurti.model import Tick, Timer, TimerKey
from vurti.streams.wheel import Alarm, Wheel


class Timers:
    """At most one timer for each key. One that came due is forgotten and its Tick put."""

    def __init__(self, clock: Clock, put: Callable[[Tick], None]) -> None:
        self._put = put
        self._wheel = Wheel(clock)
        self._alarms: dict[TimerKey, Alarm] = {}

    def __len__(self) -> int:
        return len(self._alarms)

    def apply(self, timers: Iterable[Timer]) -> None:
        """Set, replace or take back, in the order given. Never yields, never ticks at once."""
        for timer in timers:
            past = self._alarms.pop(timer.key, None)
            if past is not None:
                past.cancel()
            if timer.due is not None:
                self._alarms[timer.key] = self._wheel.at(timer.due, self._ticking(timer.key))

    def of(self, names: Collection[str]) -> tuple[Timer, ...]:
        """Those that run for what has these names."""
        found = ((key, alarm.due) for key, alarm in self._alarms.items() if key.thing in names)
        return tuple(Timer(key, due) for key, due in found)

    def close(self) -> None:
        """Take all back."""
        self._alarms.clear()
        self._wheel.close()

    def _ticking(self, key: TimerKey) -> Callable[[], None]:
        def tick() -> None:
            del self._alarms[key]
            self._put(Tick(key))

        return tick
