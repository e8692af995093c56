"""The line that tells what a run has done."""

import json
from pathlib import Path

import pytest

from tests.service.program import Program

pytestmark = pytest.mark.slow

CONFIG = """
[log]
format = "json"
[poll]
status_secs = 0.2
[hosts.alpha]
url = "sim://alpha"
[hosts.nobody]
url = "vdsm+tcp://127.0.0.1:1"
"""


def test_a_run_ends_with_what_it_polled_what_it_missed_and_how_late_it_was(tmp_path: Path) -> None:
    config = tmp_path / "vurti.toml"
    config.write_text(CONFIG, encoding="utf-8")
    with Program(tmp_path, "run", str(config), "--for", "2") as program:
        assert program.process.wait(30) == 0

    told = [json.loads(line) for line in program.log.read_text().splitlines()]
    extra = next(one["extra"] for one in told if "late_p99_secs" in one.get("extra", {}))
    assert extra["hosts"] == 2
    assert extra["polls"] >= 10
    assert extra["misses"] == sum(extra["missed"].values()) > 0
    assert set(extra["missed"]) == {"network"}
    assert 0 <= extra["late_p50_secs"] <= extra["late_p99_secs"] <= extra["late_max_secs"]
