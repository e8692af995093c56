"""The first screen: what is worst, where, and what happens."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Input

from vurti.cli.terminal.drawn import tables
from vurti.cli.terminal.drawn.cells import Cell
from vurti.cli.terminal.drawn.lines import Lines
from vurti.cli.terminal.drawn.live import Live
from vurti.cli.terminal.drawn.rows import Rows
from vurti.cli.terminal.feed import Line
from vurti.cli.terminal.fleet import Host, Vm
from vurti.cli.terminal.worst import Cluster, total, worst_clusters, worst_hosts, worst_vms

VIEWS = {
    "hosts": "hosts, worst first",
    "vms": "VMs, worst first",
    "clusters": "clusters, worst first",
    "events": "events, newest first",
}
EVENTS_SHOWN = 500
SHARE = 10
"""Sorting many takes long: it may take a tenth of the time, and no more."""


class FleetScreen(Live):
    """Hosts, VMs, clusters or events; beside or below them the latest events."""

    keys = (
        ("/", "search"), ("↵", "open"), ("h", "hosts"), ("v", "VMs"), ("c", "clusters"),
        ("e", "events"), ("p", "pause"), ("s", "steps"), ("t", "theme"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search"),
        *(Binding(name[0], f"view('{name}')") for name in VIEWS),
        Binding("p,space", "hold"),
        Binding("s", "steps"),
        Binding("escape", "clear"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view = "hosts"
        self._words: tuple[str, ...] = ()
        self._sort_at = 0.0
        self._members = -1

    def body(self) -> ComposeResult:
        """The search, the tables, the feed."""
        yield Input(
            placeholder="names, statuses, clusters, reasons; all words must fit", id="search"
        )
        with Container(id="body"):
            with Vertical(id="main"):
                yield self._lines("caption")
                yield self._rows("hosts", tables.HOSTS, _id, self._host, "no host fits")
                yield self._rows("vms", tables.VMS, _id, self._vm, "no VM fits")
                yield self._rows(
                    "clusters", tables.CLUSTERS, _name, tables.cluster_cells, "no cluster fits"
                )
                yield self._rows("events", tables.EVENTS, _id, tables.event_cells, "no event yet")
            with Vertical(id="side"):
                with Vertical(id="overview"):
                    yield self._lines("overview-caption")
                    yield self._rows(
                        "overview-rows", tables.CLUSTERS, _name, tables.cluster_cells, "none"
                    )
                yield self._lines("feed-caption")
                yield self._rows(
                    "feed", tables.EVENTS, _id, tables.event_cells, "no event yet", header=False
                )

    def on_mount(self) -> None:
        """The cursor is on the worst host."""
        super().on_mount()
        self.action_view("hosts")

    def draw(self, clusters: dict[str, Cluster]) -> None:
        """What is seen of it."""
        everything = total(clusters.values())
        for id_, counts in (("#hosts", everything.hosts), ("#vms", everything.vms)):
            self.query_one(id_, Rows).fit({"STATUS": tables.statuses(counts)})
        self._show_main(clusters)
        self._show_side(clusters)

    def _show_main(self, clusters: dict[str, Cluster]) -> None:
        rows, began = self.query_one(f"#{self.view}", Rows), self.known.mono()
        if began >= self._sort_at:
            rows.show(self._sorted(clusters))
            self._fit(rows)
            self._sort_at = began + SHARE * (self.known.mono() - began)
        else:
            rows.refresh()
        self.caption("#caption", VIEWS[self.view], *self._told(len(rows.items)))

    def _sorted(self, clusters: dict[str, Cluster]) -> Sequence[Any]:
        fleet, now, feed = self.known.fleet, self.known.now, self.known.feed
        match self.view:
            case "hosts":
                return worst_hosts(fleet, now, self._words)
            case "vms":
                return worst_vms(fleet, fleet.vms.values(), now, self._words)
            case "clusters":
                return worst_clusters(clusters.values(), self._words)
            case _:
                return feed.shown(EVENTS_SHOWN, words=self._words)

    def _show_side(self, clusters: dict[str, Cluster]) -> None:
        if not self.query_one("#side").display:
            return
        if self.query_one("#overview").display:
            overview = self.query_one("#overview-rows", Rows)
            overview.show(worst_clusters(clusters.values()))
            self.caption("#overview-caption", "clusters")
        feed = self.query_one("#feed", Rows)
        feed.show(self.known.feed.shown(EVENTS_SHOWN, words=self._words))
        self.caption("#feed-caption", "events", *self._feed_told())

    def _told(self, count: int) -> list[Cell]:
        told = [Cell(f"  {count:,}", "faint")] if self.view != "events" else self._feed_told()
        if self._words:
            told.append(Cell(f"  only {' '.join(self._words)!r}", "warn", True))
            told.append(Cell("  Esc shows all", "faint"))
        return told

    def _feed_told(self) -> list[Cell]:
        feed = self.known.feed
        steps = [Cell("  with steps", "faint")] if feed.steps else []
        if feed.held:
            return [*steps, Cell(f"  held, {feed.missed:,} more since", "warn", True)]
        return steps

    def _fit(self, rows: Rows) -> None:
        """Columns as wide as their names, once somebody comes or goes."""
        fleet = self.known.fleet
        if self._members == fleet.members:
            return
        self._members = fleet.members
        hosts = list(fleet.hosts)
        clusters = list({host.cluster for host in fleet.hosts.values()})
        vms = [vm.called for vm in fleet.vms.values()]
        where = [f"⇒ {one}" for one in hosts]
        longest = {"HOST": hosts, "CLUSTER": clusters, "VM": vms, "OF": vms, "WHERE": where}
        for rows in self.query(Rows):
            rows.fit(longest)

    def action_view(self, name: str) -> None:
        """Another table."""
        self.view = name
        for one in VIEWS:
            self.query_one(f"#{one}").display = one == name
        self.query_one("#side").set_class(name in ("events", "clusters"), "-less")
        self.query_one("#feed").display = self.query_one("#feed-caption").display = name != "events"
        self._again()
        self.set_focus(self.query_one(f"#{name}"))

    def action_search(self) -> None:
        """Type what to look for."""
        search = self.query_one("#search", Input)
        search.display = True
        self.set_focus(search)

    def action_clear(self) -> None:
        """Show all again."""
        self.look_for("")

    def look_for(self, text: str) -> None:
        """Only what has all its words."""
        search = self.query_one("#search", Input)
        search.value = text
        search.display = False
        self.set_focus(self.query_one(f"#{self.view}"))

    def action_hold(self) -> None:
        """The events stand still, or go on."""
        self.known.feed.hold()
        self._again()

    def action_steps(self) -> None:
        """Also what is only a step on the way, or not."""
        self.known.feed.steps = not self.known.feed.steps
        self._again()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each letter narrows it down."""
        self._words = tuple(event.value.casefold().split())
        self._again()

    def on_input_submitted(self) -> None:
        """Back to the table."""
        self.query_one("#search").display = bool(self._words)
        self.set_focus(self.query_one(f"#{self.view}"))

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """More of a host or a VM; of a cluster its hosts."""
        match event.item:
            case Host() as host:
                self.top.open_host(host.id)
            case Vm() as vm:
                self.top.open_vm(vm.id)
            case Line(told, _, count, where) if told.vm is None or (count > 1 and where):
                self.top.open_host(told.thing if told.vm is None else where)
            case Line(told):
                self.top.open_vm(told.thing)
            case Cluster() as cluster:
                self.action_view("hosts")
                self.look_for(cluster.name)

    def _again(self) -> None:
        self._sort_at = 0.0
        self.frame()

    def _host(self, host: Host) -> Any:
        return tables.host_cells(self.known, host)

    def _vm(self, vm: Vm) -> Any:
        return tables.vm_cells(self.known, vm)

    def _lines(self, id_: str) -> Lines:
        return Lines(lambda: self.palette, id=id_, classes="line")

    def _rows(
        self,
        id_: str,
        columns: Sequence[Any],
        key_of: Callable[[Any], str],
        row_of: Callable[[Any], Any],
        empty: str,
        header: bool = True,
    ) -> Rows:
        return Rows(
            columns, key_of, row_of, lambda: self.palette, empty=empty, header=header, id=id_
        )


_id, _name = attrgetter("id"), attrgetter("name")
