"""A thousand simulated vdsm hosts, watched as real ones are, with each fault in turn on some.

    python -m benchmarks.thousand_hosts [--hosts 1000] [--vms 30] [--scheme vdsm] [--secs 8]

From the top of a checkout. Prints a table: what was missed, how long after the end of the fault
the database was true again, how late polls left meanwhile, and what both processes cost. Nothing
happens in the simulated world but what is told here: then the truth can be compared exactly.
"""

import argparse
import json
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import process
from tests.fleet.watched import Control, State, Watched, watching
from tests.service.program import Program

FAULTS: dict[str, float | None] = {
    "slow": 7.0, "hang": None, "mute": None, "refuse": None, "reset": 1.0, "truncated": 1.0,
    "garbage": 1.0, "nonsense": 1.0, "huge": 20e6, "recovering": None, "overloaded": 1.0,
    "clock_back": 3600.0, "flood": 50.0, "lost": 1.0, "claim": 1.0,
}  # fmt: skip
"""How much of each."""

SUMMARY_SECS = 1.0
TIMEOUT_SECS, RETRY_SECS_MAX, POLL_SECS = 5.0, 10.0, 2.0
BOUND_SECS = TIMEOUT_SECS + RETRY_SECS_MAX + POLL_SECS
"""After a fault's end: what was asked before may time out, then the longest wait between two tries
to connect, then a poll."""

SETTINGS = f"""
[repository]
url = "sqlite:///HOME/vurti.db"
[log]
level = "DEBUG"
repeat_secs = 0
format = "json"
summary_secs = {SUMMARY_SECS}
[poll]
status_secs = {POLL_SECS}
statistics_secs = 15
timeout_secs = {TIMEOUT_SECS}
[rules]
grace_secs = 4
quiet_secs = 0
grace_per_vm_secs = 0
attempts_max = 1
"""


def usage(program: Program) -> process.Usage:
    """What it has cost so far."""
    return process.usage(program.process.pid)


class Log:
    """The log of the service as JSON, read on from where it was read last."""

    def __init__(self, path: Path) -> None:
        self._path, self._place = path, 0

    def read(self) -> list[dict[str, Any]]:
        """The records since."""
        with self._path.open("rb") as log:
            log.seek(self._place)
            lines = log.read().rpartition(b"\n")[0]
        self._place += len(lines)
        return [json.loads(line) for line in lines.splitlines() if line[:1] == b"{"]


class Meanwhile(NamedTuple):
    """What a log tells of some time."""

    late_p99_secs: float
    late_max_secs: float
    missed: Counter[str]
    polls: int
    pushes: int
    by_host: Counter[str]


def meanwhile(records: list[dict[str, Any]]) -> Meanwhile:
    """The worst second's 99th percentile, the most, and all that was missed."""
    sums = [record["extra"] for record in records if "late_p99_secs" in record.get("extra", {})]
    missed: Counter[str] = Counter()
    for one in sums:
        missed.update(one["missed"])
    words = (record["message"].split() for record in records if " missed " in record["message"])
    return Meanwhile(
        max((one["late_p99_secs"] for one in sums), default=0.0),
        max((one["late_max_secs"] for one in sums), default=0.0),
        missed,
        sum(one["polls"] for one in sums),
        sum(one["pushes"] for one in sums),
        Counter(line[0] for line in words if line[1] == "missed"),
    )


def until_true(fleet: Watched, hosts: int, secs: float) -> float | None:
    """How long until the database is true; None where it is not within `secs`. It is looked at
    twice a second, and by plain SQL: to ask for the truth and to read whole records costs seconds
    of what those need who are measured. Nothing happens in the world meanwhile."""
    began = time.monotonic()
    truth = fleet.control.truth()
    while (passed := time.monotonic() - began) < secs:
        if _is_true(fleet.home / "vurti.db", truth, hosts):
            assert not fleet.wrong()
            return passed
        time.sleep(0.5)
    up, wrong = fleet.hosts_up(), list(fleet.wrong().items())
    print(f"  not true: {up} hosts Up, {len(wrong)} VMs wrong, {wrong[:3]}", flush=True)
    return None


def _is_true(database: Path, truth: dict[str, State], hosts: int) -> bool:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        (up,) = store.execute("select count(*) from vds_dynamic where status = 'Up'").fetchone()
        if up != hosts:
            return False
        rows = store.execute("select id, status, run_on from vm_dynamic")
        stored = {id: (status, run_on) for id, status, run_on in rows}
    return stored.keys() <= truth.keys() and all(
        stored.get(id, (None, None))[1] == run_on and stored.get(id, (status,))[0] == status
        for id, (status, run_on) in truth.items()
    )


