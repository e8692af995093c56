"""What processes cost, as the kernel counts it; and programs of a benchmark in processes of their
own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PRINTED_SECS = 300.0
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


def _environment(checkout: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(checkout)}


@contextmanager
def program(log: Path, *words: str, checkout: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """`python` with these words from the top of a checkout; killed at the end, if it still is."""
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, *words], cwd=checkout, env=_environment(checkout),
            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
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


def free_port() -> int:
    """One that nobody has just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
