"""What it costs libvirt's hosts that VMs are asked for their vCPUs. Needs root, libvirt, QEMU.

    python -m benchmarks.libvirt_cost [--vms 20] [--rounds 5] [--against CHECKOUT]

One `vurti run` after the other asks a real libvirtd once a second for all that it keeps of small
VMs that do nothing: for vCPUs at each of these times, and at every tenth, as by default (another
checkout as it is by default). CPU of vurti, and what libvirtd and the QEMUs take more than while
nobody asks, in µs a VM-sample: the median of the rounds ± half of what their middle half differs
by. The ratio is the median of the ratios within each round, to the first way.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.monitors import Ours, Watched
from benchmarks.monitors.monitor import INTERVAL_SECS
from benchmarks.peers import SECS, SETTLE_SECS, cost, spent_within, started, until_known
from benchmarks.registry import Figure
from tests.libvirt.bed import Bed


class EachTime(Ours):
    """Asks for vCPUs at each of these times."""

    name = "each time"
    keys = "vcpus_secs = 0"


class Seldom(Ours):
    """Asks at every tenth of these times: as seldom as by default, at the pace that is usual."""

    name = "every tenth"
    keys = f"vcpus_secs = {9.5 * INTERVAL_SECS}"


class There(Ours):
    """Another checkout."""

    name = "there"


def main() -> None:
    """Measure on one bed, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--vms", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    args = parser.parse_args()
    ways: list[type[Ours]] = [EachTime, Seldom]
    if args.against is not None:
        There.checkout = args.against.resolve()
        ways.insert(0, There)
    with Bed(hosts=1) as bed:
        watched = Watched({bed.host(1): started(bed, bed.host(1), args.vms)})
        figures = [one for number in range(args.rounds) for one in _round(ways, watched, number)]
    _show(figures, [way.name for way in ways])


def _round(ways: list[type[Ours]], watched: Watched, number: int) -> Iterator[Figure]:
    turn = number % len(ways)
    idle = spent_within(SECS, watched)
    for way in (*ways[turn:], *ways[:turn]):
        with TemporaryDirectory() as home, way(watched, Path(home)) as monitor:
            until_known(monitor)
            time.sleep(SETTLE_SECS)
            for row, value in cost(monitor, idle, SECS).items():
                yield Figure(row, way.name, value)


def _show(figures: list[Figure], ways: list[str]) -> None:
    print(" | ".join([" " * 31, *(f"{way:<22}" for way in ways)]))
    for row in dict.fromkeys(one.row for one in figures):
        values = [[one.value for one in figures if one[:2] == (row, way)] for way in ways]
        print(" | ".join([f"{row:<31}", *(_cell(one, values[0]) for one in values)]))


def _cell(values: list[float], first: list[float]) -> str:
    quarters = statistics.quantiles(values, n=4) if len(values) > 1 else [0.0, 0.0, 0.0]
    ratio = statistics.median(one / other for one, other in zip(values, first, strict=True))
    spread = (quarters[2] - quarters[0]) / 2
    return f"{statistics.median(values):7.0f} ± {spread:4.0f} → {ratio:.3f}"


if __name__ == "__main__":
    main()
