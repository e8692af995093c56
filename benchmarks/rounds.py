"""What the rounds of a benchmark come to: medians, spreads, ratios; as JSON and as a table."""

import json
import platform
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks.registry import OURS, Benchmark, Figure

Rounds = dict[str, dict[str, list[float]]]
"""By row and way."""


class Summed(NamedTuple):
    """One way of one row: the median of its rounds, half of what the middle half of them differs
    by, and of which multiple of it ours is (the median of the rounds' own ratios)."""

    median: float
    spread: float
    ratio: float


def by_row(figures: Iterable[Figure]) -> Rounds:
    """In the order in which they came first."""
    found: Rounds = {}
    for row, way, value in figures:
        found.setdefault(row, {}).setdefault(way, []).append(value)
    return found


def summed(ways: dict[str, list[float]]) -> dict[str, Summed]:
    """Ours first, then what it is compared with."""
    ours = ways.get(OURS, [])
    names = sorted(ways, key=lambda way: way != OURS)
    return {name: _summed(ways[name], ours) for name in names}


def _summed(values: list[float], ours: list[float]) -> Summed:
    ratios = [a / b for a, b in zip(ours, values, strict=False) if b]
    spread = 0.0
    if len(values) > 1:
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        spread = (high - low) / 2
    return Summed(
        statistics.median(values), spread, statistics.median(ratios) if ratios else float("nan")
    )


def table(benchmark: Benchmark, rounds: Rounds) -> str:
    """A table of Markdown: a line for each row, a column for each way. Behind an arrow stands
    which multiple of it ours is."""
    ways = list(dict.fromkeys(way for row in rounds.values() for way in row))
    ways.sort(key=lambda way: way != OURS)
    head = ["", *ways]
    lines = [_line(head), _line(["---"] * len(head))]
    for row, figures in rounds.items():
        told = summed(figures)
        lines.append(_line([row, *(_cell(told.get(way), way == OURS) for way in ways)]))
    return "\n".join(lines)


def _cell(told: Summed | None, ours: bool) -> str:
    if told is None:
        return ""
    text = number(told.median) + (f" ± {number(told.spread)}" if told.spread else "")
    alone = ours or told.ratio != told.ratio  # nothing of ours to compare with
    return text if alone else f"{text} → {number(told.ratio)}"


def number(value: float) -> str:
    """Three digits that count."""
    if value == 0 or value != value:
        return "0" if value == 0 else ""
    if abs(value) >= 1:
        return f"{value:,.{max(0, 3 - len(str(int(abs(value)))))}f}"
    return f"{value:.3f}" if abs(value) >= 0.1 else f"{value:.2g}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def machine() -> dict[str, object]:
    """What it ran on."""
    cpu = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), "",
    )  # fmt: skip
    return {"python": platform.python_version(), "machine": platform.machine(), "cpu": cpu}


def save(benchmark: Benchmark, rounds: Rounds, folder: Path) -> None:
    """All figures of all rounds, and what they come to."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "benchmark": benchmark.name, "unit": benchmark.unit, "what": benchmark.says,
        "machine": machine(), "rounds": rounds,
        "summed": {row: {way: one._asdict() for way, one in summed(ways).items()}
                   for row, ways in rounds.items()},
    }  # fmt: skip
    (folder / f"{benchmark.name}.json").write_text(json.dumps(told, indent=1) + "\n")
