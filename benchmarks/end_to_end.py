"""The whole: hosts answer over sockets, `vurti run` polls, decides, explains, logs and stores.

    python -m benchmarks end-to-end

What is counted is the CPU of vurti's process (all its threads) for each VM in an answer about all
VMs of a host, while 1 % of the VMs change their state with each answer.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peer import Peer
from benchmarks.process import ROOT
from benchmarks.registry import OURS, Figure, Run, benchmark
from benchmarks.watching import Pace, Watch, watching

HOSTS, VMS, CHANGING = 200, 30, 0.01
SECS, SETTLE_SECS, LIMIT_POLLS = 8.0, 2.0, 1000
MISSED_SHARE_MAX, TRIES = 0.03, 5
"""Where a machine with other work lets more time out, it is measured again."""
USUAL, EACH_STORED = Pace(1.0, 7.5), Pace(1.0, 1.0)
"""As often for its statistics as by default (every 7.5th time), and with each answer."""
ROWS = {
    "framed": ("vdsm+tcp", USUAL),
    "framed, each sample stored": ("vdsm+tcp", EACH_STORED),
}
LIMITS = ("receive", "msgspec", "orjson")


@benchmark("end-to-end", "End to end", "µs a VM-sample")
def end_to_end(run: Run) -> Iterator[Figure]:
    """200 hosts with 30 VMs each answer over STOMP without TLS, once a second; vurti stores in a
    file of SQLite, with evidence, metrics, API and a log of each event. The limits receive the same
    bytes over a framed socket and do nothing more, decode 13 fields of each VM, or decode all of
    it by orjson. CPU of the process, for each VM in an answer."""
    for _ in range(run.rounds):
        with Peer(run.port, run.many(HOSTS), VMS, CHANGING) as peer:
            for what in LIMITS:
                cost = limit(peer, what, run.many(LIMIT_POLLS))
                yield from (Figure(row, what, cost) for row in ROWS)
            for row, (scheme, pace) in ROWS.items():
                yield Figure(row, OURS, watched(peer, scheme, pace, run))


def limit(peer: Peer, what: str, polls: int) -> float:
    """Microseconds for each VM."""
    host, port = peer.address(1)
    words = (sys.executable, "-m", "benchmarks.limits", host, str(port), what, str(polls))
    told = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=120)  # noqa: S603  ours
    return float(told.stdout) / peer.vms


def watched(peer: Peer, scheme: str, pace: Pace, run: Run) -> float:
    """Microseconds of CPU of a `vurti run` for each VM in an answer."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "vurti"
        with watching(peer, home, pace, run.port + 1, scheme) as watch:
            watch.until_known(len(peer.urls(scheme)) * peer.vms)
            time.sleep(run.secs(SETTLE_SECS))
            return measured(watch, peer, run.secs(SECS))


def measured(watch: Watch, peer: Peer, secs: float) -> float:
    """The same, of one that runs."""
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
