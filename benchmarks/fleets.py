"""Whole fleets in one process: how much of a core they take, and whether polls leave in time."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.end_to_end import scrape
from benchmarks.peer import Peer
from benchmarks.registry import Figure, Run, benchmark
from benchmarks.watching import Pace, Watch, watching
from tests.ports import free_port

VMS, CHANGING, SECS, CALM_SECS_MAX, KNOWN_SECS_MAX = 30, 0.001, 10.0, 120.0, 1200.0

STATISTICS_EVERY = 7.5
"""So many times as seldom as for states."""


class Fleet(NamedTuple):
    """So many hosts, asked for their states so often."""

    hosts: int
    secs: float


FLEETS = [Fleet(1000, 1.0), Fleet(5000, 2.2), Fleet(10_000, 5.0)]


@benchmark("fleets", "Whole fleets", apart=True)
def fleets(run: Run) -> Iterator[Figure]:
    """Hosts with 30 VMs each over STOMP without TLS, stored in SQLite, with evidence, metrics, API
    and a log of each event; 0.1 % of the VMs change with each answer, and statistics are asked for
    with every 7.5th poll. "Start" is until all VMs are known; what follows begins once polls leave
    in time again, or after two minutes. "Made" are polls, of those that are due: where a whole core
    is taken, beats for which it is too late are left out, which is no miss. "Late" is the worst
    second of a round, "missed" are polls without an answer, a host's memory is all of the process
    divided among them."""
    for fleet in FLEETS:
        yield from _measured(fleet, run)


def _measured(fleet: Fleet, run: Run) -> Iterator[Figure]:
    hosts = run.many(fleet.hosts)
    row = f"{hosts:,} hosts × {VMS} VMs every {fleet.secs:g} s"  # noqa: RUF001  as written
    pace = Pace(fleet.secs, STATISTICS_EVERY * fleet.secs)
    due = hosts * (1 / pace.status_secs + 1 / pace.statistics_secs)
    with (
        tempfile.TemporaryDirectory() as directory,
        Peer(free_port(), hosts, VMS, CHANGING) as peer,
        watching(peer, Path(directory), pace) as watch,
    ):
        watch.until_known(KNOWN_SECS_MAX)
        yield Figure(row, "start, s of CPU", watch.usage().cpu_secs)
        _until_calm(watch, fleet)
        for _ in range(run.rounds):
            yield from _round(row, watch, peer, run.secs(SECS), due)
        memory = watch.usage().rss_kib
        yield Figure(row, "memory, MiB", memory / 1024)
        yield Figure(row, "KiB a host", memory / hosts)


def _until_calm(watch: Watch, fleet: Fleet) -> None:
    until = time.monotonic() + CALM_SECS_MAX
    time.sleep(2 * fleet.secs)
    while watch.summaries()[-1]["late_p99_secs"] > 0.05 and time.monotonic() < until:
        time.sleep(1.0)


def _round(row: str, watch: Watch, peer: Peer, secs: float, due: float) -> Iterator[Figure]:
    """`due` are polls a second."""
    told, counts = len(watch.summaries()), peer.counts()
    used, began = watch.usage(), time.monotonic()
    scrape(watch, secs)
    took, spent = time.monotonic() - began, watch.usage().cpu_secs - used.cpu_secs
    answers = peer.counts().since(counts).whole
    during = watch.summaries()[told:]
    polls, missed = (sum(one[name] for one in during) for name in ("polls", "misses"))
    yield Figure(row, "% of a core", 100 * spent / took)
    yield Figure(row, "µs a VM-sample", 1e6 * spent / (answers * VMS))
    yield Figure(row, "made, %", 100 * answers / (due * took))
    yield Figure(row, "late p99, ms", 1000 * max(one["late_p99_secs"] for one in during))
    yield Figure(row, "missed, %", 100 * missed / max(polls, 1))
