"""The example package is installed as anybody's would be, and then used."""

import json
import os
from pathlib import Path

import pytest

from tests.contrib.installing import CONTRIB, install, run

pytestmark = pytest.mark.slow

PACKAGE = CONTRIB / "vurti-source-example"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(PACKAGE, tmp_path_factory.mktemp("source"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "alpha").mkdir()
    for name, status in (("vm-1", "Up"), ("vm-2", "Paused"), ("odd", "no status")):
        (tmp_path / "alpha" / f"{name}.vm").write_text(f"{status}\n")
    (tmp_path / "vurti.toml").write_text(
        '[repository]\nurl = "sqlite:///v.db"\n'
        "[poll]\nstatus_secs = 0.2\n"
        f'[hosts.alpha]\nurl = "directory://{tmp_path}/alpha"\n'
        '[sources.directory]\nsuffix = ".vm"\n'
    )
    return tmp_path


def test_without_the_package_there_is_no_such_source(home: Path) -> None:
    told = run("vurti", "check", "vurti.toml", cwd=home)
    assert told.returncode == 1
    assert "hosts.alpha.url: there is no source 'directory'" in told.stderr
    assert "sources.directory: there is no source 'directory'" in told.stderr


def test_with_it_the_configuration_is_good_and_mistakes_in_its_table_are_told(
    home: Path, installed: Path
) -> None:
    told = run("vurti", "check", "vurti.toml", cwd=home, path=str(installed))
    assert (told.returncode, told.stdout) == (
        0,
        "vurti.toml: good; 1 host, 0 streams; 0 tests, 0 failed\n",
    )
    with (home / "vurti.toml").open("a") as file:
        file.write('sufix = "x"\n[hosts.beta]\nurl = "directory://beta"\n')
    told = run("vurti", "check", "vurti.toml", cwd=home, path=str(installed))
    assert told.stderr.splitlines() == [
        "vurti.toml:9: sources.directory.sufix: unknown key (did you mean `suffix`?)",
        "vurti.toml:11: hosts.beta.url: 'directory://beta' names no absolute path:"
        " write directory:///PATH",
    ]


def test_vurti_runs_with_it_and_knows_its_vms(home: Path, installed: Path) -> None:
    done = run("vurti", "run", "vurti.toml", "--for", "3", cwd=home, path=str(installed))
    assert done.returncode == 0, done.stderr
    told = run("vurti", "vms", "vurti.toml", "--json", cwd=home, path=str(installed))
    rows = {row["id"]: row["status"] for row in map(json.loads, told.stdout.splitlines())}
    assert rows == {"vm-1": "Up", "vm-2": "Paused"}


def test_it_passes_the_kit_for_sources(installed: Path) -> None:
    words = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, str(PACKAGE / "tests")]
    told = run("pytest", *words, "--rootdir", str(PACKAGE), cwd=PACKAGE, path=str(installed))
    assert told.returncode == 0, told.stdout
    assert "16 passed, 3 skipped" in told.stdout
