"""What all screens have in common: above whether it is live, below the keys."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import Screen

from vurti.cli.terminal.drawn.cells import Cell, assembled, beside, fitted
from vurti.cli.terminal.drawn.head import head
from vurti.cli.terminal.drawn.lines import Lines
from vurti.cli.terminal.drawn.palette import Palette
from vurti.cli.terminal.known import Known
from vurti.cli.terminal.worst import Cluster, by_cluster, total

if TYPE_CHECKING:  # the app makes the screens
    from vurti.cli.terminal.drawn.app import Top

Keys = Sequence[tuple[str, str]]


class Live(Screen[None]):
    """`body` is what is between the two; `draw` is called whenever something may look different."""

    keys: Keys = ()
    always: Keys = (("?", "help"), ("q", "quit"))

    @property
    def top(self) -> "Top":
        """The program."""
        return cast("Top", self.app)

    @property
    def known(self) -> Known:
        """All that is shown."""
        return self.top.known

    @property
    def palette(self) -> Palette:
        """Its colours."""
        return self.top.palette

    def compose(self) -> ComposeResult:
        """Head, body, keys."""
        yield Lines(lambda: self.palette, ground="raised", id="head", classes="line")
        yield from self.body()
        yield Lines(lambda: self.palette, ground="raised", id="keys", classes="line")

    def body(self) -> ComposeResult:
        """Of each screen its own."""
        yield from ()

    def on_mount(self) -> None:
        """At once, and then at each beat of the program."""
        self.call_after_refresh(self.frame)

    def frame(self) -> None:
        """Draw all as it is now."""
        if not self.is_mounted or not self.size.width:
            return
        clusters = by_cluster(self.known.fleet, self.known.now)
        clock = time.strftime("%H:%M:%S")
        width, everything = self.size.width, total(clusters.values())
        drawn = head(self.known, everything, self.top.place, clock, self.palette, width)
        self.query_one("#head", Lines).show(drawn)
        self._show_keys(width)
        self.draw(clusters)

    def draw(self, clusters: dict[str, Cluster]) -> None:
        """The body."""

    def caption(self, id_: str, title: str, *more: Cell) -> None:
        """A line with a title over a table."""
        lines = self.query_one(id_, Lines)
        width = lines.size.width
        text = assembled(
            self.palette, [Cell("─ ", "line"), Cell(title, "accent", True), *more, Cell(" ")]
        )
        text = fitted(text, min(text.cell_len, width))
        text.append("─" * (width - text.cell_len), self.palette.style("line"))
        lines.show([text])

    def _show_keys(self, width: int) -> None:
        """As many of them as there is room for."""
        right = self._keys(self.always)
        count = len(self.keys)
        while count and self._keys(self.keys[:count]).cell_len + right.cell_len > width:
            count -= 1
        line = beside(self._keys(self.keys[:count]), right, width)
        self.query_one("#keys", Lines).show([line])

    def _keys(self, keys: Keys) -> Text:
        return assembled(self.palette, [cell for key in keys for cell in _key(*key)], "raised")


def _key(key: str, word: str) -> tuple[Cell, Cell]:
    return Cell(f" {key}", "accent", True), Cell(f" {word} ", "text")
