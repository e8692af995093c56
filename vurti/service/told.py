"""Who is told what was committed."""

from collections.abc import Callable

from vurti.model.commit import Logged
from vurti.service.follower import Follower
from vurti.service.logs import Log


class Told:
    """Committed events go into the log, where there is one for them, or to a follower that is
    woken; `others` get them as well. None of them may wait."""

    def __init__(self, log: Log | None = None) -> None:
        self.follower: Follower | None = None
        self.others: list[Callable[[list[Logged]], None]] = []
        self._log = log

    def __call__(self, logged: list[Logged]) -> None:
        if self.follower is not None:
            self.follower.wake()
        elif self._log is not None:
            self._log.committed(logged)
        for other in self.others:
            other(logged)
