"""A VM's story as lanes: a column for each host that had it, a line for each event. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from vurti.cli.terminal import retold
from vurti.cli.terminal.told import EventTold
from vurti.model.status import NOT_RUNNING

LANES_MAX = 6


class Lanes(NamedTuple):
    """`rows` are those of the events, in their order: what is drawn in each lane, all as wide as
    `width`. Lanes are in the order in which the hosts had it; `more` had it too, and have none."""

    hosts: tuple[str, ...]
    more: int
    rows: list[str]
    width: int


def lanes(events: Sequence[EventTold], width: int, lanes_max: int = LANES_MAX) -> Lanes:
    """Drawn for events in the order in which they happened."""
    places = [_place(one) for one in events]
    named = dict.fromkeys(host for place in places for host in place if host is not None)
    hosts = tuple(named)[-lanes_max:]
    holder: str | None = None
    rows: list[str] = []
    for told, (origin, to) in zip(events, places, strict=True):
        rows.append(_row(hosts, told, origin, to, holder, width))
        if told.after is not None:
            holder = None if told.after in NOT_RUNNING else to or holder
    return Lanes(hosts, len(named) - len(hosts), rows, width)


def _place(told: EventTold) -> tuple[str | None, str | None]:
    """Whence and where: the second is who holds it, or who told of it where nobody does."""
    return told.origin, told.run_on or told.host


def _row(
    hosts: tuple[str, ...],
    told: EventTold,
    origin: str | None,
    to: str | None,
    holder: str | None,
    width: int,
) -> str:
    row = [" "] * (width * len(hosts))
    at = {host: number * width for number, host in enumerate(hosts)}
    if holder in at:
        row[at[holder]] = "│"
    if origin is not None and to is not None and {origin, to} <= at.keys():
        first, last = sorted((at[origin], at[to]))
        row[first : last + 1] = "─" * (last - first + 1)
        row[at[origin]] = "○"
        row[at[to] + (-1 if at[to] > at[origin] else 1)] = "▶" if at[to] > at[origin] else "◀"
    if to is not None and to in at:
        glyph = retold.story(told).glyph
        row[at[to]] = "│" if glyph == "·" and to == holder else glyph
    return "".join(row)
