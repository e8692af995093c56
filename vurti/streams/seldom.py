"""How to speak of what may happen at every moment: at once, and then now and then."""

from collections.abc import Callable

SECS = 30.0


class Seldom:
    """For each kind of thing the first is told, then at most one in SECS, with how many it stands
    for."""

    def __init__(self, now: Callable[[], float], secs: float = SECS) -> None:
        self._now, self._secs = now, secs
        self._told_at: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def now(self, kind: str) -> str | None:
        """What to add to the line that is to be written now; None where none is."""
        at = self._now()
        if at - self._told_at.get(kind, float("-inf")) < self._secs:
            self._untold[kind] = self._untold.get(kind, 0) + 1
            return None
        self._told_at[kind] = at
        untold = self._untold.pop(kind, 0)
        return f" (and {untold} times more since this was last said)" if untold else ""
