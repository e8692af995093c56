"""What processes cost, as the kernel counts it; and programs of a benchmark in processes of their
own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """Seconds of CPU so far, KiB of memory and threads now, of one process."""

    cpu_secs: float
    rss_kib: int
    threads: int


def usage(pid: int) -> Usage:
    """As the kernel counts it."""
    home = Path(f"/proc/{pid}")
    fields = (home / "stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    status = dict(
        line.split(":", 1) for line in (home / "status").read_text().splitlines() if ":" in line
    )
    return Usage(ticks / _TICKS, int(status["VmRSS"].split()[0]), int(status["Threads"]))


@contextmanager
def program(log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python` with these words from the top of the checkout; killed at the end, if it still is."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, *words], cwd=ROOT, env=environment,
            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()
