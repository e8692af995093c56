"""How often somebody may do something."""

from collections import OrderedDict
from collections.abc import Callable

KEYS_MAX = 10_000


class Rate:
    """So many at once for each key, and `per_sec` more each second. What it remembers is bounded:
    who has done nothing for longest is forgotten first, and may then do as much as anybody."""

    def __init__(self, per_sec: float, at_once: int, now: Callable[[], float]) -> None:
        self.refused = 0
        self._per_sec, self._at_once, self._now = per_sec, at_once, now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: str) -> float:
        """0 where it may; else the seconds until it may again."""
        now = self._now()
        left = self._of(key, now)
        if left < 1.0:
            self.refused += 1
            self._keep(key, left, now)
            return (1.0 - left) / self._per_sec
        self._keep(key, left - 1.0, now)
        return 0.0

    def _of(self, key: str, now: float) -> float:
        left, at = self._left.get(key, (float(self._at_once), now))
        return min(float(self._at_once), left + (now - at) * self._per_sec)

    def _keep(self, key: str, left: float, now: float) -> None:
        self._left[key] = (left, now)
        self._left.move_to_end(key)
        if len(self._left) > KEYS_MAX:
            self._left.popitem(last=False)
