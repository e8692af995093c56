"""Puts tables between their marks in a page; whatever stands around them is people's own."""

import re
from pathlib import Path

from benchmarks.registry import Benchmark

_MARKS = "<!-- bench {name} -->", "<!-- bench {name} ends -->"


def put(page: Path, benchmark: Benchmark, table: str) -> None:
    """Exchange the table of a benchmark. Raises LookupError where the page has no marks for it."""
    first, last = (mark.format(name=benchmark.name) for mark in _MARKS)
    text = page.read_text(encoding="utf-8")
    between = re.compile(f"{re.escape(first)}.*?{re.escape(last)}", re.DOTALL)
    unit = f"In {benchmark.unit}:\n\n" if benchmark.unit else ""
    told = f"{first}\n{benchmark.says}\n\n{unit}{table}\n{last}"
    new, found = between.subn(lambda _: told, text)
    if found != 1:
        raise LookupError(f"{page} has {found} places for the benchmark {benchmark.name!r}")
    page.write_text(new, encoding="utf-8")
