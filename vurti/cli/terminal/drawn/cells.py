"""Texts of hosts and guests as cells of a line: whatever they hold, nothing of it acts, and no cell
is wider than it may be."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from vurti.cli.terminal.drawn.palette import Palette
from vurti.wire.words import printable

LONGEST = 500
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class Cell(NamedTuple):
    """A text, its tone, and whether it stands out."""

    text: str
    tone: str = "text"
    bold: bool = False


Cells = Sequence[Cell]


def inert(text: str) -> str:
    """No more of it than a terminal could show, with all that could act as its escape sequence."""
    shown = text[:LONGEST]
    return shown if shown.isprintable() else printable(shown)


def assembled(palette: Palette, cells: Cells, ground: str = "ground") -> Text:
    """The cells one behind the other. Markup in them is text as any other."""
    text = Text(style=palette.style(ground=ground), no_wrap=True, end="")
    for cell in cells:
        text.append(inert(cell.text), palette.style(cell.tone, bold=cell.bold, ground=ground))
    return text


def fitted(text: Text, width: int, right: bool = False) -> Text:
    """Just as wide as that; the end of what is cut is an ellipsis."""
    text.truncate(max(width, 0), overflow="ellipsis")
    missing = width - text.cell_len
    if missing > 0:
        (text.pad_left if right else text.pad_right)(missing)
    return text


def beside(left: Text, right: Text, width: int) -> Text:
    """One at the left end of a line and one at its right; the left one gives way."""
    room = width - right.cell_len
    if room < 12:
        return fitted(left, width)
    return fitted(left, room).append_text(right)


def strip(text: Text, width: int, style: Style, console: Console) -> Strip:
    """The line as it is drawn, on its ground up to the edge."""
    return Strip(Segment.apply_style(text.render(console), style)).adjust_cell_length(width, style)


def span(secs: float | None) -> str:
    """`12 s`, in the largest unit that leaves a whole number; nothing where it is not known."""
    if secs is None:
        return "never"
    whole = max(0, int(secs))
    size, unit = next((one for one in _UNITS if whole >= one[0]), (1, "s"))
    return f"{whole // size} {unit}"
