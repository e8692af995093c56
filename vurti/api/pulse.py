"""Alive and ready, asked from another thread than the one in which hosts are watched."""

from typing import Any

from vurti.api.health import Health
from vurti.api.inside import Inside
from vurti.api.progress import LOOK_SECS, Progress
from vurti.clock import Clock, Timeout


class Pulse:
    """Looks once a second whether `progress` still does, and so whether the event loop turns there.
    Seconds are counted by looks, here as there, so that a process that stood still as a whole is
    not taken for one that hangs."""

    def __init__(self, clock: Clock, health: Health, progress: Progress, inside: Inside) -> None:
        self.still_secs = 0.0
        self._clock, self._health, self._progress = clock, health, progress
        self._inside = inside
        self._looks = -1

    def watch(self) -> None:
        """Look for ever: for a task of the other thread."""
        while True:
            self._clock.sleep_until(self._clock.now() + LOOK_SECS)
            self.look()

    def alive(self) -> tuple[bool, dict[str, Any]]:
        """For whoever restarts what hangs. Waits for nothing."""
        why = self._still()
        return self._health.alive() if why is None else (False, {"alive": False, "why": why})

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """For whoever relies on what it knows."""
        try:
            return self._inside(self._health.ready)
        except Timeout as error:
            checks = {"loop": {"ok": False, "why": str(error)}}
            return False, {"ready": False, "checks": checks, "judgement_held": None}

    def look(self) -> None:
        """One more second has passed."""
        looks, self._looks = self._looks, self._progress.looks
        self.still_secs = 0.0 if looks != self._looks else self.still_secs + LOOK_SECS

    def _still(self) -> str | None:
        if self.still_secs > self._progress.stuck_after_secs:
            return f"the event loop has not turned for {self.still_secs:.0f} s"
        return None
