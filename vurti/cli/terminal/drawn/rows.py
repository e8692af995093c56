"""A table that draws only the lines that are seen, so that 100,000 of them cost as much as ten."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from vurti.cli.terminal.drawn.cells import Cell, Cells, assembled, fitted, strip
from vurti.cli.terminal.drawn.palette import Palette

GAP = 2


class Column(NamedTuple):
    """`width` at most; the last one takes what is left. Only tables of `from_width` have it."""

    title: str
    width: int
    right: bool = False
    from_width: int = 0


class Rows(ScrollView, can_focus=True):
    """A header, and a line for each item. `row_of` makes the line of an item when it is seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "move(-1000000000)", show=False),
        Binding("end,G", "move(1000000000)", show=False),
        Binding("enter", "open", show=False),
    ]

    class Opened(Message):
        """Somebody wants to know more of this one."""

        def __init__(self, rows: "Rows", item: Any) -> None:
            super().__init__()
            self.rows, self.item = rows, item

    def __init__(
        self,
        columns: Sequence[Column],
        key_of: Callable[[Any], str],
        row_of: Callable[[Any], tuple[Cells, ...]],
        palette: Callable[[], Palette],
        *,
        empty: str = "nothing here",
        header: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.items: Sequence[Any] = ()
        self.empty = empty
        self._columns, self._key_of, self._row_of = columns, key_of, row_of
        self._palette, self._top = palette, 1 if header else 0
        self._at, self._key = 0, ""
        self._longest: list[int] = [column.width for column in columns]

    def show(self, items: Sequence[Any]) -> None:
        """These now, in this order. The cursor stays with what it is on, wherever that goes; at the
        top it stays at the top."""
        self.items = items
        if self._at > 0 or self.has_focus:
            self._at = self._find()
        self._at = max(0, min(self._at, len(items) - 1))
        self._key = self._key_of(items[self._at]) if items and self._at else ""
        self.virtual_size = Size(self.size.width, len(items) + self._top)
        self.refresh()

    @property
    def chosen(self) -> Any | None:
        """The item under the cursor."""
        return self.items[self._at] if self.items else None

    def _find(self) -> int:
        if not self._key:
            return self._at
        near = range(max(0, self._at - 200), min(len(self.items), self._at + 200))
        at: int
        for at in (*near, *range(len(self.items))):
            if self._key_of(self.items[at]) == self._key:
                return at
        return self._at

    def render_line(self, y: int) -> Strip:
        """The header stays where it is; the others scroll under it."""
        width, palette = self.size.width, self._palette()
        at, ground, text = int(self.scroll_offset.y) + y - self._top, "ground", Text()
        if y < self._top:
            text = self._joined([_title(one) for one in self._columns], width, ground)
        elif at < len(self.items):
            ground = "chosen" if at == self._at and self.has_focus else ground
            text = self._joined(list(self._row_of(self.items[at])), width, ground)
        elif not self.items and at == 0:
            text = assembled(palette, [Cell(f" {self.empty}", "faint")])
        return strip(text, width, palette.style(ground=ground), self.app.console)

    def _joined(self, cells: list[Cells], width: int, ground: str) -> Text:
        palette = self._palette()
        shown = [at for at, one in enumerate(self._columns) if width >= one.from_width]
        widths = self._widths(shown, width)
        line = Text(" ", style=palette.style(ground=ground), no_wrap=True, end="")
        for at, room in zip(shown, widths, strict=True):
            one = fitted(assembled(palette, cells[at], ground), room, self._columns[at].right)
            line.append_text(one).append(" " * GAP)
        line.truncate(width)
        return fitted(line, width)

    def _widths(self, shown: list[int], width: int) -> list[int]:
        widths = [self._longest[at] for at in shown]
        room = width - 1 - GAP * len(shown) - sum(widths[:-1])
        widths[-1] = max(room, 4)
        return widths

    def fit(self, titles: Mapping[str, Sequence[str]]) -> None:
        """Columns as wide as the longest of these texts, and no wider than they may be."""
        for at, column in enumerate(self._columns):
            if column.title in titles:
                longest = max((cell_len(one[:100]) for one in titles[column.title]), default=0)
                self._longest[at] = min(column.width, max(longest, len(column.title)))

    def action_move(self, by: int) -> None:
        """Another line."""
        if self.items:
            self._at = max(0, min(len(self.items) - 1, self._at + by))
            self._key = self._key_of(self.items[self._at])
            self._into_view()

    def action_page(self, by: int) -> None:
        """So many screens on."""
        self.action_move(by * max(1, self.size.height - self._top - 1))

    def action_open(self) -> None:
        """More of the line under the cursor."""
        if self.chosen is not None:
            self.post_message(self.Opened(self, self.chosen))

    def on_click(self, event: Click) -> None:
        """A click chooses, a second one opens."""
        at = int(self.scroll_offset.y + event.y) - self._top
        if event.y >= self._top and 0 <= at < len(self.items):
            again = at == self._at and self.has_focus
            self.action_move(at - self._at)
            if again:
                self.action_open()

    def _into_view(self) -> None:
        self.scroll_to_region(
            Region(0, self._at, 1, 1 + self._top), animate=False, force=True, immediate=True
        )
        self.refresh()

    def on_focus(self) -> None:
        """The cursor is seen where one can move it."""
        self.refresh()

    def on_blur(self) -> None:
        """And not elsewhere."""
        self.refresh()


def _title(column: Column) -> Cells:
    return (Cell(column.title, "faint", True),)
