"""Programs that a test runs in a process of their own: what they find wrong, they raise."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WITHIN_SECS = 90.0


def run(
    program: str, *words: str, cwd: Path = ROOT, secs: float = WITHIN_SECS
) -> subprocess.CompletedProcess[str]:
    """What came of it. Fails where it takes too long."""
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=secs,
        check=False,
    )


def ends_well(program: str, *words: str, cwd: Path = ROOT) -> str:
    """What it printed. Fails where it raised, or said anything on stderr."""
    ran = run(program, *words, cwd=cwd)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout
