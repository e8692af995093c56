"""The latest events, newest first: filtered, and held while somebody reads. Pure."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from vurti.cli.stories import FOLDED
from vurti.cli.terminal.retold import passing, story
from vurti.cli.terminal.told import EventTold
from vurti.cli.terminal.worst import Words, fits

KEPT_MAX = 5000
RATE_SECS = 10.0
TOGETHER_SECS = 1.0


class Line(NamedTuple):
    """An event, or the newest of `many` that befell many things alike, on `where` if that is one
    place. `id` is that of the oldest, which stays while more of them come."""

    told: EventTold
    id: str
    many: int = 1
    where: str = ""

    def and_before(self, one: EventTold) -> "Line":
        """The same with one that came before."""
        same = one.host == self.told.host and (self.many == 1 or self.where)
        return Line(self.told, one.id, self.many + 1, one.host or "" if same else "")


def _alike(newer: EventTold, older: EventTold) -> bool:
    """What tends to happen to many at once, and did so within a moment."""
    what = story(newer)
    if what not in FOLDED or newer.at - older.at > TOGETHER_SECS:
        return False
    return (what, newer.before, newer.after) == (story(older), older.before, older.after)


class Feed:
    """Keeps so many. While `held` is set, what is shown stays as it was then; `missed` counts what
    came since. `steps` shows also what is only a step on the way."""

    def __init__(self) -> None:
        self.steps = False
        self._all: deque[EventTold] = deque(maxlen=KEPT_MAX)
        self._held: list[EventTold] | None = None
        self._times: deque[tuple[float, int]] = deque()
        self.missed = 0

    def add(self, events: Sequence[EventTold], now: float) -> None:
        """These came, in this order; `now` by any clock."""
        self._all.extend(events)
        self._times.append((now, len(events)))
        if self._held is not None:
            self.missed += len(events)

    def rate(self, now: float) -> float:
        """Events a second of late."""
        while self._times and self._times[0][0] < now - RATE_SECS:
            self._times.popleft()
        return sum(count for _, count in self._times) / RATE_SECS

    @property
    def held(self) -> bool:
        """Whether it stands still."""
        return self._held is not None

    def hold(self) -> None:
        """Stand still, or go on."""
        self._held = None if self.held else list(self._all)
        self.missed = 0

    def shown(self, limit: int, words: Words = ()) -> list[Line]:
        """The newest that have all the words. What befell many alike is one line."""
        lines: list[Line] = []
        for one in reversed(self._all if self._held is None else self._held):
            if not self._fits(one, words):
                continue
            if lines and _alike(lines[-1].told, one):
                lines[-1] = lines[-1].and_before(one)
            elif len(lines) == limit:
                break
            else:
                lines.append(Line(one, one.id))
        return lines

    def _fits(self, one: EventTold, words: Words) -> bool:
        if not self.steps and passing(one):
            return False
        return fits(
            words, one.kind, one.called, one.thing, one.host or "", one.cluster,
            one.before or "", one.after or "", one.reason, one.severity, *one.marks,
        )  # fmt: skip
