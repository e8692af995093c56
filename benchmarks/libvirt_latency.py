"""How long from the death of a real QEMU until its crash is committed. Needs root, libvirt, QEMU.

    python benchmarks/libvirt_latency.py [KILLS]

Kills VMs one by one under a running `vurti run`, with pushes (polls too seldom to matter), and with
polls alone each second. `seen` is what could show it, from the kill on: libvirt has noticed and
the push has come, or a poll was asked. `commit` is from there until it is in the log; the sum is
what a reader of the log waits for. Milliseconds, by the one clock of this machine.
"""

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.libvirt.bed import Bed
from tests.libvirt.running import Running


def main() -> None:
    """Measure both ways on one bed and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", type=int, nargs="?", default=10)
    kills = parser.parse_args().kills
    print(f"{kills} kills, ms       median     max")
    with Bed(hosts=2) as bed:
        for name, pushes, status_secs in (("pushes", True, 30.0), ("polls, 1 s", False, 1.0)):
            measured = [*zip(*measure(bed, kills, pushes, status_secs), strict=True)]
            for what, secs in zip(("seen", "commit", "sum"), measured, strict=True):
                median, longest = 1000 * statistics.median(secs), 1000 * max(secs)
                print(f"{name:<12}{what:<8}{median:8.0f}{longest:8.0f}")
            bed.clear()


def measure(
    bed: Bed, kills: int, pushes: bool, status_secs: float
) -> list[tuple[float, float, float]]:
    """For each kill the seconds until it was seen, from there until committed, and both."""
    host, vms = bed.host(1), [bed.vm(persistent=True) for _ in range(kills)]
    for vm in vms:
        host.start(vm)
    taken = []
    with (
        tempfile.TemporaryDirectory() as home,
        Running(bed, Path(home), pushes, status_secs=status_secs) as run,
    ):
        for vm in vms:
            run.until(vm, "Added Up")
            time.sleep(random.uniform(0, status_secs if not pushes else 0.5))  # at any phase
            pid, killed = host.qemu_pid(vm), time.time()
            os.kill(pid, signal.SIGKILL)
            run.until(vm, "Changed Down Error LostQEMUConnection")
            seen, committed = (wall(run.of(vm)[-1][key]) for key in ("observed_at", "committed_at"))
            taken.append((seen - killed, committed - seen, committed - killed))
    return taken


def wall(text: str) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    main()
