"""vurti watches itself, so that it does not blame hosts for what befell it (contract 13)."""

from collections.abc import Callable

from loguru import logger

from vurti.clock import Clock, Task
from vurti.decide import Rules
from vurti.decide.vds.missed import UNHEARD_OF
from vurti.model import Missed, Poll, Suspected, Suspicion

BEAT_SECS = 0.5
FRESH_SECS = 60.0
"""A host that has been silent for longer was not lost with the others just now."""

AGAIN_SECS = 10.0
"""While most hosts are silent that is said again and again, so that nobody is judged meanwhile."""


class SelfMonitor:
    """A task that wakes twice a second: where it wakes late, the whole process stood still; where
    the wall clock went further than the monotonic one, it was set; where most hosts fell silent at
    once, it is the network. There is one for a process; `put` gives what it finds to every scope,
    `fleet` says how many hosts are polled. `stalls`, `steps` and `losses` count what it found."""

    def __init__(
        self,
        clock: Clock,
        rules: Rules,
        put: Callable[[Suspicion], None],
        fleet: Callable[[], int],
    ) -> None:
        self.stalls = self.steps = self.losses = 0
        self._clock, self.rules, self._put, self._fleet = clock, rules, put, fleet
        self._silent: dict[str, float] = {}
        self._said_at = float("-inf")
        self._task: Task | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = self._clock.spawn(self._watch)

    def close(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.kill()
            self._task = None

    def polled(self, poll: Poll) -> None:
        """A host answered, or a question to it was missed."""
        if not isinstance(poll, Missed):
            self._silent.pop(poll.host, None)
        elif poll.kind in UNHEARD_OF:
            self._silent.setdefault(poll.host, self._clock.now())

    def _watch(self) -> None:
        now, wall = self._clock.now(), self._clock.wall()
        while True:
            due = now + BEAT_SECS
            self._clock.sleep_until(due)
            past, past_wall, now, wall = now, wall, self._clock.now(), self._clock.wall()
            self._look(now - due, (wall - past_wall) - (now - past))
            self._look_at_the_fleet(now)

    def _look(self, late: float, step: float) -> None:
        if late >= self.rules.self_stall_secs:
            self.stalls += 1
            logger.warning("vurti stood still for {:.1f} s: no host is judged by that time", late)
            self._put(Suspicion(Suspected.STALL, late))
        if abs(step) >= self.rules.self_step_secs:
            self.steps += 1
            logger.warning("the wall clock was set by {:+.1f} s", step)
            self._put(Suspicion(Suspected.CLOCK, step))

    def _look_at_the_fleet(self, now: float) -> None:
        fleet = self._fleet()
        lost = sum(now - since <= FRESH_SECS for since in self._silent.values())
        few = fleet < self.rules.mass_loss_hosts_min
        if few or 100 * lost < self.rules.mass_loss_percent * fleet:
            return
        if now - self._said_at >= AGAIN_SECS:
            self.losses += 1
            self._said_at = now
            logger.warning("{} of {} hosts fell silent at once: none is judged", lost, fleet)
            self._put(Suspicion(Suspected.NETWORK, AGAIN_SECS))
