"""`python -m vurti.testing.scenarios`."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from tests.testing.scenarios import written
from vurti.testing.scenarios.__main__ import main

PASS = {"id": "P-1", "then": {"events": []}}
FAIL = {"id": "F-1", "title": "v1 is there", "then": {"vms": {"v1": {"status": "Up"}}}}
SKIP = {"id": "N-1", "note": "cadence"}
BAD = {"id": "B-1", "stpes": []}


def told(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_a_line_a_scenario_and_the_sum_at_the_end(tmp_path: Path) -> None:
    file = written(tmp_path / "some.yaml", PASS, FAIL, SKIP)
    result = told(str(file))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "pass P-1",
        "FAIL F-1",
        f"     {file}:9  v1 is there",
        "     v1 status",
        "       expected  Up",
        "       got       unknown_to_us",
        "n/a N-1 it is about the engine's own poll schedule; vurti asks in its own rhythm",
        "1 passed, 1 failed, 1 not applicable",
    ]


def test_the_exit_status_says_how_it_went(tmp_path: Path) -> None:
    good = str(written(tmp_path / "good.yaml", PASS, SKIP))
    bad = str(written(tmp_path / "bad.yaml", BAD))
    assert told(good).exit_code == 0
    assert told(bad).exit_code == 2
    assert "stpes: unknown key (did you mean `steps`?)" in told(bad).output
    assert told(good, str(tmp_path / "none.yaml")).exit_code == 2
    assert told(good, "--only", "X-*").exit_code == 2
    assert told().exit_code == 2


def test_only_some_are_run(tmp_path: Path) -> None:
    file = str(written(tmp_path / "some.yaml", PASS, FAIL, SKIP))
    assert told(file, "--only", "P-*").output == "pass P-1\n1 passed, 0 failed, 0 not applicable\n"
    assert told(file, "--only", "N-1", "--only", "P-1").exit_code == 0


def test_json_has_an_object_a_line(tmp_path: Path) -> None:
    result = told(str(written(tmp_path / "some.yaml", PASS, FAIL, SKIP)), "--json")
    *each, total = map(json.loads, result.output.splitlines())
    assert [(one["id"], one["verdict"]) for one in each] == [
        ("P-1", "pass"), ("F-1", "FAIL"), ("N-1", "n/a"),
    ]  # fmt: skip
    (difference,) = each[1]["differences"]
    assert (difference["what"], difference["expected"]) == ("v1 status", "Up")
    assert total == {"passed": 1, "failed": 1, "not_applicable": 1}


def test_it_is_a_program_and_says_what_it_lacks(tmp_path: Path) -> None:
    file = str(written(tmp_path / "some.yaml", PASS))
    words = [sys.executable, "-m", "vurti.testing.scenarios", file]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, "pass P-1")
    without = "import sys; sys.modules['yaml'] = None; import vurti.testing.scenarios"
    lacking = subprocess.run(
        [sys.executable, "-c", without], capture_output=True, text=True, check=False
    )
    assert "pip install 'vurti[scenarios]'" in lacking.stderr
