"""Records for people: tables whose ages are words, and texts that cannot steer the terminal."""

from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vurti.model import VdsStatus, VmStatus
from vurti.wire.words import printable

STYLES = {
    VmStatus.UP: "green",
    VdsStatus.UP: "green",
    VmStatus.PAUSED: "yellow",
    VmStatus.NOT_RESPONDING: "yellow",
    VdsStatus.CONNECTING: "yellow",
    VmStatus.UNKNOWN: "magenta",
    VdsStatus.NON_RESPONSIVE: "red",
    VdsStatus.NON_OPERATIONAL: "red",
    VmStatus.DOWN: "blue",
}
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def show(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print a table; nothing of it is cut or wrapped where no terminal has a width to fit."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 10_000
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    with console.capture() as captured:
        console.print(table, no_wrap=not console.is_terminal)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def status(value: VmStatus | VdsStatus, *why: str | None) -> Text:
    """A status in its colour, and behind it why, where something is to be said."""
    text = Text(str(value), STYLES.get(value, ""))
    told = ", ".join(printable(one) for one in why if one and one != "NONE")
    return text.append(f" ({told})", "dim") if told else text


def ago(then: float | None, now: float) -> str:
    """`12 s ago`, in the largest unit that leaves a whole number."""
    if then is None:
        return "never"
    secs = max(0, int(now - then))
    size, unit = next((one for one in _UNITS if secs >= one[0]), (1, "s"))
    return f"{secs // size} {unit} ago"


def heard(then: float | None, now: float, stale_secs: float) -> Text:
    """When a host was last heard, and that it is stale where that is longer ago than it may be."""
    if is_stale(then, now, stale_secs):
        return Text(f"{ago(then, now)}, stale", "red")
    return Text(ago(then, now))


def is_stale(then: float | None, now: float, stale_secs: float) -> bool:
    """Whether what is known is too old to be relied on."""
    return then is None or now - then > stale_secs


def percent(value: float | None) -> str:
    """A share, or nothing where it is not known."""
    return "" if value is None else f"{value:.0f} %"


def size(kib: int | None) -> str:
    """Memory given in KiB."""
    if kib is None:
        return ""
    return f"{kib / 1024**2:.1f} GiB" if kib >= 1024**2 else f"{kib / 1024:.0f} MiB"
