"""The whole: hosts answer over sockets, `vurti run` polls, decides, explains, logs and stores.

What is counted is the CPU of vurti's process (all its threads) for each VM in an answer about all
VMs of a host, while 1 % of the VMs change their state with each answer.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.limits import MSGSPEC, ORJSON, RECEIVE
from benchmarks.old_way import driven
from benchmarks.peer import Peer
from benchmarks.process import printed
from benchmarks.registry import Figure, Run, benchmark
from benchmarks.watching import Pace, Watch, watching
from tests.ports import free_port
from tests.postgres.server import Server

HOSTS, VMS, CHANGING, OLD_HOSTS = 200, 30, 0.01, 25
SECS, SETTLE_SECS, OLD_SECS, LIMIT_POLLS = 6.0, 6.0, 4.0, 600
MISSED_SHARE_MAX, TRIES = 0.03, 5
"""Where a machine with other work lets more time out, it is measured again."""
USUAL, OFTEN, EACH_STORED = Pace(1.0, 7.5), Pace(0.2, 1.5), Pace(1.0, 1.0)
"""As often for its statistics as by default (every 7.5th time), and with each answer."""


class Watched(NamedTuple):
    """A row: how hosts are watched, and what it is compared with. `store` is "sqlite" or
    "postgresql", `olds` are those of the old way."""

    scheme: str = "vdsm+tcp"
    pace: Pace = USUAL
    store: str = "sqlite"
    hosts: int = HOSTS
    limits: tuple[str, ...] = (RECEIVE, MSGSPEC, ORJSON)
    olds: tuple[str, ...] = ()


ROWS = {
    "SQLite": Watched(olds=("sqlite",)),
    "SQLite, five times a second": Watched(pace=OFTEN),
    "SQLite, each sample stored": Watched(pace=EACH_STORED, olds=("sqlite", "peewee")),
    "PostgreSQL, each sample stored": Watched(
        pace=EACH_STORED, store="postgresql", olds=("postgresql",)
    ),
}
SOURCES = {
    "STOMP": Watched(limits=(RECEIVE,)),
    "STOMP, TLS": Watched("vdsm", limits=(RECEIVE,)),
    "JSON over requests": Watched("json+http", limits=(RECEIVE,)),
    "libvirt": Watched("qemu+tcp", limits=(RECEIVE,)),
    "XML-RPC over requests": Watched("vdsm+http", hosts=20, limits=(RECEIVE,)),
}
"""Few hosts where XML alone would take a whole core."""


@benchmark("end-to-end", "End to end", "µs a VM-sample")
def end_to_end(run: Run) -> Iterator[Figure]:
    """200 hosts with 30 VMs each answer over STOMP without TLS, once a second; 1 % of the VMs
    change with each answer. vurti has evidence, metrics, API and a log of each event, and stores in
    a file of SQLite or in PostgreSQL. The limits ask as many times a second for the same bytes over
    framed sockets and do nothing with them, decode 13 fields of each VM, or all by orjson. (Whoever
    asks without a pause finds all in the caches, and has a third of that: see "Asking a host".)
    Where hosts are asked five times a second, as many more VMs change. The old way watches 25
    hosts, each by a thread: requests, json, one exclusive lock, and for each VM of each answer a
    SELECT and an UPDATE of state and samples, in one transaction an answer; SQLite by hand, by
    peewee, and PostgreSQL by prepared statements. It always stores each sample. CPU of the process,
    for each VM in an answer about all VMs; not that of the database's server."""
    with Server() as server:
        for row, how in ROWS.items():
            yield from watched(row, how, run, server)


@benchmark("sources", "End to end, by source", "µs a VM-sample")
def sources(run: Run) -> Iterator[Figure]:
    """The same with each source, statistics at every 7.5th poll, in SQLite: 200 hosts with 30 VMs
    each, once a second; 20 hosts by XML-RPC. JSON, also that of agents, is padded to the size of
    vdsm's; libvirt tells states in a tenth of that. Prepared hosts share one certificate, so agents
    over TLS, whose names are checked, are measured one by one only. The limit receives the answer
    about states over a socket by hand, and does nothing with it."""
    for row, how in SOURCES.items():
        yield from watched(row, how, run)


def watched(row: str, how: Watched, run: Run, server: Server | None = None) -> Iterator[Figure]:
    """All rounds of a row. What it is compared with asks hosts of its own."""
    with ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        keys = Path(directory) / "keys"
        others = stack.enter_context(peer(how, OLD_HOSTS, keys))
        ours = []
        for way, checkout in run.checkouts():
            hosts = stack.enter_context(peer(how, run.many(how.hosts), keys))
            store = server.create() if server is not None and how.store == "postgresql" else ""
            home = Path(directory) / way
            given = (hosts, home, how.pace, how.scheme, store, checkout, keys)
            ours.append((way, stack.enter_context(watching(*given)), hosts))
        for _, watch, _ in ours:
            watch.until_known()
        time.sleep(run.secs(SETTLE_SECS))
        for _ in range(run.rounds):
            yield from compared(row, how, others, run, server)
            for way, watch, hosts in ours:
                yield Figure(row, way, measured(watch, hosts, run.secs(SECS)))


def peer(how: Watched, hosts: int, keys: Path) -> Peer:
    """Prepared hosts for a row, with TLS where it is asked for."""
    return Peer(free_port(), hosts, VMS, CHANGING, keys if how.scheme == "vdsm" else None)


def compared(
    row: str, how: Watched, hosts: Peer, run: Run, server: Server | None
) -> Iterator[Figure]:
    """The limits and the old ways, once."""
    url = hosts.urls(how.scheme)["host-00001"]
    paced = (
        str(run.many(LIMIT_POLLS)),
        str(OLD_HOSTS),
        str(how.pace.status_secs * OLD_HOSTS / how.hosts),
    )
    for what in how.limits:
        cost = float(printed("-m", "benchmarks.limits", url, what, *paced))
        yield Figure(row, what, cost / hosts.vms)
    for name in how.olds:
        with tempfile.TemporaryDirectory() as home:
            store = f"{name}://{home}/{name}.db"
            if name == "postgresql" and server is not None:
                store = server.create()
            cost = driven.cost(hosts, store, OLD_HOSTS, run.secs(OLD_SECS))
            yield Figure(row, f"old way: {name}", cost)


def measured(watch: Watch, peer: Peer, secs: float) -> float:
    """The same, of one that runs."""
    missed = polls = 0
    for _ in range(TRIES):
        told = len(watch.summaries())
        usage, counts = watch.usage(), peer.counts()
        scrape(watch, secs)
        spent, answers = watch.usage().cpu_secs - usage.cpu_secs, peer.counts().since(counts).whole
        during = watch.summaries()[told:]
        missed, polls = sum(one["misses"] for one in during), sum(one["polls"] for one in during)
        if missed <= MISSED_SHARE_MAX * polls:
            return 1e6 * spent / (answers * peer.vms)
    raise RuntimeError(f"{missed} of {polls} polls were missed: the figure is of something else")


def scrape(watch: Watch, secs: float) -> None:
    """Have its metrics asked for, every five seconds."""
    until = time.monotonic() + secs
    while (left := until - time.monotonic()) > 0:
        watch.metrics()
        time.sleep(min(5.0, left))
