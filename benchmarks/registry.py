"""What every benchmark is: named rows, each measured in several ways, in rounds that take turns.

A benchmark's `run` yields a `Figure` for each row, way and round. The ways of one round were
measured side by side, so a ratio is taken within its round, and the median of the ratios counts:
what slows the machine down for a while slows down both.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from benchmarks.process import ROOT

OURS, AGAINST = "vurti", "vurti there"


class Missing(Exception):
    """What the machine lacks for a benchmark, and how to get it."""


class Figure(NamedTuple):
    """One thing measured once. `way` is "vurti", or what it is compared with."""

    row: str
    way: str
    value: float


class Run(Struct, frozen=True):
    """How it is to be run: rounds, a share of the usual sizes and times, and another checkout to
    measure as well, if there is one."""

    rounds: int = 5
    scale: float = 1.0
    against: Path | None = None

    def checkouts(self) -> list[tuple[str, Path]]:
        """Whose vurti is measured, by its way."""
        other = [] if self.against is None else [(AGAINST, self.against)]
        return [(OURS, ROOT), *other]

    def secs(self, usual: float) -> float:
        """So long, for what is usually measured for so long."""
        return max(1.0, usual * self.scale)

    def many(self, usual: int) -> int:
        """So many, where there are usually so many."""
        return max(2, int(usual * self.scale))


class Benchmark(Struct, frozen=True):
    """One benchmark. `unit` is of all its figures; where it is empty, each row or way names its
    own. `run` raises Missing where it cannot be run on this machine. `apart` is one that takes as
    long as all others together: it is run where it is named."""

    name: str
    title: str
    unit: str
    run: Callable[[Run], Iterator[Figure]]
    says: str = ""
    apart: bool = False


KNOWN: dict[str, Benchmark] = {}


def benchmark(
    name: str, title: str, unit: str = "", apart: bool = False
) -> Callable[[Callable[[Run], Iterator[Figure]]], Callable[[Run], Iterator[Figure]]]:
    """Makes a benchmark of a function, whose docstring says what is measured."""

    def known(run: Callable[[Run], Iterator[Figure]]) -> Callable[[Run], Iterator[Figure]]:
        says = " ".join((run.__doc__ or "").split())
        KNOWN[name] = Benchmark(name, title, unit, run, says, apart)
        return run

    return known
