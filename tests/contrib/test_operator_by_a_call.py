"""A team's own operator, registered by a call in its conftest, used in its configuration, and
guarded by a marble there: all of it outside of vurti's package."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CONFIG = """
[hosts.alpha]
url = "sim://alpha"

[streams.some]
from = "vms"
chain = [{ op = "every_nth", n = 2 }]

[[test]]
stream  = "some"
why     = "every second change is enough"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in      = "-p-u-p-u-|"
out     = "OUT"
where.p = { host = "alpha", push = { vm1 = "Paused" } }
where.u = { host = "alpha", push = { vm1 = "Up" } }
where.s = { event = "VmStateChanged", vm = "vm1", before = "Up", after = "Paused" }
"""


def ran(home: Path, out: str) -> tuple[int, str]:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "vurti.toml").write_text(CONFIG.replace("OUT", out))
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "config"],
        cwd=home, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HYPOTHESIS_STORAGE_DIRECTORY": str(home)},
    )  # fmt: skip
    return told.returncode, told.stdout + told.stderr


def test_the_ten_lines_of_the_page_are_enough_for_a_configuration_and_its_test(
    tmp_path: Path,
) -> None:
    (code,) = re.findall("```python\n(.*?)```", (ROOT / "docs/operators.md").read_text(), re.DOTALL)
    lines = [line for line in code.splitlines() if line and not line.startswith(("from", "import"))]
    assert len(lines) <= 10
    (tmp_path / "conftest.py").write_text(code)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    status, told = ran(tmp_path, "-s---s---|")
    assert status == 0, told
    assert "1 passed" in told
    status, told = ran(tmp_path, "-----s---|")
    assert status == 1
    assert "every second change is enough" in told
