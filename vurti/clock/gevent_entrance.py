"""From another thread of the process into the one where the event loop runs."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import gevent
from gevent.monkey import get_original

from vurti.clock.outcome import outcome
from vurti.clock.port import Timeout

R = TypeVar("R")

# Those of the operating system, also where gevent has patched: what waits is a whole thread.
_thread_ident: Callable[[], int] = get_original("_thread", "get_ident")
_new_lock: Callable[[], Any] = get_original("_thread", "allocate_lock")


class ThreadEntrance:
    """An Entrance into the thread that made it."""

    def __init__(self) -> None:
        self._thread, self._loop = _thread_ident(), gevent.get_hub().loop

    def run(self, function: Callable[[], R], secs: float) -> R:
        if _thread_ident() == self._thread:
            return function()
        call = _Call(function)
        self._loop.run_callback_threadsafe(call.begin)
        return cast(R, call.wait(secs))


class _Call:
    def __init__(self, function: Callable[[], object]) -> None:
        self._function = function
        self._given_up = False
        self._came_to: tuple[object, BaseException | None] = (None, None)
        self._ended = _new_lock()
        self._ended.acquire()

    def begin(self) -> None:
        if not self._given_up:
            gevent.spawn(self._serve)

    def wait(self, secs: float) -> object:
        if not self._ended.acquire(True, secs):
            self._given_up = True
            raise Timeout(f"not within {secs:g} s: does its event loop run?")
        value, error = self._came_to
        if error is not None:
            raise error
        return value

    def _serve(self) -> None:
        self._came_to = outcome(self._function)
        self._ended.release()
