"""Storing: what a change and a sample cost on SQLite and on PostgreSQL."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.registry import OURS, Figure, Run, benchmark
from benchmarks.writers import OLD_SELECT, OLD_UPDATE, ROUND_WINDOWS, WORKER, Fleet
from benchmarks.written import SETTINGS, InFile, OnServer, Store
from tests.postgres.server import Server
from vurti.repository import open_repository

HOSTS, VMS, OLD_VMS, WINDOWS = 120, 3600, 300, 8
CHANGING = (12, 100, 1000)
LIMIT, OLD = "in bulk by hand", "SELECT and UPDATE"
_TWELVE = ", ".join(f"c{n} text" for n in range(11))
_UPSERT = (
    f"insert into bulk values (?{', ?' * 11}) on conflict (id) do update set "  # noqa: S608  ours
    + ", ".join(f"c{n} = excluded.c{n}" for n in range(11))
)


@benchmark("store", "Storing", "µs a VM")
def storing(run: Run) -> Iterator[Figure]:
    """The writer's commits by themselves: so many of 3,600 VMs change in a window, each a row and
    an event of the log; or all VMs of 120 hosts are sampled, two hosts in each of 60 windows. The
    limit writes rows of 12 columns in bulk, one transaction a window: executemany of an upsert on
    SQLite, COPY on PostgreSQL. The old way is a SELECT and an UPDATE of each VM, each a transaction
    by itself. CPU of the client."""
    with tempfile.TemporaryDirectory() as home, Server(**SETTINGS) as server:
        for store in (InFile(Path(home)), OnServer(server)):
            yield from _of(store, run)


def _of(store: Store, run: Run) -> Iterator[Figure]:
    with open_repository(store.url, "system", WORKER) as repository:
        repository.start()
        store.follow(repository)
        fleet = Fleet(repository, HOSTS, VMS)
        bulk = Bulk(store)
        for number in range(run.rounds):
            for changing in CHANGING:
                row = f"{store.name}, {changing:,} of {VMS:,} VMs change"
                yield Figure(row, OURS, _changed(fleet, changing))
                yield Figure(row, LIMIT, spent(lambda: bulk.write(changing), WINDOWS) / changing)  # noqa: B023  run at once
            yield from _sampled(store, fleet, bulk, number)


def _changed(fleet: Fleet, changing: int) -> float:
    fleet.cpu = 0.0
    for _ in range(WINDOWS):
        fleet.change(changing)
    return 1e6 * fleet.cpu / WINDOWS / changing


def _sampled(store: Store, fleet: Fleet, bulk: "Bulk", number: int) -> Iterator[Figure]:
    row = f"{store.name}, all VMs are sampled"
    fleet.sample(2 * number)
    fleet.cpu = 0.0
    fleet.sample(2 * number + 1)
    yield Figure(row, OURS, 1e6 * fleet.cpu / VMS)
    each = VMS // ROUND_WINDOWS
    yield Figure(row, LIMIT, spent(lambda: bulk.write(each), ROUND_WINDOWS) / each)
    ids = [one[0] for one in store.execute("select id from vm_dynamic limit ?", OLD_VMS)]
    yield Figure(row, OLD, spent(lambda: _old(store, ids), 1) / len(ids))


def _old(store: Store, ids: list[str]) -> None:
    for vm in ids:
        store.execute(OLD_SELECT, vm)
        store.execute(OLD_UPDATE, vm)


def spent(action: Callable[[], None], times: int) -> float:
    """Microseconds of CPU for each."""
    began = time.process_time()
    for _ in range(times):
        action()
    return 1e6 * (time.process_time() - began) / times


class Bulk:
    """As quickly as rows can be written at all: no question is asked, nothing is numbered."""

    def __init__(self, store: Store) -> None:
        self._store, self._turn = store, 0
        store.execute(f"create table bulk (id text primary key, {_TWELVE})")

    def write(self, count: int) -> None:
        """So many rows, in one transaction."""
        self._turn += 1
        rows = [(f"id-{n}", *[f"value {self._turn + n + k}" for k in range(11)])
                for n in range(count)]  # fmt: skip
        self._store.bulk("bulk", _UPSERT, rows)
