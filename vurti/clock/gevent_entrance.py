"""From another thread of the process into the one where the event loop runs."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import gevent
from gevent._hub_local import get_hub_if_exists
from gevent.event import Event
from gevent.monkey import get_original

from vurti.clock.outcome import outcome
from vurti.clock.port import Timeout

R = TypeVar("R")

# Those of the operating system, also where gevent has patched: what waits is a whole thread.
_thread_ident: Callable[[], int] = get_original("_thread", "get_ident")
new_lock: Callable[[], Any] = get_original("_thread", "allocate_lock")
"""A lock between threads. Who holds it must not wait by gevent."""


class ThreadEntrance:
    """An Entrance into the thread that made it. Of a thread that has an event loop of its own only
    the caller waits, and others in it go on."""

    def __init__(self) -> None:
        self._thread, self._loop = _thread_ident(), gevent.get_hub().loop

    def run(self, function: Callable[[], R], secs: float) -> R:
        if _thread_ident() == self._thread:
            return function()
        hub = get_hub_if_exists()
        call = _Call(function, _Thread() if hub is None else _Greenlet(hub.loop))
        self._loop.run_callback_threadsafe(call.begin)
        return cast(R, call.wait(secs))


class _Waiting(Protocol):
    """Who waits for the end of a call; `end` comes from the other thread."""

    def wait(self, secs: float) -> bool: ...

    def end(self) -> None: ...


class _Thread:
    """A thread in which nothing else goes on."""

    def __init__(self) -> None:
        self._ended = new_lock()
        self._ended.acquire()

    def wait(self, secs: float) -> bool:
        return bool(self._ended.acquire(True, secs))

    def end(self) -> None:
        self._ended.release()


class _Greenlet:
    """One of a thread's greenlets."""

    def __init__(self, loop: Any) -> None:
        self._loop, self._ended = loop, Event()

    def wait(self, secs: float) -> bool:
        return bool(self._ended.wait(secs))

    def end(self) -> None:
        self._loop.run_callback_threadsafe(self._ended.set)


class _Call:
    def __init__(self, function: Callable[[], object], waiting: _Waiting) -> None:
        self._function, self._waiting = function, waiting
        self._given_up = False
        self._came_to: tuple[object, BaseException | None] = (None, None)

    def begin(self) -> None:
        if not self._given_up:
            gevent.spawn(self._serve)

    def wait(self, secs: float) -> object:
        ended = False
        try:
            ended = self._waiting.wait(secs)
        finally:  # also where who waits is killed: his event loop may be gone when it has ended
            self._given_up = not ended
        if not ended:
            raise Timeout(f"not within {secs:g} s: does its event loop run?")
        value, error = self._came_to
        if error is not None:
            raise error
        return value

    def _serve(self) -> None:
        self._came_to = outcome(self._function)
        if not self._given_up:
            self._waiting.end()
