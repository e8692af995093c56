"""One VM or host in lines: how it is, why, its story, and what else is known of it."""

import time
from collections.abc import Iterator, Sequence

from vurti.cli.terminal import retold
from vurti.cli.terminal.drawn.cells import Cell, Cells, span
from vurti.cli.terminal.fleet import Host, Vm
from vurti.cli.terminal.known import Known
from vurti.cli.terminal.lanes import lanes
from vurti.cli.terminal.told import EventTold, Explained
from vurti.model.explanation import Said

SAME_MOMENT_SECS = 0.002
NOT_STORED = "  the answer behind it is not stored, or not yet"
LANE, BESIDE_LANES, LANES_MAX = 9, 92, 6

Found = Explained | str | None


def vm(known: Known, thing: str, found: Found, width: int) -> Iterator[Cells]:
    """The whole page of a VM."""
    vm = known.fleet.vms.get(thing)
    yield ()
    yield _title("VM", vm.called if vm is not None else thing, thing)
    if vm is None:
        yield (Cell("   it is not there any more", "warn"),)
    else:
        yield from _vm_facts(known, vm)
    yield from _why(known, found)
    yield ()
    yield (Cell(" story, newest first", "accent", True),)
    yield from story(known, found, width)
    if isinstance(found, Explained):
        yield from _besides(known, found)


def host(known: Known, thing: str, found: Found) -> Iterator[Cells]:
    """How a host is, and why."""
    host = known.fleet.hosts.get(thing)
    yield _title("host", thing, host.cluster if host is not None else "")
    if host is None:
        yield (Cell("   it is not watched any more", "warn"),)
    else:
        yield from _host_facts(known, host)
    yield from _why(known, found)


