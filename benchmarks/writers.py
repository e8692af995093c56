"""What it costs to store a fleet, on SQLite and on PostgreSQL: transactions, statements, WAL.

    python -m benchmarks.writers [--vms 30000] [--hosts 1000] [--variants]

Nothing is timed but CPU; all else is counted by the database itself. The windows and the rounds of
statistics that five minutes have are written one behind the other, from one checkpoint to the next,
and told for a day. The old way stands beside it in the same run: in each cycle a SELECT and an
UPDATE of every VM. `--variants` also keeps PostgreSQL's statistics in other ways.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.written import SETTINGS, InFile, OnServer, Store, Written
from tests.postgres.server import Server
from vurti.events import event
from vurti.model import Row, Statistics, Vds, VdsStatistics, Vm, VmStatistics, VmStatus
from vurti.model.commit import Commit
from vurti.repository import Repository, open_repository

WINDOWS = 4 * 300
"""Those of a quarter of a second in five minutes."""
ROUNDS, ROUND_WINDOWS = 20, 60
"""Those of statistics in five minutes, each spread over fifteen seconds of windows."""
OLD_VMS, OLD_CYCLES_A_DAY = 1500, 86_400 // 15
OLD_SELECT = "select status, run_on from vm_dynamic where scope = 'system' and id = ?"
OLD_UPDATE = "update vm_dynamic set observed_at = observed_at + 1 where scope = 'system' and id = ?"
DAY = 288  # times five minutes
WORKER = SimpleNamespace(run=lambda function, *args: function(*args))


class Fleet:
    """So many hosts and VMs in a repository, whose VMs change as they are told."""

    def __init__(self, repository: Repository, hosts: int, vms: int) -> None:
        self.repository, self._number, self._next, self.cpu = repository, 0, 0, 0.0
        self._each = vms // hosts
        self.hosts = [f"host-{n:05}.example.com" for n in range(hosts)]
        self._rows = [
            Row(Vm(f"9c5e5d2a-6a5e-4f4e-8f5a-{n:012}", f"web-{n}", VmStatus.UP, self._host(n)), 1)
            for n in range(vms)
        ]
        self._commit(tuple(Row(Vds(host, "east"), 1) for host in self.hosts), (), ())
        for start in range(0, vms, 2000):
            self._commit((), tuple(self._rows[start : start + 2000]), ())

    def _host(self, vm: int) -> str:
        """VMs are found host by host, so those of one stand side by side."""
        return self.hosts[min(vm // self._each, len(self.hosts) - 1)]

    def _commit(self, vdss: tuple[Row, ...], vms: tuple[Row, ...], events: tuple[Any, ...]) -> None:
        self._number += 1
        commit = Commit(self._number, self._number, vdss, vms, events)
        began = time.process_time()
        self.repository.commit(commit)
        self.cpu += time.process_time() - began

    def change(self, count: int) -> None:
        """The next so many VMs change in one window."""
        rows, told = [], []
        for _ in range(count):
            place = self._next = (self._next + 7919) % len(self._rows)
            row = self._rows[place]
            assert isinstance(row.value, Vm)
            status = VmStatus.PAUSED if row.value.status is VmStatus.UP else VmStatus.UP
            after = Vm(row.value.id, row.value.name, status, row.value.run_on)
            new = self._rows[place] = Row(after, row.seq + 1, 0.0, time.time(), "7.2 other state")
            rows.append(new)
            told.append(
                event(
                    row.value, after, id=f"system.1.c0ffee.{after.id}.{new.seq}", seq=new.seq,
                    seq_first=new.seq, rule=new.rule, observed_at=new.observed_at,
                )
            )  # fmt: skip
        self._commit((), tuple(rows), tuple(told))

    def sample(self, number: int) -> None:
        """One round of statistics, all of which differ from those before, window by window."""
        at = 1e9 + 15 * number
        for window in range(ROUND_WINDOWS):
            hosts = range(window, len(self.hosts), ROUND_WINDOWS)
            sampled = [self._sampled(host, at) for host in hosts]
            began = time.process_time()
            self.repository.save_statistics(sampled)
            self.cpu += time.process_time() - began

    def _sampled(self, host: int, at: float) -> Statistics:
        step = int(at)
        vms = {
            row.value.id: VmStatistics(
                cpu_percent=step % 100 / 1.7, cpu_time_ns=step * 10**7, vcpus=4,
                memory_kb=4_194_304, memory_max_kb=8_388_608, rss_kb=4_000_000 + step % 999,
                disk_read_bytes=step * 4096, disk_write_bytes=step * 8192,
                net_rx_bytes=step * 1500, net_tx_bytes=step * 900,
                cpu_user_percent=step % 90 / 1.3, cpu_sys_percent=step % 10 / 1.9,
                memory_percent=step % 80 / 1.1,
            )
            for row in self._rows[host * self._each : (host + 1) * self._each]
        }  # fmt: skip
        return Statistics(self.hosts[host], at, VdsStatistics(step % 100 / 1.3, 2**28), vms)


def main() -> None:
    """Both databases, one behind the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--vms", type=int, default=30_000)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--variants", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        tell(InFile(Path(home)), args.hosts, args.vms)
    with Server(**SETTINGS) as server:
        tell(OnServer(server), args.hosts, args.vms)
        for name, sql in VARIANTS.items() if args.variants else ():
            vary(OnServer(server), name, sql, args.hosts, args.vms)
        if args.variants:
            arrays(OnServer(server), args.hosts, args.vms)


