"""The quiet hour of the best-known published study, repeated."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.peer import Peer
from benchmarks.registry import OURS, Figure, Run, benchmark
from benchmarks.watching import Pace, Watch, watching
from benchmarks.written import SETTINGS
from tests.ports import free_port
from tests.postgres.server import Server

VMS, CYCLES, MOMENTS = 6000, 240, 3  # an odd number: states and statistics take turns
PACE = Pace(1.5, 1.5)
PUBLISHED = {
    "CPU, s": {"engine of 4.1": 1789.0, "engine of 3.6": 2297.0},
    "CPU of monitoring code alone, s": {"engine of 4.1": 814.0, "engine of 3.6": 1451.0},
    "CPU of storing alone, s": {"engine of 4.1": 114.0, "engine of 3.6": 546.0},
    "memory, MiB": {"engine of 4.1": 1200.0, "engine of 3.6": 1450.0},
}
"""A. Hadas, "Monitoring improvements in oVirt", 2016: an engine for a host with 6,000 VMs, none of
which changes, on a simulated vdsm, for an hour of 240 cycles. Memory is the peak of its heap."""
_COUNT = """
select coalesce(sum(calls), 0)::bigint,
       coalesce(sum(rows) filter (where query ~* {write}), 0)::bigint
from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = '{database}'
"""
_STATE = "'^(insert into|update|delete from) (vm_dynamic|vds_dynamic|event_log)'"
_ALL = "'^(insert|update|delete)'"


class Counted(NamedTuple):
    """Statements, rows that they wrote, and of these the rows of state and log."""

    statements: int
    rows: int
    state_rows: int


@benchmark("quiet-hour", "The quiet hour of the published study")
def quiet_hour(run: Run) -> Iterator[Figure]:
    """One host with 6,000 VMs of which none changes its state, while all samples move; asked for
    its states and for its statistics in each of 240 cycles, stored in PostgreSQL. The study asked
    every 15 s for an hour; here a cycle has 1.5 s, and rounds are parts of the hour that are told
    for all of it. The published figures (A. Hadas, Monitoring improvements in oVirt, 2016) are of
    the whole engine on other hardware: they say of which order the cost is, no more."""
    with tempfile.TemporaryDirectory() as directory, Server(**SETTINGS) as server:
        server.sql("create extension if not exists pg_stat_statements")
        url = server.create("quiet")
        with (
            Peer(free_port(), 1, VMS, moments=MOMENTS) as peer,
            watching(peer, Path(directory) / "vurti", PACE, store=url) as watch,
        ):
            watch.until_known()
            watch.until_stored()
            for _ in range(run.rounds):
                yield from _part(watch, peer, server, run.many(CYCLES // run.rounds))
    for row, published in PUBLISHED.items():
        yield from (Figure(row, who, value) for who, value in published.items())


def _part(watch: Watch, peer: Peer, server: Server, cycles: int) -> Iterator[Figure]:
    server.sql("select pg_stat_statements_reset()")
    usage, whole = watch.usage(), peer.counts().whole
    while peer.counts().whole < whole + 2 * cycles:  # states, and statistics
        assert watch.process.poll() is None, "it has ended"
        time.sleep(0.05)
    spent, counted = watch.usage(), _counted(server)
    share = CYCLES / ((peer.counts().whole - whole) / 2)
    yield Figure("CPU, s", OURS, share * (spent.cpu_secs - usage.cpu_secs))
    yield Figure("memory, MiB", OURS, spent.rss_kib / 1024)
    yield Figure("statements", OURS, share * counted.statements)
    yield Figure("rows of samples written", OURS, share * (counted.rows - counted.state_rows))
    yield Figure("rows of state and log written", OURS, share * counted.state_rows)


def _counted(server: Server) -> Counted:
    def count(write: str) -> tuple[int, int]:
        ((statements, rows),) = server.sql(_COUNT.format(write=write, database="quiet"))
        return statements, rows

    statements, rows = count(_ALL)
    return Counted(statements, rows, count(_STATE)[1])
