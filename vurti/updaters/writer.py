"""The writer: one task that stores what the updaters hold, a window at a time."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from loguru import logger

from vurti.clock import Clock, Signal, Task
from vurti.errors import Fenced
from vurti.model import Decision, Statistics
from vurti.model.commit import Commit, Logged
from vurti.model.explanation import Explanation
from vurti.streams.crossings import Crossings, Place
from vurti.streams.histogram import Histogram
from vurti.streams.mailbox import Mailbox
from vurti.updaters.explanations import Explanations
from vurti.updaters.group import is_empty, next_commit, size
from vurti.updaters.part import Part
from vurti.updaters.retry import Patience
from vurti.updaters.updater import VdsUpdater, VmUpdater

T = TypeVar("T")

Write = Callable[[Commit, float], tuple[int, float]]
"""Stores what was decided at about that time (wall seconds); the log's last cursor, and the time
that the log has."""
SaveStatistics = Callable[[Sequence[Statistics], Sequence[Explanation]], None]
PRUNE_SECS = 60.0
ROWS_MAX = 6000
"""Of one transaction. Whatever its size, it waits twice for its turn beside a busy loop, so what is
behind goes out in large ones; what one changes must still have room in SQLite's cache."""
STOPPING_SECS_MAX = 0.5


class Writer:
    """Between the updaters and a repository, of which it knows only callables.

    `commit(commit, committed_at)` stores all or nothing and returns the log's last cursor; after an
    exception it is called again with the same commit until it succeeds. `save_statistics`, which
    gets explanations as well, and `prune` may fail without harm to it. `on_stored` gets each commit
    once it is in, `on_committed` its events where the log has them; `on_failed` is told that this
    writer ended by itself, because another start has the scope (Fenced) or by a bug. None of them
    may yield. Counters are plain numbers that only grow.
    """

    def __init__(
        self,
        clock: Clock,
        vds_updater: VdsUpdater,
        vm_updater: VmUpdater,
        *,
        commit: Callable[[Commit, float], int],
        save_statistics: SaveStatistics,
        prune: Callable[[], int] | None = None,
        on_stored: Callable[[Commit], None] | None = None,
        on_committed: Callable[[list[Logged]], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        explanations: Explanations | None = None,
        crossings: Crossings | None = None,
        window_secs: float = 0.25,
        rows_max: int = ROWS_MAX,
    ) -> None:
        self.commits = self.rows = self.events = self.retries = 0
        self.statistics = self.statistics_failures = self.pruned = self.subscriber_errors = 0
        self.commit_secs = Histogram()  # how long those took that succeeded
        self.cursor: int | None = None  # the log's last, once something was committed
        self.failed: Exception | None = None
        self.explanations = explanations or Explanations(clock.now)
        self._clock, self._vdss, self._vms = clock, vds_updater, vm_updater
        self._commit, self._save, self._prune = commit, save_statistics, prune
        self._on_stored = on_stored or (lambda _commit: None)
        self._on_committed = on_committed or (lambda _logged: None)
        self._on_failed = on_failed
        self._window_secs, self._rows_max = window_secs, rows_max
        self._number_last = 0
        self._crossings = crossings or Crossings(clock)
        self._places: deque[Place] = deque()  # decisions that another scope shares, in order
        self._in_flight: Commit | None = None
        self._in_flight_since = 0.0
        self._prune_at = 0.0
        self._patience = Patience("what was decided", clock.now)
        self._statistics_patience = Patience("statistics", clock.now)
        self._wake: Signal = clock.signal()  # there is something to store
        self._stop: Signal = clock.signal()  # no more will come
        self._task: Task | None = None

    def on_next(self, decision: Decision) -> None:
        """Hand a decision to both updaters and to what explains, for those who subscribe none."""
        self._vdss.on_next(decision)
        self._vms.on_next(decision)
        self.explanations.follow(decision)
        if decision.crossing:
            self._places.append(self._crossings.place(decision.crossing, decision.number))
        if len(self.explanations):
            self._wake.set()

    def start(self) -> None:
        """Begin to write, in a task of its own."""
        self._vdss.wake(self._wake.set)
        self._vms.wake(self._wake.set)
        self._task = self._clock.spawn(self._run)

    def stop(self, drain: bool = True, timeout_secs: float = 10.0) -> bool:
        """Store everything decided, then end; True where nothing is left behind. With `drain`
        false, or once `timeout_secs` are over, it ends with what is stored by then."""
        self.finish()
        if self._task is not None:
            if drain:
                self._task.join(self._clock.now() + timeout_secs)
            self._task.kill()
        if left := self.backlog():
            logger.error("{} decided changes of hosts and VMs could not be stored", left)
        return not left

    def finish(self) -> None:
        """No more will come: what is here is stored, then it ends. Never yields."""
        self._stop.set()
        self._wake.set()

    def explanation(self, thing: str) -> Explanation | None:
        """What was told of why it is as it is, also what is not stored yet."""
        return self.explanations.of(thing)

    def take_over(self, explanation: Explanation) -> None:
        """Another scope has told this of a thing that comes from there."""
        self.explanations.take_over(explanation)

    def demand(self) -> float:
        """How much more can be taken in, from 1, all, to 0, nothing: the less it is, the less
        should those who poll do so."""
        return min(self._vdss.mailbox.demand(), self._vms.mailbox.demand())

    def backlog(self) -> int:
        """How many changes of hosts and VMs are decided and not yet stored."""
        waiting = len(self._vdss.mailbox) + len(self._vms.mailbox)
        commit = self._in_flight
        return waiting + (size(commit) if commit is not None else 0)

    @property
    def oldest_age_secs(self) -> float:
        """How long the oldest of the backlog has waited; 0 without any."""
        oldest = [self._vdss.mailbox.oldest_at, self._vms.mailbox.oldest_at]
        if self._in_flight is not None:
            oldest.append(self._in_flight_since)
        now = self._clock.now()
        return max((now - at for at in oldest if at is not None), default=0.0)

    @property
    def failing_since(self) -> float | None:
        """Since when (monotonic) something could not be stored; None while all can."""
        since = (self._patience.failing_since, self._statistics_patience.failing_since)
        return min((one for one in since if one is not None), default=None)

    @property
    def mailboxes(self) -> dict[str, Mailbox[Part]]:
        """What waits to be stored, of hosts and of VMs, for those who show it."""
        return {"hosts": self._vdss.mailbox, "vms": self._vms.mailbox}

    @property
    def replaced(self) -> int:
        """Samples of hosts that were never stored, since newer ones came before."""
        return self._vdss.latest.replaced

    @property
    def flared(self) -> int:
        """Intents that were raised and ended before they could be stored, so that nobody heard."""
        return self._vdss.flared + self._vms.flared

    def _run(self) -> None:
        try:
            while not self._stop.is_set() or self.backlog():
                self._wait_for_a_window()
                self._store_next()
                self._store_statistics()
            self._store_statistics(everything=True)
        except Exception as error:  # noqa: BLE001 # told to the one who can stop the process
            self.failed = error
            logger.opt(exception=error).critical("nothing more is stored")
            if self._on_failed is not None:
                self._on_failed(error)

    def _wait_for_a_window(self) -> None:
        """A quiet fleet costs no wake-ups; a backlog waits for no window."""
        if not (self.backlog() or len(self._vdss.latest) or len(self.explanations)):
            self._wake.wait()
        self._wake.clear()
        if self.backlog() < self._rows_max:
            self._stop.wait(self._clock.now() + self._window_secs)

    def _store_next(self) -> None:
        """All up to the next decision that another scope shares; then that one, with that scope."""
        place = self._places[0] if self._places else None
        before = place.number - 1 if place is not None else None
        self._take(before, self._rows_max, lambda commit, at: (self._commit(commit, at), at))
        if place is not None and self._number_last >= place.number - 1:
            self._places.popleft()
            self._take(place.number, None, place.meet)
            place.told()

    def _take(self, up_to: int | None, rows_max: int | None, write: Write) -> None:
        since = self.oldest_age_secs
        commit = next_commit(self._vdss, self._vms, self._number_last + 1, rows_max, up_to)
        if not is_empty(commit):
            self._in_flight, self._in_flight_since = commit, self._clock.now() - since
            self._store(commit, write)
            self._in_flight = None
        self._number_last = max(self._number_last, commit.number_last)

    def _store(self, commit: Commit, write: Write) -> None:
        """Try until it is in. The outcome of a failure is unknown: only the same may follow."""
        while True:
            at, began = self._clock.wall(), self._clock.now()
            try:
                cursor, at = write(commit, at)
            except Fenced:
                raise
            except Exception as error:  # noqa: BLE001 # whatever it is, what was decided must be kept
                self.retries += 1
                self._wait_to_retry(error)
            else:
                self._patience.restore()
                self.commit_secs.add(self._clock.now() - began)
                self._count(commit)
                self.cursor = cursor
                self._tell(commit, cursor, at)
                return

    def _wait_to_retry(self, error: Exception) -> None:
        secs = self._patience.lose(self.backlog(), error)
        if self._stop.is_set():  # whoever stops us will not wait for long
            self._clock.sleep_until(self._clock.now() + min(secs, STOPPING_SECS_MAX))
        else:
            self._stop.wait(self._clock.now() + secs)

    def _count(self, commit: Commit) -> None:
        self.commits += 1
        self.rows += len(commit.vdss) + len(commit.vms)
        self.events += len(commit.events)

    def _tell(self, commit: Commit, cursor: int, at: float) -> None:
        places = range(cursor - len(commit.events) + 1, cursor + 1)
        logged = [
            Logged(place, at, event) for place, event in zip(places, commit.events, strict=True)
        ]
        self._heard(self._on_stored, commit)
        if logged:
            self._heard(self._on_committed, logged)

    def _heard(self, listener: Callable[[T], None], told: T) -> None:
        try:
            listener(told)
        except Exception:  # noqa: BLE001 # a subscriber that raises harms only itself (contract 12)
            self.subscriber_errors += 1
            logger.exception("a listener to committed events raised")

    def _store_statistics(self, everything: bool = False) -> None:
        """Their failure costs their age, never the log."""
        statistics = self._vdss.latest.due(self._number_last, everything)
        explained = self.explanations.due(self._number_last, everything)
        if not (statistics or explained):
            return
        try:
            self._save(statistics, explained)
            self._statistics_patience.restore()
            self.statistics += len(statistics)
            if statistics:  # the beat of the log's forgetting as well
                self._forget()
        except Fenced:
            raise
        except Exception as error:  # noqa: BLE001 # whatever it is, the next window tries again
            self.statistics_failures += 1
            self._vdss.latest.put_back(statistics)
            self.explanations.put_back(explained)
            self._statistics_patience.lose(len(statistics), error)

    def _forget(self) -> None:
        now = self._clock.now()
        if self._prune is None or now < self._prune_at:
            return
        pruned = self._prune()
        self.pruned += pruned
        self._prune_at = now if pruned else now + PRUNE_SECS
