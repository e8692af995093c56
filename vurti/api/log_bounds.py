"""How much of the log there is, looked at now and then: who asks must not wait for the store."""

from contextlib import suppress

from vurti.adapter import PushAdapter
from vurti.clock import Task
from vurti.errors import StoreError

LOOK_SECS = 15.0


class LogBounds:
    """`latest` are the first and last cursor that the log of each scope was last seen to have,
    (0, 0) where it is empty; none where it was not seen yet. A store that refuses leaves it as it
    was."""

    def __init__(self, adapter: PushAdapter) -> None:
        self.latest: dict[str, tuple[int, int]] = {}
        self._adapter = adapter
        self._task: Task | None = None

    def start(self) -> None:
        """Look from now on, in a task."""
        self._task = self._adapter.clock.spawn(self._watch)

    def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.kill()

    def _watch(self) -> None:
        clock = self._adapter.clock
        while True:
            with suppress(StoreError):  # the writer says so, and health tells it
                for name, scope in list(self._adapter.scopes.items()):
                    self.latest[name] = scope.store.log_bounds()
            clock.sleep_until(clock.now() + LOOK_SECS)
