"""The example package is installed as anybody's would be, and then used by a configuration."""

import os
import shutil
from pathlib import Path

import pytest

from tests.contrib.installing import CONTRIB, install, run

pytestmark = pytest.mark.slow

PACKAGE = CONTRIB / "vurti-operator-example"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(PACKAGE, tmp_path_factory.mktemp("operator"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copy(PACKAGE / "vurti.toml", tmp_path)
    return tmp_path


def test_without_the_package_there_is_no_such_operator(home: Path) -> None:
    told = run("vurti", "check", "vurti.toml", cwd=home)
    assert told.returncode == 1
    assert "streams.troubles.chain[0].op: there is no operator 'first_of'" in told.stderr


def test_with_it_the_marble_in_the_configuration_passes_and_a_wrong_one_fails(
    home: Path, installed: Path
) -> None:
    told = run("vurti", "check", "vurti.toml", cwd=home, path=str(installed))
    assert told.returncode == 0, told.stdout + told.stderr
    text = (home / "vurti.toml").read_text()
    (home / "vurti.toml").write_text(text.replace('"----P-----U--N--|"', '"----P--N--U--N--|"'))
    told = run("vurti", "check", "vurti.toml", cwd=home, path=str(installed))
    assert told.returncode == 1
    assert "FAILED: a VM that goes from one trouble into the next" in told.stdout + told.stderr


def test_mistakes_in_its_settings_and_its_place_are_told_with_their_lines(
    home: Path, installed: Path
) -> None:
    text = (home / "vurti.toml").read_text()
    chain = 'chain = [{ op = "first_of", status = ["Down"] }, { op = "settle", secs = 3 }]'
    (home / "vurti.toml").write_text(text.replace(text.splitlines()[5], chain))
    told = run("vurti", "check", "vurti.toml", cwd=home, path=str(installed))
    assert told.returncode == 1
    assert [line for line in told.stderr.splitlines() if "streams.troubles" in line] == [
        "vurti.toml:6: streams.troubles.chain[0].status: there is no such setting (did you mean"
        " `statuses`?)",
        "vurti.toml:6: streams.troubles.chain[0].statuses: Field required",
        "vurti.toml:6: streams.troubles.chain[1].op: settle must stand before first_of: it adds"
        " events up, which needs all of them, before any is told",
    ]


def test_it_is_told_of_as_the_operators_of_vurti_are(home: Path, installed: Path) -> None:
    told = run("vurti.streams.reference", "first_of", cwd=home, path=str(installed))
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("## first_of\n\nLet the first event pass that brings a thing")
    assert (
        "| `statuses` | needed | A thing is in trouble while it has one of these. |" in told.stdout
    )


def test_its_own_tests_pass(installed: Path) -> None:
    words = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, str(PACKAGE / "tests")]
    told = run("pytest", *words, "--rootdir", str(PACKAGE), cwd=PACKAGE, path=str(installed))
    assert told.returncode == 0, told.stdout
    assert "3 passed" in told.stdout
