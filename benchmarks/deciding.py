"""What it costs to decide about VMs of which nothing new is said.

    python -m benchmarks.deciding [VMS]

From the top of a checkout. CPU time, the least of five rounds; each answer is another object, as
from a wire, and the host's clock goes on.
"""

import sys
import time

from vurti.decide import decide
from vurti.model import PauseStatus, Snapshot, Stamped, Vm, VmReport, VmStatesAnswer, VmStatus
from vurti.testing.fold import Fold

POLLS = 2000


def answer(vms: int, clock: int) -> VmStatesAnswer:
    """All VMs run, at this time of the host's own clock."""
    reports = {
        f"v{n}": VmReport(status=VmStatus.UP, name=f"n{n}", pause_status=PauseStatus.NONE)
        for n in range(vms)
    }
    return VmStatesAnswer(reports, times=dict.fromkeys(reports, clock))


def main() -> None:
    """Print the cost of one poll and of one VM in it."""
    vms = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    fold = Fold(*[Vm(f"v{n}", status=VmStatus.UP, run_on="A") for n in range(vms)])
    for clock in (1, 2):
        fold.at += 1
        fold.give(Snapshot("A", fold.at - 0.1, answer(vms, clock)))
    least = min(_round(fold, vms, begun) for begun in range(3, 3 + 5 * POLLS, POLLS))
    print(f"{vms} VMs: {1e6 * least:.1f} us a poll, {1e6 * least / vms:.2f} us a VM")


def _round(fold: Fold, vms: int, begun: int) -> float:
    answers = [answer(vms, begun + n) for n in range(POLLS)]
    started = time.process_time()
    for one in answers:
        fold.at += 1
        snapshot = Snapshot("A", fold.at - 0.1, one)
        fold.view.apply(decide(fold.view, Stamped(1, fold.at, fold.at, snapshot)))
    return (time.process_time() - started) / POLLS


if __name__ == "__main__":
    main()
