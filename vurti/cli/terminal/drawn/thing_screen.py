"""One host or one VM: how it is, why, and what befell it."""

from operator import attrgetter
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from vurti.cli.terminal.drawn import pages, tables
from vurti.cli.terminal.drawn.cells import Cell, Cells, assembled, fitted
from vurti.cli.terminal.drawn.lines import Lines
from vurti.cli.terminal.drawn.live import Keys, Live
from vurti.cli.terminal.drawn.rows import Rows
from vurti.cli.terminal.fleet import Vm
from vurti.cli.terminal.told import Explained
from vurti.cli.terminal.worst import Cluster, worst_vms

AGAIN_SECS = 5.0
EVENTS = 100


class ThingScreen(Live):
    """`noun` is what the API calls such things: vms or hosts."""

    noun = ""
    keys: Keys = (("Esc", "back"), ("↑↓", "scroll"), ("t", "theme"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,backspace,left", "app.pop_screen")]

    def __init__(self, thing: str) -> None:
        super().__init__()
        self.thing = thing
        self._asked_at, self._asked_seq = -AGAIN_SECS, -1

    @property
    def found(self) -> Explained | str | None:
        """What vurti told of it; in words why it did not."""
        return self.known.explained.get((self.noun, self.thing))

    def draw(self, clusters: dict[str, Cluster]) -> None:
        """Ask anew where something was heard of it, and now and then."""
        fleet, mono = self.known.fleet, self.known.mono()
        known = fleet.vms.get(self.thing) if self.noun == "vms" else fleet.hosts.get(self.thing)
        seq = known.seq if known is not None else 0
        if mono - self._asked_at > AGAIN_SECS or (seq != self._asked_seq and self._asked_seq >= 0):
            self._asked_at, self._asked_seq = mono, seq
            self.top.follower.explain(self.noun, self.thing, EVENTS)

    def _lines(self, id_: str, **more: Any) -> Lines:
        return Lines(lambda: self.palette, id=id_, **more)

    def _text(self, cells: Cells, width: int) -> Text:
        return fitted(assembled(self.palette, cells), width)


class VmScreen(ThingScreen):
    """A VM: its story, newest first, and the evidence."""

    noun = "vms"
    keys: Keys = (("Esc", "back"), ("↑↓", "scroll"), ("o", "its host"), ("t", "theme"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "host")]

    def body(self) -> ComposeResult:
        """One page."""
        yield self._lines("page")

    def on_mount(self) -> None:
        """It can be scrolled at once."""
        super().on_mount()
        self.set_focus(self.query_one("#page"))

    def draw(self, clusters: dict[str, Cluster]) -> None:
        """The page."""
        super().draw(clusters)
        page = self.query_one("#page", Lines)
        width = page.size.width
        lines = pages.vm(self.known, self.thing, self.found, width)
        page.show([self._text(line, width) for line in lines])

    def action_host(self) -> None:
        """The host that holds it."""
        vm = self.known.fleet.vms.get(self.thing)
        if vm is not None and vm.run_on is not None:
            self.top.open_host(vm.run_on)


class HostScreen(ThingScreen):
    """A host: its VMs, and what befell it."""

    noun = "hosts"
    keys: Keys = (("Esc", "back"), ("↵", "open VM"), ("Tab", "its story"), ("t", "theme"))

    def body(self) -> ComposeResult:
        """How it is, its VMs, its story."""
        yield self._lines("facts", classes="line")
        yield self._lines("caption", classes="line")
        yield Rows(
            tables.VMS_OF_HOST,
            attrgetter("id"),
            lambda vm: tables.vm_of_host_cells(self.known, vm),
            lambda: self.palette,
            empty="it holds no VM",
            id="vms",
        )
        yield self._lines("story-caption", classes="line")
        yield self._lines("story")

    def on_mount(self) -> None:
        """The cursor is on its worst VM."""
        super().on_mount()
        self.set_focus(self.query_one("#vms"))

    def draw(self, clusters: dict[str, Cluster]) -> None:
        """All of it."""
        super().draw(clusters)
        width = self.size.width
        facts = [self._text(line, width) for line in pages.host(self.known, self.thing, self.found)]
        self.query_one("#facts", Lines).show(facts)
        self.query_one("#facts").styles.height = len(facts)
        fleet = self.known.fleet
        vms = worst_vms(fleet, fleet.on(self.thing), self.known.now)
        rows = self.query_one("#vms", Rows)
        rows.show(vms)
        looks = {look for look, _ in fleet.looks_on(self.thing)}
        rows.fit({"VM": [vm.called for vm in vms], "STATUS": tables.statuses(looks)})
        self.caption("#caption", "its VMs, worst first", Cell(f"  {len(vms):,}", "faint"))
        self.caption("#story-caption", "its story, newest first")
        story = pages.story(self.known, self.found, width)
        self.query_one("#story", Lines).show([self._text(line, width) for line in story])

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """More of one of its VMs."""
        if isinstance(event.item, Vm):
            self.top.open_vm(event.item.id)
