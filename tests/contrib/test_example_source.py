"""The example package is installed as anybody's would be, and then used."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "contrib" / "vurti-source-example"


def run(*words: str, cwd: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{path}:{ROOT}"}, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that pip has installed it into, from a copy: nothing is left in the tree."""
    copy = tmp_path_factory.mktemp("source") / "package"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = run("pip", "install", *options, "--target", str(target), str(copy), cwd=copy)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


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
