"""The pytest plug-in, in a process of its own as its users have it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "contrib" / "tuning"
PLUGIN = ("-p", "no:vurti", "-p", "vurti.pytest_plugin")
"""That of this tree, whatever is installed."""

STREAM = """
[hosts.alpha]
url = "vdsm://alpha.example"
[streams.quiet]
from = "vms"
chain = [{ op = "settle", secs = 5 }]
"""
TEST = """
[[test]]
stream = "quiet"
why = "{why}"
in  = "-d-------|"
out = "{out}"
where.d = {{ event = "VmStateChanged", vm = "vm1", before = "Up", after = "Down" }}
"""
GOOD = TEST.format(why="what lasts is told", out="------d--|")
WRONG = TEST.format(why="what lasts is told at once", out="-d-------|")


def run_pytest(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What pytest says in that directory, with nothing of this run about it."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider", *words],
        cwd=directory,
        env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def written(directory: Path, name: str, text: str) -> Path:
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.slow
def test_a_teams_repository_guards_its_tuning(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "tuning", ignore=shutil.ignore_patterns("__pycache__"))
    told = run_pytest(tmp_path / "tuning", "-v")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "5 passed" in told.stdout
    assert (
        "config/vurti.toml::a VM that is shut down wakes nobody; one that crashes does PASSED"
        in (told.stdout)
    )


def test_a_tuning_that_breaks_its_tests_fails_with_both_diagrams(tmp_path: Path) -> None:
    written(tmp_path, "config/vurti.toml", STREAM + GOOD + WRONG)
    told = run_pytest(tmp_path, "config/")
    assert told.returncode == 1
    assert "1 failed, 1 passed" in told.stdout
    shown = told.stdout[told.stdout.index("FAILED: what lasts") :].splitlines()
    assert [line.strip() for line in shown[:6]] == [
        "FAILED: what lasts is told at once",
        "stream quiet; one character is a second",
        "",
        "in        -d-------|",
        "expected  -d-------|",
        "got       ------d--|",
    ]
    assert "vurti.toml:15: FAILED" in told.stdout
    assert "Traceback" not in told.stdout


@pytest.mark.slow
def test_a_test_is_chosen_by_its_name(tmp_path: Path) -> None:
    written(tmp_path, "vurti.toml", STREAM + GOOD + WRONG)
    told = run_pytest(tmp_path, "vurti.toml", "-q", "-k", "lasts and not once")
    assert (told.returncode, "1 passed, 1 deselected" in told.stdout) == (0, True)


@pytest.mark.slow
def test_everything_that_is_wrong_with_a_file_is_told_where_it_is_collected(
    tmp_path: Path,
) -> None:
    written(tmp_path, "vurti.toml", STREAM.replace("settle", "setle") + GOOD.replace("why", "wy"))
    told = run_pytest(tmp_path, "vurti.toml")
    assert told.returncode == 2
    assert "vurti.toml:6: streams.quiet.chain[0].op" in told.stdout
    assert "did you mean `why`?" in told.stdout


def test_files_of_other_programs_and_of_projects_without_vurti_are_left_alone(
    tmp_path: Path,
) -> None:
    written(tmp_path, "Cargo.toml", '[package]\nname = "x"\n[[test]]\nname = "it"\n')
    written(tmp_path, "broken.toml", "[[test]\nstream =")
    written(tmp_path, "tests/test_theirs.py", THEIRS)
    told = run_pytest(tmp_path)
    assert (told.returncode, "1 passed" in told.stdout) == (0, True), told.stdout


THEIRS = """
import sys
from gevent import monkey


def test_nothing_of_vurti_is_loaded_and_nothing_is_patched():
    loaded = {name for name in sys.modules if name.partition(".")[0] == "vurti"}
    assert loaded == {"vurti", "vurti.pytest_plugin"}
    assert not {"reactivex", "msgspec", "pydantic", "loguru"} & sys.modules.keys()
    assert not monkey.saved
"""


@pytest.mark.slow
def test_running_tests_of_streams_patches_nothing(tmp_path: Path) -> None:
    written(tmp_path, "a.toml", STREAM + GOOD)
    written(
        tmp_path,
        "test_z.py",
        "from gevent import monkey\ndef test_z():\n    assert not monkey.saved\n",
    )
    told = run_pytest(tmp_path, "a.toml", "test_z.py")
    assert (told.returncode, "2 passed" in told.stdout) == (0, True), told.stdout


@pytest.mark.slow
def test_a_scenario_that_does_not_hold_is_told(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    written(
        tmp_path,
        "test_rules.py",
        """
def test_it(scenario):
    scenario({
        "given": {"vms": {"v": {"status": "Up", "run_on": "A"}}},
        "steps": [{"host": "A", "poll": {}}],
        "then": {"vms": {"v": {"status": "Up"}}},
    })
""",
    )
    told = run_pytest(tmp_path)
    assert (told.returncode, "got       Down" in told.stdout) == (1, True), told.stdout


def test_what_is_wrong_with_a_scenario_is_told_with_the_nearest_word() -> None:
    pytest.importorskip("yaml")
    holding = pytest.importorskip("vurti.testing.scenarios.holding")
    with pytest.raises(AssertionError, match=r"stpes: unknown key \(did you mean `steps`"):
        holding.must_hold({"stpes": []})
