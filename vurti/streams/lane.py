"""The one task in which a subscriber is told everything: nobody else waits for it, and it is never
told two things at once."""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from loguru import logger
from reactivex import abc, typing
from reactivex.disposable import Disposable, SerialDisposable

from vurti.clock import Clock, Task
from vurti.streams.limits import Limits
from vurti.streams.scheduler import ClockScheduler
from vurti.streams.seldom import Seldom
from vurti.streams.wheel import Wheel

S = TypeVar("S")
BURST = 100
"""After so many signals in one go a subscriber's task lets the others run."""

BUSY_WINDOW_SECS = 60.0


class Inlet(Protocol):
    """Something that waits for a subscriber."""

    @property
    def front_at(self) -> float | None:
        """When what comes next was offered; None where nothing is to come."""

    @property
    def waiting(self) -> int:
        """How much waits."""

    def serve(self) -> None:
        """Say what comes next."""

    def dispose(self) -> None:
        """Nothing more is to come."""


class Lane:
    """One subscription: what its streams have for it, and the alarms of the operators between, are
    served here one after the other, in the order in which they became due.

    The task lives while something waits. A signal at which the subscriber raises is logged, and the
    next one comes; the `Limits` say when it is unsubscribed for that, for being too far behind, or
    for computing while all others wait. What is no Exception ends the subscription, and goes on to
    whom it concerns: a Ctrl-C may hit any code.
    """

    def __init__(self, clock: Clock, limits: Limits, name: str) -> None:
        self.name, self.closed = name, False
        self.clock, self.limits = clock, limits
        self.wheel = Wheel(clock)
        self.scheduler = LaneScheduler(self)
        self.subscription = SerialDisposable()  # what is disposed of when it is cut off
        self._inlets: list[Inlet] = []
        self._rung: deque[tuple[float, Callable[[], None]]] = deque()
        self._errors_in_a_row = 0
        self._heard: abc.ObserverBase[Any] | None = None
        self._busy_at: deque[float] = deque(maxlen=limits.settings.busy_max + 1)
        self._task: Task | None = None
        self._says = Seldom(clock.now)

    def hearing(self, observer: abc.ObserverBase[Any]) -> abc.ObserverBase[Any]:
        """The subscriber itself, behind all operators. From now on only what it has heard well ends
        a row of errors: what an operator keeps from it does not."""
        self._heard = Hearing(self, observer)
        return self._heard

    def heard(self) -> None:
        """It has heard something, and did not raise."""
        self._errors_in_a_row = 0

    def attach(self, inlet: Inlet) -> None:
        """From now on it serves that one, too."""
        self._inlets.append(inlet)

    def detach(self, inlet: Inlet) -> None:
        """It has nothing more."""
        if inlet in self._inlets:
            self._inlets.remove(inlet)

    def ring(self, due: float, action: Callable[[], None]) -> None:
        """An alarm came due."""
        if not self.closed:
            self._rung.append((due, action))
            self.wake()

    def wake(self) -> None:
        """Something waits. Never yields."""
        if self._task is None and not self.closed:
            self._task = self.clock.spawn(self._run)

    def cut_off(self, why: str) -> None:
        """Unsubscribe it, and say so."""
        if self.closed:
            return
        waiting = sum(inlet.waiting for inlet in self._inlets)
        self.limits.cut_off += 1
        self.limits.dropped += waiting
        dropped = f"; {waiting} items that waited for it are dropped" if waiting else ""
        logger.error("subscriber {} is cut off: {}{}", self.name, why, dropped)
        self.close()

    def close(self) -> None:
        """Nothing more is told, and no alarm is left, whoever set it. May be called again. A signal
        under way is not broken off: it might be writing to a disk or a socket."""
        self.closed = True
        self._rung.clear()
        self.wheel.close()
        for inlet in tuple(self._inlets):
            inlet.dispose()
        self.subscription.dispose()

    def _run(self) -> None:
        served = 0
        try:
            while (signal := self._next()) is not None:
                self._serve(signal)
                served += 1
                if served % BURST == 0:
                    self.clock.sleep_until(self.clock.now())
        finally:
            self._task = None

    def _next(self) -> Callable[[], None] | None:
        """What became due first: an alarm, or an item of one of the streams."""
        front: float | None = None
        serve: Callable[[], None] | None = None
        for inlet in self._inlets:
            at = inlet.front_at
            if at is not None and (front is None or at < front):
                front, serve = at, inlet.serve
        if self._rung and (front is None or self._rung[0][0] <= front):
            return self._rung.popleft()[1]
        return serve

    def _serve(self, signal: Callable[[], None]) -> None:
        began, turn = self.clock.now(), self.clock.turn()
        try:
            signal()
            if self._heard is None:
                self.heard()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the subscriber's own
            self._raised(error)
        except BaseException:
            self.cut_off("it raised what is no Exception")
            raise
        took = self.clock.now() - began
        if took > self.limits.settings.busy_secs and turn == self.clock.turn():
            self._was_busy(took)
        elif took > self.limits.settings.slow_secs:
            self.limits.slow += 1
            self._warn("slow", f"took {took:.1f} s for one item")

    def _raised(self, error: Exception) -> None:
        self.limits.errors += 1
        self._errors_in_a_row += 1
        if (told := self._says.now("raised")) is not None:
            logger.opt(exception=error).error("subscriber {} raised{}", self.name, told)
        if self._errors_in_a_row >= self.limits.settings.errors_max:
            self.cut_off(f"{self._errors_in_a_row} errors in a row")

    def _was_busy(self, secs: float) -> None:
        self.limits.busy += 1
        self._warn("busy", f"kept everything else from running for {secs:.1f} s")
        most = self.limits.settings.busy_max
        self._busy_at.append(self.clock.now())
        often = len(self._busy_at) > most > 0
        if often and self._busy_at[-1] - self._busy_at[0] <= BUSY_WINDOW_SECS:
            self.cut_off(f"it did so {len(self._busy_at)} times in a minute")

    def _warn(self, kind: str, words: str) -> None:
        if (told := self._says.now(kind)) is not None:
            logger.warning("subscriber {} {}{}", self.name, words, told)


class Hearing(abc.ObserverBase[Any]):
    """Tells the lane what its subscriber has heard well."""

    def __init__(self, lane: Lane, observer: abc.ObserverBase[Any]) -> None:
        self._lane, self._observer = lane, observer

    def on_next(self, value: Any) -> None:
        self._observer.on_next(value)
        self._lane.heard()

    def on_error(self, error: Exception) -> None:
        self._observer.on_error(error)

    def on_completed(self) -> None:
        self._observer.on_completed()


class LaneScheduler(ClockScheduler):
    """The scheduler of one subscription: what it calls is called in the subscriber's own task."""

    def __init__(self, lane: Lane) -> None:
        super().__init__(lane.clock, wheel=lane.wheel)
        self.lane = lane

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: abc.ScheduledAction[S],
        state: S | None = None,
    ) -> abc.DisposableBase:
        due = self.to_seconds(duetime)
        disposable = SerialDisposable()

        def act() -> None:
            if not disposable.is_disposed:  # it may have been taken back while it waited here
                disposable.disposable = self.invoke_action(action, state)

        alarm = self.lane.wheel.at(due, lambda: self.lane.ring(due, act))
        disposable.disposable = Disposable(alarm.cancel)
        return disposable
