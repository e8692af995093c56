"""Widgets that are lines of text: what is above and below the tables, and pages that scroll."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from vurti.cli.terminal.drawn.cells import strip
from vurti.cli.terminal.drawn.palette import Palette


class Lines(ScrollView):
    """So many lines, drawn anew by `show`. `ground` is under them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", show=False),
        Binding("down,j", "scroll_down", show=False),
    ]

    def __init__(
        self, palette: Callable[[], Palette], *, ground: str = "ground", **more: Any
    ) -> None:
        super().__init__(**more)
        self._palette, self._ground = palette, ground
        self._lines: Sequence[Text] = ()

    def show(self, lines: Sequence[Text]) -> None:
        """These now."""
        self._lines = lines
        self.virtual_size = Size(self.size.width, len(lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of them, on its ground up to the edge."""
        at = self.scroll_offset.y + y
        line = self._lines[at] if at < len(self._lines) else Text()
        ground = self._palette().style(ground=self._ground)
        return strip(line, self.size.width, ground, self.app.console)
