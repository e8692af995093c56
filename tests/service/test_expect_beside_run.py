"""`vurti expect` and `vurti run` as two processes on one store."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.program import ROOT, Program
from tests.waiting import wait_for
from vurti.repository import open_for_reading

pytestmark = pytest.mark.slow

CONFIG = """
[repository]
url = "sqlite:///v.db"
[poll]
status_secs = 0.5
[hosts.alpha]
url = "sim://alpha"
cluster = "east"
[sources.sim]
pace = 0
"""


def vurti(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vurti", words[0], str(home / "vurti.toml"), *words[1:]],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def known(home: Path) -> list[str]:
    if not (home / "v.db").exists():
        return []
    with open_for_reading(f"sqlite:///{home}/v.db") as reader:
        return [one.value.id for one in reader.vdss.vms.list()]


def test_a_command_announces_to_the_running_vurti_and_says_what_came_of_it(tmp_path: Path) -> None:
    (tmp_path / "vurti.toml").write_text(CONFIG, encoding="utf-8")
    with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as program:
        wait_for(lambda: "watching" in program.text(), "the start")
        wait_for(lambda: known(tmp_path), "a VM")
        vm = known(tmp_path)[0]
        taken = vurti(tmp_path, "expect", "migrate", vm, "--why", "to empty it", "--wait", "30s")
        assert (taken.returncode, taken.stderr) == (0, "")
        found = re.match(rf"(x\w+): migrate of {vm}, waited for until", taken.stdout)
        assert found is not None, taken.stdout

        listed = vurti(tmp_path, "expect", "--list", "--json")
        (one,) = map(json.loads, listed.stdout.splitlines())
        assert (one["id"], one["why"], one["outcome"]) == (found[1], "to empty it", "open")

        cancelled = vurti(tmp_path, "expect", "--cancel", found[1], "--wait", "30s")
        assert (cancelled.returncode, cancelled.stderr) == (0, "")
        assert "cancelled" in cancelled.stdout
        refused = vurti(tmp_path, "expect", "reboot", "nobody", "--wait", "30s")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "refused: no VM 'nobody' is known" in refused.stderr
        assert program.stop() == 0
    last = vurti(tmp_path, "events", "--kind", "VmExpectationEnded", "--json")
    assert [json.loads(line)["vm"] for line in last.stdout.splitlines()] == [vm]
