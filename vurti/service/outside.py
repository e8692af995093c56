"""Where others are answered."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from vurti.clock.gevent_thread import LoopThread

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.metrics import Watched
    from vurti.api.pulse import Pulse


class Outside(NamedTuple):
    """A thread of its own, what is told there of, and what is to be closed there at its end."""

    thread: LoopThread
    watched: "Watched"
    pulse: "Pulse"
    closing: ExitStack

    def close(self) -> None:
        """Answer nobody any more."""
        try:
            self.thread.run(self.closing.close)
        finally:
            self.thread.close()