def story(known: Known, found: Found, width: int) -> Iterator[Cells]:
    """Each event: when, what, where, why, by which rule, on whose word. Where there is room, and it
    was on more than one host, each of these has a lane."""
    if not isinstance(found, Explained):
        yield (Cell(f"   {found or 'is asked for …'}", "faint"),)
        return
    drawn = lanes(found.events, LANE, max(1, min(LANES_MAX, (width - BESIDE_LANES) // LANE)))
    with_lanes = len(drawn.hosts) > 1
    if with_lanes:
        more = f"and {drawn.more} more before" if drawn.more else ""
        names = "".join(f"{name[: LANE - 1]:<{LANE}}" for name in drawn.hosts)
        yield (Cell(" " * 55), Cell(names, "calm", True), Cell(more, "faint"))
    for at in range(len(found.events) - 1, -1, -1):
        told = found.events[at]
        lane = drawn.rows[at] if with_lanes else None
        yield tuple(_line(told, _word(found, told), lane, known.now))


def _line(told: EventTold, said: Said | None, lane: str | None, now: float) -> Iterator[Cell]:
    what, tone = retold.story(told), retold.tone(told)
    loud = tone != "faint"
    yield Cell(f"   {_when(told.at, now)}  ", "faint")
    yield Cell(f"{what.glyph} {what.words:<19} ", tone, loud)
    if lane is not None:
        yield Cell(f"{told.after or 'gone':<17}", tone)
        yield Cell(lane, tone if loud else "calm")
    else:
        where = retold.where(told) if told.vm is not None else ""
        yield Cell(f"{retold.change(told)}  ", tone)
        yield Cell(f"{where}  " if where else "", "calm")
    yield Cell(told.reason or "no reason told", "text")
    yield Cell(f"  {told.times} times" if told.times > 1 else "", "warn")
    yield Cell("  while vurti was not running" if told.restart else "", "warn")
    yield Cell(f"  [{told.rule}]" if told.rule else "", "faint")
    if said is not None:
        yield from _whose(said)


def _when(at: float, now: float) -> str:
    """The time of day; of another day the day, too."""
    then = time.localtime(at)
    today = then[:3] == time.localtime(now)[:3]
    return time.strftime("%H:%M:%S   " if today else "%m-%d %H:%M", then)


def _word(found: Explained, told: EventTold) -> Said | None:
    """On whose word it was decided, if that is still kept."""
    near = (
        one for one in found.accepted
        if one.rule == told.rule and abs(one.at - told.at) < SAME_MOMENT_SECS
    )  # fmt: skip
    return next(near, None)


def _title(noun: str, name: str, more: str) -> Cells:
    beside = f"  {more}" if more and more != name else ""
    return Cell(f" {noun} ", "faint"), Cell(name, "text", True), Cell(beside, "faint")


def _vm_facts(known: Known, vm: Vm) -> Iterator[Cells]:
    fleet, now = known.fleet, known.now
    look = fleet.look(vm, now)
    host = fleet.hosts.get(vm.run_on) if vm.run_on is not None else None
    where = f"  on {vm.run_on}" if vm.run_on else "  no host holds it"
    heard = _heard(known, host) if host is not None else Cell("")
    since = f"  for {span(now - vm.since)}"
    yield Cell(f"   {look.glyph} {look.word}", look.tone, True), Cell(since), Cell(where), heard


def _host_facts(known: Known, host: Host) -> Iterator[Cells]:
    look, sample = known.fleet.look(host, known.now), host.sample
    told = Cell(f"   {look.glyph} {look.word}", look.tone, True)
    figures = []
    if sample.cpu_percent is not None:
        figures.append(f"CPU {sample.cpu_percent:.0f} %")
    if sample.memory_percent is not None:
        figures.append(f"memory {sample.memory_percent:.0f} %")
    since = Cell(f"  for {span(known.now - host.since)}")
    yield told, since, _heard(known, host), Cell("   " + "  ".join(figures), "faint")
    if host.maintenance is not None:
        until = host.maintenance.until
        end = f", for another {span(until - known.now)}" if until is not None else ""
        yield (Cell(f"   taken away: {host.maintenance.why or 'nobody said why'}{end}", "calm"),)


def _heard(known: Known, host: Host) -> Cell:
    age = span(None if host.heard_at is None else known.now - host.heard_at)
    stale = known.fleet.stale(host.id, known.now)
    return Cell(f"  ▒ stale: last heard {age} ago" if stale else f"  heard {age} ago",
                "stale" if stale else "faint", stale)  # fmt: skip


def _why(known: Known, found: Found) -> Iterator[Cells]:
    """The rule that made it so, and on whose word."""
    if not isinstance(found, Explained):
        return
    said = found.decided
    about = said.about if said is not None else found.events[-1].reason if found.events else ""
    yield (
        Cell("   because ", "faint"),
        Cell(about or "nobody told why"),
        Cell(f"  [{found.rule}]", "faint"),
        *(_whose(said) if said is not None else [Cell(NOT_STORED, "faint")]),
    )
    if found.exit_message:
        yield (Cell("   it said ", "faint"), Cell(found.exit_message))


def _whose(said: Said) -> Iterator[Cell]:
    if said.host:
        yield Cell(f"  on the word of {said.host}", "faint")
        if said.asked is not None:
            yield Cell(f", asked {1000 * (said.at - said.asked):.0f} ms before", "faint")


def _besides(known: Known, found: Explained) -> Iterator[Cells]:
    """What did not count, what is waited for, announced and to be done."""
    sections: tuple[tuple[str, Sequence[str]], ...] = (
        ("did not count", [_rejected(known, one) for one in reversed(found.rejected)]),
        ("waits", [f"in {span(one.due - known.now)}: {one.would}" for one in found.waiting]),
        ("announced", [f"{one.kind}  {one.why}" for one in found.expectations]),
        ("to be done", [f"{one.kind}  {one.reason}" for one in found.intents]),
    )
    for title, lines in sections:
        if lines:
            yield ()
            yield (Cell(f" {title}", "accent", True),)
            yield from ((Cell(f"   {line}"),) for line in lines)


def _rejected(known: Known, said: Said) -> str:
    times = f"  ({said.times} times or more)" if said.times > 1 else ""
    return f"{span(known.now - said.at)} ago  {said.host}  {said.about}  [{said.rule}]{times}"
