"""Our clock as reactivex wants it, for operators that take time."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar, cast

from reactivex import abc, typing
from reactivex.disposable import Disposable, SerialDisposable
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

from vurti.clock import Clock
from vurti.streams.wheel import Wheel

S = TypeVar("S")


class Ticking(Protocol):
    """What tells the time: a Clock, or a Timeline."""

    def now(self) -> float: ...


class Alarming(Protocol):
    """An alarm that can be taken back."""

    def cancel(self) -> None: ...


class Ringing(Protocol):
    """What rings alarms: a Wheel, or the Pins of a Timeline."""

    def __len__(self) -> int: ...

    def at(self, due: float, action: Callable[[], None]) -> Alarming: ...


class ClockScheduler(PeriodicScheduler):
    """Schedules on a Clock, by its monotonic time: a step of the wall clock moves nothing.

    `now` is that time too, so absolute times must come from `now` and not from a calendar.
    """

    def __init__(
        self, clock: Ticking, grid: float | None = None, wheel: Ringing | None = None
    ) -> None:
        """`grid` is a moment from which stretches of time are counted, for every subscription; None
        where each counts them from its own beginning. `wheel` is what rings the alarms, if not one
        that turns by the clock, which then must be a whole Clock."""
        self.clock, self.grid = clock, grid
        self._wheel = wheel if wheel is not None else Wheel(cast(Clock, clock))

    @property
    def waiting(self) -> int:
        """How much is to come. Not `__len__`: reactivex takes an empty scheduler for none."""
        return len(self._wheel)

    @property
    def now(self) -> datetime:
        return self.to_datetime(self.clock.now())

    def schedule(
        self, action: abc.ScheduledAction[S], state: S | None = None
    ) -> abc.DisposableBase:
        return self.schedule_absolute(self.clock.now(), action, state)

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: abc.ScheduledAction[S],
        state: S | None = None,
    ) -> abc.DisposableBase:
        return self.schedule_absolute(self.clock.now() + self.to_seconds(duetime), action, state)

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: abc.ScheduledAction[S],
        state: S | None = None,
    ) -> abc.DisposableBase:
        """Whatever is due already is called from the wheel's task, never at once: an action that
        schedules itself again cannot starve the others."""
        disposable = SerialDisposable()

        def act() -> None:
            disposable.disposable = self.invoke_action(action, state)

        alarm = self._wheel.at(self.to_seconds(duetime), act)
        disposable.disposable = Disposable(alarm.cancel)
        return disposable


class Time:
    """Monotonic seconds and alarms from the scheduler of one subscription."""

    def __init__(self, scheduler: abc.SchedulerBase | None, who: str) -> None:
        """Raises TypeError where a subscription brought none: a default one would start threads
        and bypass virtual time."""
        if scheduler is None:
            raise TypeError(f"{who} takes time: subscribe(…, scheduler=ClockScheduler(clock))")
        self._scheduler = scheduler

    def now(self) -> float:
        if isinstance(self._scheduler, ClockScheduler):
            return self._scheduler.clock.now()  # a datetime would round it
        return (self._scheduler.now - PeriodicScheduler.to_datetime(0.0)).total_seconds()

    def began(self) -> float:
        """From when on stretches of time are counted."""
        grid = getattr(self._scheduler, "grid", None)
        return self.now() if grid is None else float(grid)

    def remember(self, secs: float) -> None:
        """What has come by now counts for so long, though no alarm waits for it: in a log's time a
        reader that comes again begins no later than with that."""
        if isinstance(self._scheduler, ClockScheduler) and self._scheduler.grid is not None:
            self.at(self.now() + secs, lambda: None)

    def at(self, due: float, action: typing.Action) -> abc.DisposableBase:
        """Call `action` at `due`; disposing takes it back."""
        return self._scheduler.schedule_absolute(due, lambda _scheduler, _state: action())
