"""`vurti run` and the other commands over a store on a server, which goes away for a while."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres.server import PASSWORD, Server
from tests.service.program import ROOT, Program
from tests.waiting import wait_for
from vurti.repository import open_for_reading

pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

CONFIG = """
[repository]
url = "postgresql://vurti:${{env:VURTI_PASSWORD}}@127.0.0.1:{port}/locked"
[poll]
status_secs = 0.5
[log]
level = "DEBUG"
[hosts.alpha]
url = "sim://alpha"
cluster = "east"
"""
SECRET = PASSWORD.replace(" ", "%20")


def vurti(config: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "vurti", words[0], str(config), *words[1:]],
        env={**os.environ, "PYTHONPATH": str(ROOT), "VURTI_PASSWORD": SECRET},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def said(config: Path, *words: str) -> list[dict[str, object]]:
    done = vurti(config, *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def config(tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VURTI_PASSWORD", SECRET)
    postgres.create("locked")
    file = tmp_path / "vurti.toml"
    file.write_text(CONFIG.format(port=postgres.port), encoding="utf-8")
    return file


def test_a_run_survives_its_server_and_every_command_reads_what_it_stores(
    config: Path, postgres: Server
) -> None:
    url = postgres.url("locked", password=SECRET)
    with Program(config.parent, "run", str(config)) as program:
        wait_for(lambda: "watching" in program.text(), "the start")
        wait_for(lambda: counted(url), "a VM")
        vms = said(config, "vms")
        assert {one["run_on"] for one in vms} == {"alpha"}
        assert [one["id"] for one in said(config, "hosts")] == ["alpha"]
        assert said(config, "explain", "vm", str(vms[0]["id"]))[0]["name"] == vms[0]["name"]

        second = vurti(config, "run", "--for", "1")
        assert (second.returncode, second.stdout) == (1, "")
        assert f"in use by another vurti (vurti (pid {program.process.pid} on" in second.stderr

        before = last(url)
        postgres.stop("immediate")
        wait_for(lambda: "cannot be" in program.text() or "failed" in program.text(), "a complaint")
        postgres.start()
        wait_for(lambda: last(url) > before, "events after the outage", secs=60)
        taken = vurti(config, "maintenance", "alpha", "--for", "1h", "--why", "disks")
        assert taken.returncode == 0, taken.stderr
        (told,) = said(config, "expect", "--list", "--all")
        # It is met at once where none of the host's VMs happens to run just then.
        assert (told["why"], told["outcome"] in ("open", "met")) == ("disks", True)
        assert program.stop() == 0
        text = program.text()
    assert "sesame" not in text
    assert f"storing in postgresql://vurti@127.0.0.1:{postgres.port}/locked" in text
    events = said(config, "events", "--since", "0")
    assert [one["cursor"] for one in events] == list(range(1, len(events) + 1))


def counted(url: str) -> int:
    with open_for_reading(url) as reader:
        return reader.vdss.vms.count()


def last(url: str) -> int:
    with open_for_reading(url) as reader:
        return reader.log_bounds()[1]


def test_a_server_that_is_away_at_the_start_is_named_without_the_password(
    config: Path, postgres: Server
) -> None:
    postgres.stop()
    done = vurti(config, "run", "--for", "1")
    assert done.returncode == 1
    assert f"postgresql://vurti@127.0.0.1:{postgres.port}/locked: connection failed" in done.stderr
    assert "sesame" not in done.stderr + done.stdout
