"""The one place of a scope where inputs get their order."""

from _thread import RLock
from collections import deque
from collections.abc import Callable

from reactivex import Observable, Subject, abc

from vurti.clock import Clock
from vurti.model import Input, Poll, Stamped


class Sequencer:
    """Takes inputs from anyone and gives them out one at a time, numbered and stamped once.

    `put` never waits. What a subscriber puts while an input is being served is served after it, and
    so is what another task puts if a subscriber should yield: the stream is never entered twice.
    `queued` and `peak` show how much waited. It is unbounded by itself: its producers hold at most
    one input each in it, and `demand` slows them down.

    It is also where the hosts' streams merge: reactivex's own merge holds a lock while everything
    downstream runs, and costs more for the same order.
    """

    def __init__(
        self, clock: Clock, first: int = 1, on_bug: Callable[[Exception], None] | None = None
    ) -> None:
        """`first` is the number of the first input. A subscriber that raises is a broken invariant:
        the sequencer then serves nothing more. It tells `on_bug` once, or without one raises the
        error from the `put` that served, and RuntimeError from every later one."""
        self.refused = 0  # inputs that came after it broke
        self.peak = 0
        self._clock, self._on_bug = clock, on_bug
        self._number = first - 1
        self._queue: deque[Input] = deque()
        self._serving = False
        self._broken: Exception | None = None
        self._stamped: Subject[Stamped] = Subject()
        # The interpreter's own: where gevent has patched, those of `threading` are written in
        # Python, and cost more than the rest of the subject. A subject yields nowhere in its lock.
        self._stamped.lock = RLock()

    @property
    def stamped(self) -> Observable[Stamped]:
        """Everything from now on, in order. Subscribers must not yield."""
        return self._stamped

    @property
    def queued(self) -> int:
        """Inputs that wait, without the one being served."""
        return len(self._queue)

    @property
    def number(self) -> int:
        """The number of the latest input."""
        return self._number

    @property
    def broken(self) -> Exception | None:
        """The bug that ended it, if one did."""
        return self._broken

    def put(self, item: Input) -> None:
        """Serve it now, or behind what is being served."""
        if self._broken is not None:
            self._refuse()
            return
        self._queue.append(item)
        self.peak = max(self.peak, len(self._queue))
        if not self._serving:
            self._serve()

    def follow(self, polls: Observable[Poll]) -> abc.DisposableBase:
        """Put everything that a host's stream gives. Its end means nothing to the scope."""
        return polls.subscribe(self.put)

    def close(self) -> None:
        """Complete the stream. What is still queued is served before."""
        self._stamped.on_completed()

    def _serve(self) -> None:
        self._serving = True
        try:
            while self._queue:
                self._stamped.on_next(self._stamp(self._queue.popleft()))
        except Exception as error:
            self._broken = error
            if self._on_bug is None:
                raise
            self._on_bug(error)
        finally:
            self._serving = False

    def _stamp(self, item: Input) -> Stamped:
        self._number += 1
        return Stamped(self._number, self._clock.now(), self._clock.wall(), item)

    def _refuse(self) -> None:
        self.refused += 1
        if self._on_bug is None:
            raise RuntimeError("the sequencer has stopped serving") from self._broken
