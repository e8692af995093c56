"""Nobody runs benchmarks at each change: what they use of tests and rooms must still be there."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS = {"fuzz": "atheris", "writers": "psycopg", "outage": "psycopg", "written": "psycopg"}
"""What is not in the extra `test`."""
NAMES = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_finds_all_that_it_uses(name: str) -> None:
    if name in NEEDS and find_spec(NEEDS[name]) is None:
        pytest.skip(f"benchmarks/{name}.py needs {NEEDS[name]}: pip install {NEEDS[name]}")
    words = [sys.executable, "-c", f"import benchmarks.{name}"]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr
