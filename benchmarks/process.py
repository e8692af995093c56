"""What processes cost, as the kernel counts it; and programs of a benchmark in processes of their
own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PRINTED_SECS = 300.0


class Usage(NamedTuple):
    """Seconds of CPU so far, KiB of memory and threads now, of one process."""

    cpu_secs: float
    rss_kib: int
    threads: int


def usage(pid: int) -> Usage:
    """As the kernel counts it. Raises OSError where there is no such process."""
    told = Path(f"/proc/{pid}/status").read_text()
    status = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    return Usage(cpu_secs(pid), int(status["VmRSS"].split()[0]), int(status["Threads"]))


def cpu_secs(pid: int) -> float:
    """Seconds of CPU so far, of all its threads; /proc counts in hundredths of a second only."""
    return time.clock_gettime(~pid << 3 | 2)  # the clock of a process, as clock_getcpuclockid says


def _environment(checkout: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(checkout)}


@contextmanager
def program(log: Path, *words: str, checkout: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """`python` with these words from the top of a checkout; killed at the end, if it still is."""
    with running(log, sys.executable, *words, cwd=checkout, env=_environment(checkout)) as process:
        yield process


@contextmanager
def running(
    log: Path, *command: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Any program; killed at the end, if it still is."""
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  our own words
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def printed(*words: str, checkout: Path = ROOT) -> str:
    """What `python` prints with these words. Raises RuntimeError with what it said if it fails."""
    done = subprocess.run(  # noqa: S603  our own words
        [sys.executable, *words], cwd=checkout, env=_environment(checkout), timeout=PRINTED_SECS,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
    return done.stdout
