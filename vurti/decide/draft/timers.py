"""The timers that one decision sets and takes back."""

from vurti.model import Timer, TimerKey


class Timers:
    """Each key once, as it was said last."""

    def __init__(self) -> None:
        self._told: dict[TimerKey, Timer] = {}

    @property
    def told(self) -> tuple[Timer, ...]:
        return tuple(self._told.values())

    def wake(self, kind: str, thing: str, due: float | None) -> None:
        """Ask for a Tick at `due`, or take one back with None."""
        key = TimerKey(kind, thing)
        self._told[key] = Timer(key, due)
