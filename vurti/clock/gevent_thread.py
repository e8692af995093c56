"""A thread with an event loop of its own, for what must not wait for ours, nor have ours wait."""

from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent.event import Event
from gevent.threadpool import ThreadPool

from vurti.clock.gevent_clock import end_the_loop_of_this_thread
from vurti.clock.gevent_entrance import ThreadEntrance

R = TypeVar("R")

RUN_SECS = 60.0


class LoopThread:
    """Runs from when it is made until `close`. To be used from the thread that has made it, whose
    way of telling what a greenlet raises it takes over."""

    def __init__(self) -> None:
        self._pool = ThreadPool(1)
        self._there = self._pool.apply(_There, (gevent.get_hub().print_exception,))
        self._pool.spawn(self._there.serve)

    def run(self, function: Callable[[], R]) -> R:
        """Call it there, in a greenlet of its own, and wait for what it returns or raises."""
        return self._there.entrance.run(function, RUN_SECS)

    def post(self, callback: Callable[[], object]) -> None:
        """Have it called there, in the order in which it was posted. It must not wait. Never
        yields."""
        self._there.loop.run_callback_threadsafe(callback)

    def close(self) -> None:
        """End it. What still runs there is let go where it waits."""
        self._there.end()
        self._pool.join()
        self._pool.apply(end_the_loop_of_this_thread)
        self._pool.kill()


class _There:
    """What is in the thread, and made there."""

    def __init__(self, tell: Callable[..., None]) -> None:
        hub = gevent.get_hub()
        hub.print_exception = tell  # type: ignore[method-assign]  # gevent has no other way
        self.loop: Any = hub.loop
        self.entrance, self._ended = ThreadEntrance(), Event()
        # As long as this one is active the loop has something to wait for, and does not give up.
        self._ending: Any = self.loop.async_()
        self._ending.start(self._ended.set)

    def serve(self) -> None:
        """Until `end`."""
        self._ended.wait()
        self._ending.close()

    def end(self) -> None:
        """From the other thread."""
        self._ending.send()
