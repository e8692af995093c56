"""Time for a program that does one thing after the other: who waits, blocks."""

import threading
import time


class PlainTime:
    """What of a Clock one needs who waits for one thing only. Nothing is spawned, and no event loop
    is needed; where gevent has patched the standard library, others go on while one waits."""

    def now(self) -> float:
        return time.monotonic()

    def signal(self) -> "PlainSignal":
        return PlainSignal()


class PlainSignal:
    """A Signal that is an event of the standard library."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.set = self._event.set
        self.clear = self._event.clear
        self.is_set = self._event.is_set

    def wait(self, until: float | None = None) -> bool:
        return self._event.wait(None if until is None else max(until - time.monotonic(), 0.0))
