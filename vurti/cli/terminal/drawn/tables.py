"""The columns of the tables, and how a host, a VM, a cluster and an event fill them."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from vurti.cli.terminal import looks, retold
from vurti.cli.terminal.drawn.cells import Cell, Cells, span
from vurti.cli.terminal.drawn.rows import Column
from vurti.cli.terminal.feed import Line
from vurti.cli.terminal.fleet import Fleet, Host, Vm
from vurti.cli.terminal.known import Known
from vurti.cli.terminal.looks import MOVING, WELL, Look
from vurti.cli.terminal.worst import Cluster

HOSTS = (
    Column("STATUS", 25),
    Column("HOST", 24),
    Column("CLUSTER", 14, from_width=70),
    Column("FOR", 6, right=True),
    Column("HEARD", 8, right=True),
    Column("VMS", 5, right=True),
    Column("CPU", 5, right=True, from_width=100),
    Column("MEM", 5, right=True, from_width=100),
    Column("WHY", 0),
)
VMS = (
    Column("STATUS", 18),
    Column("VM", 28),
    Column("HOST", 20),
    Column("CLUSTER", 14, from_width=90),
    Column("FOR", 6, right=True),
    Column("WHY", 0),
)
VMS_OF_HOST = tuple(one for one in VMS if one.title not in ("HOST", "CLUSTER"))
CLUSTERS = (Column("CLUSTER", 14), Column("HOSTS", 22), Column("VMS", 0))
EVENTS = (
    Column("TIME", 8),
    Column("WHAT", 20),
    Column("OF", 18),
    Column("CHANGE", 26, from_width=120),
    Column("WHERE", 18, from_width=72),
    Column("WHY", 0),
)
STATUS_WIDTH = 15
"""So wide at least, so that the columns behind it stay where they are as long as they can."""


def statuses(counts: Iterable[Look]) -> list[str]:
    """What the column of statuses must have room for."""
    return ["-" * STATUS_WIDTH, *(f"{look.glyph} {look.word}" for look in counts)]


def host_cells(known: Known, host: Host) -> tuple[Cells, ...]:
    """A host's line."""
    fleet, now = known.fleet, known.now
    look, sample = fleet.look(host, now), host.sample
    why = "" if look.rank == WELL else _why(host, look)
    return (
        _status(look),
        (Cell(host.id, "text", look.rank < WELL),),
        (Cell(host.cluster, "faint"),),
        (Cell(span(now - host.since), "faint" if look.rank == WELL else "text"),),
        (_heard(fleet, host, now),),
        (Cell(str(fleet.count_on(host.id)), "faint"),),
        (Cell(_percent(sample.cpu_percent), "faint"),),
        (Cell(_percent(sample.memory_percent), "faint"),),
        (Cell(why, "text"),),
    )


def vm_cells(known: Known, vm: Vm) -> tuple[Cells, ...]:
    """A VM's line."""
    fleet, now = known.fleet, known.now
    look = fleet.look(vm, now)
    why = "" if look.rank == WELL else vm.why or (f"[{vm.rule}]" if vm.rule else "")
    return (
        _status(look),
        (Cell(vm.called, "text", look.rank < WELL),),
        (Cell(vm.run_on or "—", "text" if vm.run_on else "faint"),),
        (Cell(fleet.cluster_of(vm), "faint"),),
        (Cell(span(now - vm.since), "faint" if look.rank == WELL else "text"),),
        (Cell(why, "text"),),
    )


def vm_of_host_cells(known: Known, vm: Vm) -> tuple[Cells, ...]:
    """A VM's line where all are on one host."""
    status, name, _, _, *more = vm_cells(known, vm)
    return status, name, *more


def cluster_cells(cluster: Cluster) -> tuple[Cells, ...]:
    """A cluster's line: how many of its hosts and VMs are how."""
    name = Cell(cluster.name or "none", "text" if cluster.name else "faint", True)
    return (name,), tuple(_summary(cluster.hosts)), tuple(_summary(cluster.vms))


def event_cells(line: Line) -> tuple[Cells, ...]:
    """An event's line; of many alike how many things they are about."""
    told = line.told
    story, tone = retold.story(told), retold.tone(told)
    loud = tone != "faint"
    again = f" ({told.times} times)" if told.times > 1 else ""
    away = " (while vurti was not running)" if told.restart else ""
    at = time.strftime("%H:%M:%S", time.localtime(told.at))
    where = f"⇒ {told.to}" if told.to else retold.where(told)
    things = "hosts" if told.vm is None else "VMs"
    many = line.many > 1
    return (
        (Cell(at, "faint"),),
        (Cell(f"{story.glyph} ", tone, loud), Cell(story.words, tone, loud)),
        (Cell(f"{line.many:,} {things}" if many else told.called, "text", loud or many),),
        (Cell(retold.change(told), tone),),
        (Cell(line.where if many else where, "text"),),
        (Cell(told.reason + again + away, "text" if loud else "faint"),),
    )


def _status(look: Look) -> Cells:
    return Cell(f"{look.glyph} ", look.tone, True), Cell(look.word, look.tone, look.rank < MOVING)


def _why(host: Host, look: Look) -> str:
    """What made it so, in words; at least the rule."""
    if look.word == looks.STALE:
        return "nothing is heard of it"
    if look.word == looks.SLOW:
        return f"takes {host.took_secs:.1f} s to answer"
    if host.maintenance is not None and host.maintenance.why:
        return host.maintenance.why
    reason = "" if host.reason == "NONE" else host.reason
    return host.why or reason or (f"[{host.rule}]" if host.rule else "")


def _heard(fleet: Fleet, host: Host, now: float) -> Cell:
    """How old what is known of it is."""
    age = span(None if host.heard_at is None else now - host.heard_at)
    if fleet.stale(host.id, now):
        return Cell(f"▒ {age}", "stale", True)
    return Cell(age, "faint")


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} %"


def _summary(counts: Counter[Look]) -> Iterator[Cell]:
    """How many in all, and by glyph, worst first."""
    yield Cell(f"{counts.total():>6,} ", "text")
    for look, count in sorted(counts.items()):
        if count:
            yield Cell(f" {look.glyph} {count:,}", look.tone, look.rank < MOVING)
