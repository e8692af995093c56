"""The old way in a process of its own, and what it costs."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.peer import Peer
from benchmarks.process import ROOT, usage

EVERY_SECS, SETTLE_SECS = 1.0, 1.0


def cost(peer: Peer, store: str, hosts: int, secs: float) -> float:
    """Microseconds of CPU for each VM in an answer, all threads together. The server of a database
    is not counted, as for vurti. Nobody else may ask the peer meanwhile."""
    with running(peer, store, hosts) as process:
        time.sleep(SETTLE_SECS)
        before, counts = usage(process.pid).cpu_secs, peer.counts()
        time.sleep(secs)
        spent, answers = usage(process.pid).cpu_secs - before, peer.counts().since(counts).whole
        return 1e6 * spent / (answers * peer.vms)


@contextmanager
def running(peer: Peer, store: str, hosts: int) -> Iterator[subprocess.Popen[str]]:
    """The program, once it has heard of all hosts."""
    _, port = peer.address(1)
    given = (store, str(port), str(hosts), str(EVERY_SECS))
    words = (sys.executable, "-m", "benchmarks.old_way", *given)
    with subprocess.Popen(  # noqa: S603  our own words
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "all heard\n", "the old way did not come up"
            yield process
        finally:
            process.kill()
