"""Real time: gevent's greenlets, timers and one thread where something blocks."""

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

import gevent
from gevent._hub_local import get_hub_if_exists
from gevent.event import Event
from gevent.threadpool import ThreadPool
from loguru import logger

from vurti.clock.gevent_entrance import ThreadEntrance
from vurti.clock.outcome import outcome
from vurti.clock.port import Timeout

P = ParamSpec("P")
R = TypeVar("R")
WAIT_SECS_MAX = 86_400.0
"""The event loop is asked for no longer waits at once; a longer one is made of several."""


class GeventClock:
    """The Clock of production. Usable with and without gevent's monkey patching."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def turn(self) -> int:
        return int(gevent.get_hub().loop.iteration)

    def sleep_until(self, when: float) -> None:
        gevent.sleep(_remaining(when))
        while time.monotonic() < when:  # the event loop's own idea of now may be a little early
            gevent.sleep(_remaining(when))

    def timeout(self, secs: float) -> AbstractContextManager[None]:
        return GeventTimeout(secs)

    def spawn(
        self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs
    ) -> "GeventTask":
        return GeventTask(lambda: function(*args, **kwargs), function)

    def signal(self) -> "GeventSignal":
        return GeventSignal()

    def worker(self) -> "ThreadWorker":
        return ThreadWorker()

    def entrance(self) -> ThreadEntrance:
        return ThreadEntrance()


class GeventTask:
    """A Task that is a greenlet."""

    def __init__(self, body: Callable[[], object], named: Callable[..., object]) -> None:
        self._body, self._named = body, named
        self._greenlet = gevent.spawn(self._run)

    def kill(self) -> None:
        itself = gevent.getcurrent() is self._greenlet  # then it ends at its next wait
        self._greenlet.kill(block=not itself)

    def join(self, until: float | None = None) -> bool:
        while not self._greenlet.ready():
            if until is not None and time.monotonic() >= until:
                return False
            self._greenlet.join(None if until is None else _remaining(until))
        return True

    def _run(self) -> None:
        try:
            self._body()
        except Exception as error:  # noqa: BLE001 - the end of a task is where its bugs are told
            logger.opt(exception=error).error("a task raised: {}", _name(self._named))


class GeventSignal:
    """A Signal that is a gevent Event."""

    def __init__(self) -> None:
        self._event = Event()
        self.set = self._event.set
        self.clear = self._event.clear
        self.is_set = self._event.is_set

    def wait(self, until: float | None = None) -> bool:
        # One that is set and has not told its waiters yet would have us wait for that, whatever
        # `until` is: and for ever, if the last of those gives up before.
        if until is None:
            return self.is_set() or self._event.wait()
        while not self.is_set() and not self._event.wait(_remaining(until)):
            if time.monotonic() >= until:
                return False
        return True


class GeventTimeout(AbstractContextManager[None]):
    """Raises Timeout inside its block, in the greenlet that entered it."""

    def __init__(self, secs: float) -> None:
        self._secs = secs
        self._timer: Any = None
        self._fired = False

    def __enter__(self) -> None:
        self._greenlet = gevent.getcurrent()
        if self._secs < math.inf:
            # What has come in by then is read first: our own slowness is nobody's time-out.
            self._timer = gevent.get_hub().loop.timer(max(self._secs, 0.0), priority=-1)
            self._timer.start(self._fire)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.close()
        if self._fired and error is None:  # an inner block took our Timeout for its own
            raise Timeout(f"{self._secs:g} s are over")

    def _fire(self) -> None:
        self._fired = True
        self._greenlet.throw(Timeout(f"{self._secs:g} s are over"))


class ThreadWorker:
    """A Worker that is a pool of one thread: the event loop goes on while it blocks."""

    def __init__(self) -> None:
        self._pool = ThreadPool(1)

    def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        # The pool prints what a call raises before it hands it on: so it goes as a value.
        value, error = self._pool.apply(outcome, (lambda: function(*args, **kwargs),))
        if error is not None:
            raise error
        return cast(R, value)

    def close(self) -> None:
        self._pool.join()
        if self._pool.size:  # else it was closed before
            # What waits in the thread by gevent has an event loop there. To let it go while the
            # process ends corrupts its memory, and the pool does not wait for that.
            self._pool.apply(end_the_loop_of_this_thread)
        self._pool.kill()


def end_the_loop_of_this_thread() -> None:
    """Whatever waited here by gevent has made one; nothing does any more."""
    hub = get_hub_if_exists()
    if hub is not None:
        hub.destroy(destroy_loop=True)


def _remaining(until: float) -> float:
    return min(max(until - time.monotonic(), 0.0), WAIT_SECS_MAX)


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", None) or repr(function)
