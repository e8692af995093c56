"""How the cost grows: with hosts, with VMs a host, with how many of them change."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.end_to_end import measured
from benchmarks.peer import Peer
from benchmarks.process import printed
from benchmarks.registry import OURS, Figure, Run, benchmark
from benchmarks.watching import Pace, Watch, watching
from tests.ports import free_port
from tests.waiting import wait_for

SECS, SETTLE_SECS, SAMPLES_A_SEC, POLLS_A_SEC = 4.0, 3.0, 6000.0, 250.0
COST, START, MEMORY, LATE, THREADS = (
    "µs a VM-sample", "start, s of CPU", "memory, MiB", "late p99, ms", "threads"
)  # fmt: skip


class Size(NamedTuple):
    """A fleet. It is asked as often as makes about the same work of each, or every `secs`."""

    hosts: int
    vms: int
    changing: float = 0.01
    secs: float | None = None

    @property
    def pace(self) -> Pace:
        """At least a second, so many samples a second, and so many polls."""
        samples = self.hosts * self.vms / SAMPLES_A_SEC
        secs = self.secs or round(max(1.0, samples, self.hosts / POLLS_A_SEC), 2)
        return Pace(secs, round(7.5 * secs, 2))

    @property
    def row(self) -> str:
        """As the table has it."""
        every = "" if self.secs is None else f", every {self.secs:g} s"
        return f"{self.hosts:,} hosts × {self.vms:,} VMs, {100 * self.changing:g} % change{every}"  # noqa: RUF001  as written


HOSTS = [Size(hosts, 10) for hosts in (100, 300, 1000, 3000, 10_000)]
PACED = [Size(hosts, 10, secs=10.0) for hosts in (1000, 10_000)]
VMS = [Size(20, vms) for vms in (10, 30, 100, 300, 1000)]
CHANGING = [Size(100, 30, share) for share in (0.001, 0.01, 0.1, 0.5)]


@benchmark("growth", "Growth")
def growth(run: Run) -> Iterator[Figure]:
    """End to end as above, SQLite, statistics with every 7.5th poll, with more hosts, more VMs a
    host, and more VMs that change with each answer. All fleets have about the same number of
    VM-samples or polls a second, so what grows is told by the cost of one; but the more hosts there
    are, the more heart-beats then fall to each poll, so two are asked every 10 s. "Start" is
    the CPU from the beginning of the process until all VMs are known, "late" how late polls left in
    the worst second. Sizes beyond --scale are left out."""
    for size in dict.fromkeys(HOSTS + PACED + VMS + CHANGING):
        if size.hosts <= run.scale * HOSTS[-1].hosts and size.vms <= run.scale * VMS[-1].vms:
            yield from _measured(size, run)


@benchmark("start", "Starting")
def start(run: Run) -> Iterator[Figure]:
    """5,000 hosts with 6 VMs each, asked every 20 s; then again over the store that the first start
    has left. The least that a start can be asks the same hosts the same, decodes it by orjson and
    stores a row of each VM, a sample and three events, and does nothing else."""
    size = Size(run.many(5000), 6)
    yield from _bare(size)
    for _ in range(run.rounds if run.against is not None else 1):
        for way, vurti in run.checkouts():
            whose = "" if way == OURS else ", there"
            with tempfile.TemporaryDirectory() as directory:
                for how in ("with an empty store", "over what is stored"):
                    row = f"{size.hosts:,} hosts, {how}{whose}"
                    yield from _started(row, size, Path(directory), vurti)


def _bare(size: Size) -> Iterator[Figure]:
    with (
        Peer(free_port(), size.hosts, size.vms, size.changing) as peer,
        tempfile.TemporaryDirectory() as directory,
    ):
        url, database = next(iter(peer.urls("vdsm+tcp").values())), f"{directory}/least.db"
        told = printed("-m", "benchmarks.bare_start", url, str(size.hosts), database)
    yield Figure(f"{size.hosts:,} hosts, the least", START, sum(map(float, told.split())))


def _started(row: str, size: Size, home: Path, vurti: Path) -> Iterator[Figure]:
    with Peer(free_port(), size.hosts, size.vms, size.changing) as peer:
        began = time.monotonic()
        with watching(peer, home, size.pace, vurti=vurti) as watch:
            watch.until_known()
            yield Figure(row, "s until all is known", time.monotonic() - began)
            wait_for(lambda: peer.counts().whole >= size.hosts, "all answer", 300)
            yield Figure(row, "s until all have answered", time.monotonic() - began)
            yield from _standing(row, watch, size)
            watch.process.terminate()
            watch.process.wait(120)


def _measured(size: Size, run: Run) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as directory,
        Peer(free_port(), size.hosts, size.vms, size.changing) as peer,
        watching(peer, Path(directory), size.pace) as watch,
    ):
        watch.until_known()
        yield Figure(size.row, START, watch.usage().cpu_secs)
        time.sleep(max(run.secs(SETTLE_SECS), 2 * size.pace.status_secs))
        for _ in range(run.rounds):
            told = len(watch.summaries())
            secs = max(run.secs(SECS), size.pace.status_secs)
            yield Figure(size.row, COST, measured(watch, peer, secs))
            late = max(one["late_p99_secs"] for one in watch.summaries()[told:])
            yield Figure(size.row, LATE, 1000 * late)
        used = watch.usage()
        yield Figure(size.row, MEMORY, used.rss_kib / 1024)
        yield Figure(size.row, THREADS, used.threads)


def _standing(row: str, watch: Watch, size: Size) -> Iterator[Figure]:
    used = watch.usage()
    yield Figure(row, START, used.cpu_secs)
    yield Figure(row, MEMORY, used.rss_kib / 1024)
    yield Figure(row, "KiB a host", used.rss_kib / size.hosts)
    yield Figure(row, THREADS, used.threads)
