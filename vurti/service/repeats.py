"""What is said again and again is said seldom, with how often; nothing is left out uncounted."""

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

L = TypeVar("L")

KEYS_MAX = 2000
SECS_MAX, SWEEP_SECS = 3600.0, 1.0
BURST, A_SECOND = 1000.0, 3.0
"""From one place in the code so many lines may come at once, and then so many a second."""

_MEASURE = re.compile(r"\d++(?:\.\d++)?+(?=\s?(?:ms|s|secs|seconds|bytes|times|failures|more)\b)")


def gist(text: str) -> str:
    """The text without its measures: two that differ only in how long or how often are the same."""
    return _MEASURE.sub("#", text)


@dataclass
class _Said(Generic[L]):
    line: L  # as it was first, to be said again
    at: float
    wait: float
    again: int = 0


@dataclass
class _Place:
    allowed: float
    at: float
    left_out: int = 0
    since: float = 0.0


@dataclass(frozen=True)
class Sum(Generic[L]):
    """What was not said: `line` came `times` more within `secs`. Without a line: so many different
    ones from `place`."""

    line: L | None
    place: str
    times: int
    secs: float


class Repeats(Generic[L]):
    """Decides what is said. The same line is said at once, then summed: after `secs`, after twice
    as long, and so on up to an hour; it is new again once it has stayed away for so long.
    `left_out` counts what was not said as a line of its own. With 0 seconds all is said."""

    def __init__(self, secs: float) -> None:
        self.left_out = 0
        self._secs = secs
        self._said: dict[tuple[str, Hashable], _Said[L]] = {}
        self._places: dict[str, _Place] = {}
        self._swept_at = float("-inf")

    def pass_on(self, line: Callable[[], L], place: str, key: Hashable, now: float) -> L | None:
        """The line, if it is to be said. It is kept, to be said again with its sum."""
        if not self._secs:
            return line()
        said = self._said.get((place, key))
        if said is not None:
            said.again += 1
            self.left_out += 1
        elif self.has_room(place, now):
            self._places[place].allowed -= 1
            said = self._said[place, key] = _Said(line(), now, self._secs)
            return said.line
        else:
            self.leave_out(place, 1, now)
        return None

    def has_room(self, place: str, now: float) -> bool:
        """Whether something new could be said from there."""
        one = self._places.setdefault(place, _Place(BURST, now))
        one.allowed = min(BURST, one.allowed + (now - one.at) * A_SECOND)
        one.at = now
        return one.allowed >= 1

    def leave_out(self, place: str, times: int, now: float) -> None:
        """So much is not said from where there is no room."""
        one = self._places[place]
        one.since = one.since if one.left_out else now
        one.left_out += times
        self.left_out += times

    def due(self, now: float, everything: bool = False) -> Iterator[Sum[L]]:
        """The sums whose time has come, or all of them: to be said by whoever asks."""
        if not everything and now - self._swept_at < SWEEP_SECS:
            return
        self._swept_at = now
        for key, said in list(self._said.items()):
            crowded = everything or len(self._said) > KEYS_MAX
            if not crowded and now - said.at < said.wait:
                continue
            if said.again:
                yield Sum(said.line, key[0], said.again, now - said.at)
            if crowded or not said.again:
                del self._said[key]
            said.at, said.wait, said.again = now, min(2 * said.wait, SECS_MAX), 0
        yield from self._due_places(now, everything)

    def _due_places(self, now: float, everything: bool) -> Iterator[Sum[L]]:
        for name, place in list(self._places.items()):  # others may speak meanwhile
            if place.left_out and (everything or now - place.since >= self._secs):
                yield Sum(None, name, place.left_out, now - place.since)
                place.left_out = 0
