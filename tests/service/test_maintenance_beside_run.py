"""`vurti maintenance` and `vurti run` as two processes on one store."""

import json
from pathlib import Path
from typing import Any

from tests.service.program import Program
from tests.service.test_expect_beside_run import vurti
from tests.waiting import wait_for

CONFIG = """
[repository]
url = "sqlite:///v.db"
[poll]
status_secs = 0.5
statistics_secs = 1
statistics_timeout_secs = 1
[sources.sim]
pace = 0
vms_per_host = 0
[hosts.alpha]
url = "sim://alpha"
[hosts.beta]
url = "sim://beta"
"""


def host(home: Path, which: str = "alpha") -> dict[str, Any]:
    lines = vurti(home, "hosts", "--json").stdout.splitlines()
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return next((one for one in found if one["id"] == which), {})


def test_a_host_is_taken_away_and_given_back(tmp_path: Path) -> None:
    (tmp_path / "vurti.toml").write_text(CONFIG, encoding="utf-8")
    with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as program:
        wait_for(lambda: host(tmp_path).get("status") == "Up", "a host that is Up")
        words = ("alpha", "--for", "2h", "--why", "new memory", "--wait", "30s")
        taken = vurti(tmp_path, "maintenance", *words)
        assert (taken.returncode, taken.stderr) == (0, "")
        assert "maintenance of alpha" in taken.stdout
        assert "new memory" in taken.stdout
        wait_for(lambda: host(tmp_path)["status"] == "Maintenance", "an empty host")
        assert host(tmp_path)["maintenance"]["why"] == "new memory"
        assert host(tmp_path, "beta")["maintenance"] is None

        back = vurti(tmp_path, "maintenance", "alpha", "--end", "--wait", "30s")
        assert (back.returncode, back.stderr) == (0, "")
        wait_for(lambda: host(tmp_path)["status"] == "Up", "the host again")
        assert host(tmp_path)["maintenance"] is None

        short = vurti(tmp_path, "maintenance", "alpha", "--for", "3s", "--wait", "30s")
        assert short.returncode == 0
        changes = ("events", "--host", "alpha", "--kind", "VdsStateChanged", "--json")
        wait_for(lambda: "its maintenance is over" in vurti(tmp_path, *changes).stdout, "its end")
        wait_for(lambda: host(tmp_path)["status"] == "Up", "the host once more")
        assert program.stop() == 0
