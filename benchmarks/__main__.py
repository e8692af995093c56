"""Runs benchmarks and writes what they say.

    python -m benchmarks [NAME ...] [--rounds 5] [--scale 1.0] [--against CHECKOUT]

From the top of a checkout. Prints a table for each, keeps all figures as JSON in
`benchmarks/results`, and puts the table between its two marks in `docs/performance.md`. With
another checkout to measure against, the page is left alone; `--help` tells the rest.
"""

import argparse
import time
from pathlib import Path

from benchmarks import (  # noqa: F401  each makes itself known, in the order of the page
    deciding,
    decoding,
    end_to_end,
    evidence,
    fetch,
    fleets,
    growth,
    latency,
    peers,
    plots,
    queues,
    quiet_hour,
    storing,
)
from benchmarks.page import put
from benchmarks.process import ROOT
from benchmarks.registry import KNOWN, Benchmark, Missing, Run
from benchmarks.rounds import by_row, save, table

RESULTS, PAGE = ROOT / "benchmarks/results", ROOT / "docs/performance.md"
IMAGES = ROOT / "docs/images"


def main() -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(description="Runs benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="those; else all but peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="of the usual sizes and times")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="measure that one as well")
    parser.add_argument("--no-page", action="store_true", help="leave docs/performance.md alone")
    parser.add_argument("--list", action="store_true", help="say what there is")
    args = parser.parse_args()
    if unknown := set(args.names) - set(KNOWN):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))} (see --list)")
    if args.list:
        print("\n".join(f"{one.name:<16}{one.title}" for one in KNOWN.values()))
        return
    together = [one for one in KNOWN.values() if not one.apart]
    chosen = [KNOWN[name] for name in args.names] or together
    against = args.against.resolve() if args.against is not None else None
    run, page = Run(args.rounds, args.scale, against), not args.no_page and against is None
    for one in chosen:
        measure(one, run, page)


def measure(benchmark: Benchmark, run: Run, page: bool) -> None:
    """One of them, all its rounds; said and left out where the machine lacks something for it."""
    began = time.monotonic()
    try:
        rounds = by_row(benchmark.run(run))
    except Missing as lack:
        print(f"\n{benchmark.title} is left out: {lack}")
        return
    told = table(benchmark, rounds)
    if page:
        save(benchmark, rounds, RESULTS)
        plots.draw(rounds, IMAGES)
        put(PAGE, benchmark, told)
    print(f"\n{benchmark.title} ({benchmark.unit}), {time.monotonic() - began:.0f} s\n\n{told}")


if __name__ == "__main__":
    main()
