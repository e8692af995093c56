"""The keys, and what the glyphs mean."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from vurti.cli.terminal import looks
from vurti.cli.terminal.drawn.cells import Cell, Cells, assembled
from vurti.cli.terminal.drawn.lines import Lines
from vurti.cli.terminal.drawn.live import Live
from vurti.cli.terminal.worst import Cluster
from vurti.model import VdsStatus, VmStatus

KEYS = (
    ("h v c e", "hosts, VMs, clusters, events"),
    ("↑ ↓ PgUp PgDn Home End", "move (also j k g G)"),
    ("Enter", "open a host, a VM, a cluster, what an event is about"),
    ("Esc", "back; in a table: show all again"),
    ("/", "search names, statuses, clusters, reasons: all words must fit"),
    ("p or Space", "hold the events, or let them go on"),
    ("s", "also events that are only steps on the way"),
    ("Tab", "from the table to the events and back"),
    ("t", "light or dark"),
    ("q", "quit"),
)
NOTES = (
    "FOR is how long it has been so, HEARD how long ago the host was last heard.",
    "What was not heard for too long is stale (▒): it is never shown as well.",
    "Where vurti cannot be reached the first line says so, and nothing is shown as well.",
)


class HelpScreen(Live):
    """One page."""

    keys = (("Esc", "back"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,backspace,enter", "app.pop_screen")
    ]

    def body(self) -> ComposeResult:
        """The page."""
        yield Lines(lambda: self.palette, id="page")

    def on_mount(self) -> None:
        """It can be scrolled at once."""
        super().on_mount()
        self.set_focus(self.query_one("#page"))

    def draw(self, clusters: dict[str, Cluster]) -> None:
        """Always the same."""
        lines = [assembled(self.palette, cells) for cells in _page()]
        self.query_one("#page", Lines).show(lines)


def _page() -> Iterator[Cells]:
    yield ()
    yield (Cell(" keys", "accent", True),)
    for key, what in KEYS:
        yield Cell(f"   {key:<22}", "text", True), Cell(what)
    yield ()
    yield (Cell(" glyphs, worst first", "accent", True),)
    hosts = sorted({looks.of_host(one) for one in VdsStatus} | {looks.of_host("Up", True)})
    vms = {looks.of_vm(one) for one in VmStatus} | {looks.of_vm("Up", True)}
    faults = {looks.PAUSED_BY_FAULT, looks.CRASHED}
    yield from _legend("hosts", hosts)
    yield from _legend("VMs", sorted(vms | faults))
    yield ()
    yield from ((Cell(f" {note}", "faint"),) for note in NOTES)


def _legend(noun: str, found: list[looks.Look]) -> Iterator[Cells]:
    """Three in a line."""
    for start in range(0, len(found), 3):
        cells = [Cell(f"   {noun if start == 0 else '':<7}", "faint")]
        for look in found[start : start + 3]:
            cells.append(Cell(f"{look.glyph} ", look.tone, True))
            cells.append(Cell(f"{look.word:<22}", look.tone))
        yield cells
