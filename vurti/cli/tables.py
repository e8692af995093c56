"""Records for people: tables whose ages are words, and texts that cannot steer the terminal."""

from collections.abc import Iterable, Sequence

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from vurti.model import VdsStatus, Vm, VmStatus
from vurti.wire.record import is_stale
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
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    click.echo(rendered(table))


def rendered(what: RenderableType) -> str:
    """Its lines, in the colours and the width of the terminal, if there is one."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 10_000
    with console.capture() as captured:
        console.print(what, no_wrap=not console.is_terminal)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def why(vm: Vm) -> tuple[str | None, ...]:
    """How it ended, or why it is paused. The exit of a former run means nothing while it runs."""
    if vm.run_on is None:
        return vm.exit_status, vm.exit_reason, vm.exit_message
    return (vm.pause_status,)


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


def ahead(then: float, now: float) -> str:
    """`in 12 s`; what is past already was due."""
    if then < now:
        return f"was due {ago(then, now)}"
    return "in " + ago(now, then).removesuffix(" ago")


def heard(then: float | None, now: float, stale_secs: float) -> Text:
    """When a host was last heard, and that it is stale where that is longer ago than it may be."""
    if is_stale(then, now, stale_secs):
        return Text(f"{ago(then, now)}, stale", "red")
    return Text(ago(then, now))


def percent(value: float | None) -> str:
    """A share, or nothing where it is not known."""
    return "" if value is None else f"{value:.0f} %"


def size(kib: int | None) -> str:
    """Memory given in KiB."""
    if kib is None:
        return ""
    return f"{kib / 1024**2:.1f} GiB" if kib >= 1024**2 else f"{kib / 1024:.0f} MiB"
