"""Where nothing is told to others."""

from typing import Any

from vurti.clock import Clock
from vurti.streams.around import Around


class NoSinks:
    """To an adapter what Sinks are, over stores that cannot be followed."""

    deliveries: tuple[Any, ...] = ()

    def __init__(self, _clock: Clock, _around: Around) -> None:
        """Nothing is needed."""

    def join(self, written: Any) -> None: ...

    def start(self) -> None: ...

    def committed(self) -> None: ...

    def close(self) -> None: ...
