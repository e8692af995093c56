"""Who is told what was committed."""

from collections.abc import Callable

from vurti.model.commit import Logged
from vurti.service.follower import Follower


class Told:
    """Committed events go into the log, or to a follower that is woken; `others` get them as well.
    None of them may wait."""

    def __init__(self, log: Callable[[list[Logged]], None] = lambda _logged: None) -> None:
        self._log = log
        self.follower: Follower | None = None
        self.others: list[Callable[[list[Logged]], None]] = []

    def __call__(self, logged: list[Logged]) -> None:
        if self.follower is not None:
            self.follower.wake()
        else:
            self._log(logged)
        for other in self.others:
            other(logged)
