"""What other processes announce through the store, taken in by the vurti that writes it."""

from loguru import logger

from vurti.adapter.announcing import Announcing
from vurti.adapter.parts import Store
from vurti.clock import Clock, Task
from vurti.errors import Refused, StoreError
from vurti.model.commit import Announcement

LOOK_SECS = 0.5
"""How often the store is asked: a read of an empty table, and no write (contract 10)."""


class Inbox:
    """Looks now and then. What is taken in leaves the store with the commit that holds it; what is
    refused is answered. Counters are plain numbers that only grow; `failing_since` is when
    (monotonic) the store could first not be read, None while it can."""

    def __init__(self, clock: Clock, store: Store, announcing: Announcing) -> None:
        self.taken = self.refused = self.failures = 0
        self._clock, self._store, self._announcing = clock, store, announcing
        self._seen: set[str] = set()  # taken in, and not yet gone from the store
        self.failing_since: float | None = None
        self._ended = False
        self._task: Task | None = None

    def start(self) -> None:
        """Look from now on, in a task of its own. May be called twice."""
        if self._task is None:
            self._task = self._clock.spawn(self._run)

    def end(self) -> None:
        """What is announced from now on waits for the next start. Never yields."""
        self._ended = True

    def close(self) -> None:
        """End, and be gone on return."""
        self.end()
        if self._task is not None:
            self._task.kill()

    def _run(self) -> None:
        while not self._ended:
            self._clock.sleep_until(self._clock.now() + LOOK_SECS)
            try:
                self._look()
                self.failing_since = None
            except StoreError as error:  # weather: what waits there waits on
                self.failures += 1
                if self.failing_since is None:
                    logger.warning("announcements cannot be read: {}", error)
                    self.failing_since = self._clock.now()

    def _look(self) -> None:
        waiting = self._store.announcements()
        self._seen &= {one.id for one in waiting}
        for one in waiting:
            if one.id not in self._seen and not self._ended:
                self._seen.add(one.id)
                self._serve(one)

    def _serve(self, one: Announcement) -> None:
        why = one.answer
        if why is None:
            try:
                self._announcing.take(one.given)
                self.taken += 1
                return
            except Refused as refusal:
                why = str(refusal)
        self.refused += 1
        logger.info("announcement {!r} was refused: {!r}", one.id, why)
        self._store.refuse(one.id, why)
