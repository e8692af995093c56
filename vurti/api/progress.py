"""Whether the work goes on: hosts are asked, and what they tell is decided."""

from collections import Counter

from vurti.adapter import PushAdapter
from vurti.clock import Task
from vurti.streams.histogram import Histogram
from vurti.streams.poll_settings import PollSettings

LOOK_SECS = 1.0
STUCK_SECS_MIN = 30.0


def stuck_secs(poll: PollSettings) -> float:
    """Without a step for so long something hangs: three beats, and the longest question."""
    longest = 2 * max(poll.timeout_secs, poll.statistics_timeout_secs) + 1
    return max(STUCK_SECS_MIN, 3 * poll.status_secs + longest)


class Progress:
    """Looks once a second whether anything has moved since. A beat that is left out is a step, too:
    nothing hangs where polls are thinned out. Seconds are counted by its own looks, so that none
    are blamed on us in which the whole process stood still. `lag_secs` is how late it woke."""

    def __init__(self, adapter: PushAdapter, schedule: PollSettings) -> None:
        self.stuck_after_secs, self._schedule = stuck_secs(schedule), schedule
        self.lag_secs = Histogram()
        self.idle_secs = 0.0  # no host was asked
        self.undecided_secs = 0.0  # inputs wait, and none was decided
        self.looks = 0  # whoever looks from another thread sees by it that ours turns
        self._adapter, self._clock = adapter, adapter.clock
        self._polled = -1
        self._beats: Counter[str] = Counter()
        self._decided = 0
        self._task: Task | None = None

    def start(self) -> None:
        """Look from now on, in a task."""
        self._task = self._clock.spawn(self._watch)

    def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.kill()
            self._task = None

    def stuck(self) -> str | None:
        """What hangs, in words; None where all goes on."""
        if self._task is None or self._task.join(self._clock.now()):
            return "nobody looks whether anything moves"
        if self.idle_secs > self.stuck_after_secs:
            hosts = len(self._adapter.polls)
            return f"none of {hosts} hosts was asked for {self.idle_secs:.0f} s"
        if self.undecided_secs > self.stuck_after_secs:
            return f"inputs wait, and none was decided for {self.undecided_secs:.0f} s"
        return None

    def _watch(self) -> None:
        while True:
            due = self._clock.now() + LOOK_SECS
            self._clock.sleep_until(due)
            self.lag_secs.add(self._clock.now() - due)
            self.look()

    def look(self) -> None:
        """One more second has passed."""
        self.looks += 1
        self._heed_the_schedule()
        self.idle_secs = 0.0 if self._asking() else self.idle_secs + LOOK_SECS
        sequencers = [scope.pipeline.sequencer for scope in self._adapter.scopes.values()]
        decided = sum(sequencer.number for sequencer in sequencers)
        moved = decided != self._decided or not any(one.queued for one in sequencers)
        self.undecided_secs = 0.0 if moved else self.undecided_secs + LOOK_SECS
        self._decided = decided

    def _heed_the_schedule(self) -> None:
        """It may have been changed since: what was idle by the old one is not by the new."""
        watching = self._adapter.watching
        schedule = watching.subscriptions.schedule if watching is not None else self._schedule
        if schedule != self._schedule:
            self._schedule, self.idle_secs = schedule, 0.0
            self.stuck_after_secs = stuck_secs(schedule)

    def _asking(self) -> bool:
        """Whether a poll came, or at least a beat. Beats are summed up only where none came."""
        watching = self._adapter.watching
        if watching is None or not len(watching.subscriptions):
            return True
        past, self._polled = self._polled, self._adapter.polled
        if past != self._polled:
            return True
        beats, self._beats = self._beats, watching.subscriptions.counts()
        return beats != self._beats