def live(control: Control, struck: list[str]) -> int:
    """On each host that is struck a VM pauses and another crashes; how many stories that was."""
    residents = dict(control.residents())
    told = 0
    for host in struck:
        vms = residents.get(host, [])
        for kind, vm in zip(("pause", "crash"), vms, strict=False):
            pause = {"pause_status": "EIO"} if kind == "pause" else {}
            control.post("/stories", kind=kind, thing=vm, **pause)
            told += 1
    return told


@contextmanager
def fleet(home: Path, args: argparse.Namespace) -> Iterator[Watched]:
    """Simulator and service, the latter with a summary each second."""
    size = ("--hosts", str(args.hosts), "--vms", str(args.vms), "--pace", "0")
    reach = ("--scheme", args.scheme, "--port", str(args.port))
    settings = SETTINGS.replace("HOME", str(home))
    with watching(home, settings, *size, *reach) as watched:
        yield watched


def suffer(fleet: Watched, log: Log, kind: str, args: argparse.Namespace) -> str:
    """One fault from its beginning to the truth, as a row of the table."""
    log.read()
    count = max(1, round(args.hosts * args.share))
    chosen = [host for host, _ in fleet.control.residents()[:count]]
    before = usage(fleet.service), usage(fleet.simulator)
    began = time.monotonic()
    fleet.control.post("/faults", kind=kind, hosts=chosen, by=FAULTS[kind])
    live(fleet.control, chosen)
    time.sleep(args.secs)
    during = time.monotonic() - began
    after = usage(fleet.service), usage(fleet.simulator)
    fleet.control.post("/mend")
    to_truth = until_true(fleet, args.hosts, 90)
    told = meanwhile(log.read())
    shares = [100 * (b.cpu_secs - a.cpu_secs) / during for a, b in zip(before, after, strict=True)]
    healthy = sum(count for host, count in told.by_host.items() if host not in set(chosen))
    kinds = ", ".join(f"{kind} {count}" for kind, count in told.missed.most_common()) or "-"
    truth = "never" if to_truth is None else f"{to_truth:.1f}"
    return (
        f"| {kind} | {len(chosen)} | {kinds} | {healthy} | {truth} | {BOUND_SECS:g}"
        f" | {1000 * told.late_p99_secs:.0f} / {1000 * told.late_max_secs:.0f}"
        f" | {shares[0]:.0f} % | {shares[1]:.0f} % | {after[0].rss_kib // 1024} |"
    )


HEAD = """\
| fault | hosts | missed | of others | s to truth | bound | late p99 / max ms | vurti | sim. | MiB |
|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Run once and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--vms", type=int, default=30)
    parser.add_argument("--scheme", default="vdsm", choices=["vdsm", "vdsm+tcp"])
    parser.add_argument("--secs", type=float, default=8.0, help="how long each fault lasts")
    parser.add_argument("--share", type=float, default=0.05, help="of the hosts that it strikes")
    parser.add_argument("--port", type=int, default=54821)
    parser.add_argument("--faults", nargs="*", default=list(FAULTS), choices=list(FAULTS))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        run(Path(directory) / "fleet", args)


def run(home: Path, args: argparse.Namespace) -> None:
    """Everything, in this directory."""
    began = time.monotonic()
    with fleet(home, args) as watched:
        log = Log(watched.service.log)
        started = until_true(watched, args.hosts, 180)
        secs = f"{time.monotonic() - began:.1f} s, {started or -1:.1f} of them watching"
        print(f"{args.hosts} hosts x {args.vms} VMs, {args.scheme}: true after {secs}", flush=True)
        print(f"until then: {usage(watched.service)}, {meanwhile(log.read())[:5]}", flush=True)
        print(quiet(watched, log, 20.0), HEAD, sep="\n", flush=True)
        for kind in args.faults:
            print(suffer(watched, log, kind, args), flush=True)
        print(quiet(watched, log, 10.0))
        print("stopped with", watched.service.stop(60))


def quiet(fleet: Watched, log: Log, secs: float) -> str:
    """Some time without faults."""
    log.read()
    before = usage(fleet.service), usage(fleet.simulator)
    time.sleep(secs)
    after = usage(fleet.service), usage(fleet.simulator)
    told = meanwhile(log.read())
    shares = [100 * (b.cpu_secs - a.cpu_secs) / secs for a, b in zip(before, after, strict=True)]
    return (
        f"{secs:g} quiet s: vurti {shares[0]:.0f} % of a core, {after[0].rss_kib // 1024} MiB;"
        f" simulator {shares[1]:.0f} %, {after[1].rss_kib // 1024} MiB; late p99"
        f" {1000 * told.late_p99_secs:.0f} ms, max {1000 * told.late_max_secs:.0f} ms;"
        f" {told.polls} polls, {told.missed.total()} missed"
    )


if __name__ == "__main__":
    main()
