"""Marble diagrams as text: RxPY's syntax, read into signs and drawn from them.

One character is one tick. `-` is nothing, a name a value, `(a,b)` several at the tick of the `(`,
`#` an error, `|` the end; spaces count for nothing.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

END, ERROR = "|", "#"
_TOKEN = re.compile(r"\((?P<group>[^()]*)\)|(?P<ticks>-+)|(?P<one>[#|]|[^-,()#|]+)")


class Sign(NamedTuple):
    """One thing that a diagram shows: a value's name, END or ERROR, at a tick counted from 0."""

    tick: int
    name: str


class Diagram(NamedTuple):
    """What a text shows, and how many ticks it lasts."""

    signs: tuple[Sign, ...]
    ticks: int


def read(text: str) -> Diagram:
    """Raises ValueError for what is no diagram, or goes on after its end."""
    body = "".join(text.split())
    signs: list[Sign] = []
    place = 0
    while place < len(body):
        token = _TOKEN.match(body, place)
        if token is None:
            raise ValueError(f"{text!r} is no marble diagram from {body[place:]!r} on")
        signs.extend(Sign(place, name) for name in _names(token))
        place = token.end()
    ends = [index for index, sign in enumerate(signs) if sign.name in (END, ERROR)]
    if ends and ends[0] != len(signs) - 1:
        raise ValueError(f"{text!r} goes on after its end")
    return Diagram(tuple(signs), len(body))


def _names(token: re.Match[str]) -> list[str]:
    if token["group"] is not None:
        return [name for name in token["group"].split(",") if name]
    return [token["one"]] if token["one"] else []


def draw(rows: Sequence[Sequence[Sign]], ticks: int) -> list[str]:
    """Diagrams of the same time scale under each other, and below them a row of the columns where
    ticks begin: what happens at one tick stands in one column, filled up with spaces."""
    texts = [[_cell(row, tick) for tick in range(ticks)] for row in rows]
    widths = [max(len(text[tick]) for text in texts) for tick in range(ticks)]
    return ["".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in texts]


def column(rows: Sequence[Sequence[Sign]], tick: int) -> int:
    """Where `draw` begins a tick."""
    return sum(max(len(_cell(row, past)) for row in rows) for past in range(tick))


def _cell(signs: Sequence[Sign], tick: int) -> str:
    names = [sign.name for sign in signs if sign.tick == tick]
    if len(names) > 1:
        return f"({','.join(names)})"
    ended = any(sign.name in (END, ERROR) and sign.tick < tick for sign in signs)
    return names[0] if names else " " if ended else "-"