def tell(store: Store, hosts: int, vms: int) -> None:
    """Print what one database says."""
    print(f"\n{store.name}, {vms} VMs on {hosts} hosts")
    with open_repository(store.url, "system", WORKER) as repository:
        repository.start()
        store.follow(repository)
        fleet = Fleet(repository, hosts, vms)
        for changed in (1, 12, 100, 500, 2000):
            windows = 8
            fleet.cpu = 0.0
            written = measured(store, partial(fleet.change, changed), windows)
            print(
                f"  {changed:5} VMs change in a window: {written.transactions / windows:.1f}"
                f" transactions, {written.statements / windows:.0f} statements,"
                f" {fleet.cpu / windows / changed * 1e6:.0f} µs a VM"
            )
        store.checkpoint()
        written = measured(store, partial(fleet.change, 12), WINDOWS)
        daily("state and log, 48 VMs change a second", written)
        statistics(store, fleet, vms)
        old_way(store, vms)


def measured(store: Store, action: Callable[[], object], times: int) -> Written:
    """What so many calls wrote."""
    before = store.counted()
    for _ in range(times):
        action()
    return store.counted() - before


def statistics(store: Store, fleet: Fleet, vms: int, name: str = "statistics") -> None:
    """Five minutes of them."""
    rounds = iter(range(ROUNDS + 1))
    fleet.sample(next(rounds))  # the first makes the rows
    store.checkpoint()
    fleet.cpu = 0.0
    written = measured(store, lambda: fleet.sample(next(rounds)), ROUNDS)
    daily(f"{name}, {fleet.cpu / ROUNDS / vms * 1e6:.1f} µs a VM and round", written)


def daily(what: str, written: Written) -> None:
    """Five minutes, told for a day."""
    print(
        f"  {what}: {written.wal_bytes * DAY / 1e9:.1f} GB of WAL a day,"
        f" {written.transactions / 300:.1f} transactions/s"
    )


def old_way(store: Store, vms: int) -> None:
    """A SELECT and an UPDATE of every VM, each by itself; a part of the VMs stands for all."""
    ids = [row[0] for row in store.execute("select id from vm_dynamic limit ?", OLD_VMS)]
    store.checkpoint()

    def cycle() -> None:
        for id_ in ids:
            store.execute(OLD_SELECT, id_)
            store.execute(OLD_UPDATE, id_)

    cpu = time.process_time()
    written = measured(store, cycle, 1)
    cpu = time.process_time() - cpu
    share = vms / len(ids)
    print(
        f"  the old way: {2 * vms} statements and {written.transactions * share:.0f} transactions a"
        f" cycle, {written.wal_bytes * share * OLD_CYCLES_A_DAY / 1e9:.0f} GB of WAL a day,"
        f" {cpu / len(ids) * 1e6:.0f} µs a VM and cycle"
    )


VARIANTS = {
    "logged, pages full": ("set logged", "set (fillfactor = 100)"),
    "logged, half of each page left": ("set logged", "set (fillfactor = 50)"),
}


def vary(store: OnServer, name: str, changes: tuple[str, ...], hosts: int, vms: int) -> None:
    """The same tables kept in another way."""
    with open_repository(store.url, "system", WORKER) as repository:
        repository.start()
        store.follow(repository)
        for table in ("vds_statistics", "vm_statistics"):
            for change in changes:
                store.execute(f"alter table {table} {change}")
        statistics(store, Fleet(repository, hosts, vms), vms, f"statistics {name}")


def arrays(store: OnServer, hosts: int, vms: int) -> None:
    """One row a host, its VMs' figures in arrays."""
    figures = VmStatistics.__struct_fields__[:13]
    with open_repository(store.url, "system", WORKER) as repository:
        repository.start()
        store.follow(repository)
        columns = ", ".join(f"{name} double precision[]" for name in figures)
        keys = "host int primary key, vm bigint[]"
        store.execute(f"create table host_row ({keys}, {columns}) with (fillfactor = 50)")
        news = ", ".join(f"{name} = excluded.{name}" for name in figures)
        marks = ", ".join("?" for _ in figures)
        sql = f"insert into host_row values (?, ?, {marks})"  # noqa: S608 # our own names
        sql += f" on conflict (host) do update set {news}"
        each = vms // hosts

        def sample(number: int) -> None:
            for host in range(hosts):
                keys = [host * each + n for n in range(each)]
                store.execute(sql, host, keys, *[[number * 1.7 + k for k in keys] for _ in figures])

        rounds = iter(range(ROUNDS + 1))
        sample(next(rounds))
        store.checkpoint()
        cpu = time.process_time()
        written = measured(store, lambda: sample(next(rounds)), ROUNDS)
        cpu = time.process_time() - cpu
        daily(f"statistics as a row a host, {cpu / ROUNDS / vms * 1e6:.1f} µs a VM", written)


if __name__ == "__main__":
    main()
