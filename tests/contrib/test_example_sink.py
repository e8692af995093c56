"""The example package of a sink is installed as anybody's would be, and then used."""

import json
import os
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.contrib.installing import CONTRIB, install, run

pytestmark = pytest.mark.slow

PACKAGE = CONTRIB / "vurti-sink-example"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(PACKAGE, tmp_path_factory.mktemp("sink"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "vurti.toml").write_text(
        '[repository]\nurl = "sqlite:///v.db"\n[listen]\naddress = ""\n'
        "[poll]\nstatus_secs = 0.2\n[sources.sim]\nseed = 3\nvms_per_host = 5\n"
        '[hosts.host-1]\nurl = "sim://host-1"\n'
        '[sinks.mail]\nkind = "maildir"\nfrom = "events"\npath = "Maildir"\n'
    )
    return tmp_path


def test_without_the_package_there_is_no_such_sink(home: Path) -> None:
    told = run("vurti", "check", "vurti.toml", cwd=home)
    assert told.returncode == 1
    assert "sinks.mail.kind: there is no kind of sink 'maildir'" in told.stderr


def test_with_it_mistakes_in_its_table_are_told(home: Path, installed: Path) -> None:
    with (home / "vurti.toml").open("a") as file:
        file.write("sendr = 'x'\n")
    told = run("vurti", "check", "vurti.toml", cwd=home, path=str(installed))
    assert told.stderr.splitlines() == [
        "vurti.toml:16: sinks.mail.sendr: unknown key (did you mean `sender`?)"
    ]


def test_vurti_runs_with_it_and_what_is_committed_arrives(home: Path, installed: Path) -> None:
    done = run("vurti", "run", "vurti.toml", "--for", "3", cwd=home, path=str(installed))
    assert done.returncode == 0, done.stderr
    listed = run("vurti", "vms", "vurti.toml", "--json", cwd=home, path=str(installed))
    vms = [json.loads(line)["id"] for line in listed.stdout.splitlines()]
    parser = BytesParser(policy=policy.default)
    mails = [parser.parsebytes(file.read_bytes()) for file in (home / "Maildir/new").iterdir()]
    told = "".join(mail.get_content() for mail in mails)
    assert vms
    assert [vm for vm in vms if f"vm/{vm}: None -> " not in told] == []


def test_it_passes_the_kit_for_sinks(installed: Path) -> None:
    words = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, str(PACKAGE / "tests")]
    told = run("pytest", *words, "--rootdir", str(PACKAGE), cwd=PACKAGE, path=str(installed))
    assert told.returncode == 0, told.stdout
    assert "6 passed, 2 skipped" in told.stdout
