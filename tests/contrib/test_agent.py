"""The example agent, as a process, beside processes that look like QEMU's."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema
import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "vurti/sources/json_http/answer.schema.json").read_text())
TOKEN = "let-me-in"


@contextmanager
def qemu(name: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A process with the command line of a QEMU, and its UUID, which no other test's has: the
    agents of all tests that run at a time see it. It sleeps until it is killed below; the two
    minutes are for a test run that dies before that."""
    uuid = str(uuid4())
    words = [
        "qemu-system-x86_64",
        "-c",
        "import time; time.sleep(120)",
        "-name",
        name,
        "-uuid",
        uuid,
    ]
    process = subprocess.Popen(words, executable=sys.executable)
    try:
        yield process, uuid
    finally:
        process.kill()
        process.wait()


@contextmanager
def running(**environment: str) -> Iterator[int]:
    """The agent, and the port that it listens on."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(ROOT / "contrib/agent/agent.py"), "0"],
        env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on port "), line
        yield int(line.rpartition(" ")[2])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def get(port: int, question: str = "vms", **headers: str) -> tuple[Any, str]:
    """The answer, which the schema describes, and its ETag."""
    url = f"http://127.0.0.1:{port}/?question={question}"
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        answer = json.loads(reply.read())
    jsonschema.Draft202012Validator(SCHEMA).validate(answer)
    return answer["host"], reply.headers["ETag"]


def test_it_tells_of_every_qemu_and_of_none_that_has_ended() -> None:
    with running() as port:
        with qemu("guest=web,debug-threads=on") as (_, web):
            wait_for(lambda: web in get(port)[0]["vms"], "the VM")
            host, _ = get(port)
            assert host["vms"][web] == {"status": "Up", "name": "web"}
            assert (host["complete"], host["absence"]) == (True, "unexplained")
        assert web not in get(port)[0]["vms"]


def test_a_qemu_that_is_stopped_does_not_respond() -> None:
    with running() as port, qemu("web") as (process, web):
        wait_for(lambda: web in get(port)[0]["vms"], "the VM")
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: get(port)[0]["vms"][web]["status"] == "NotResponding", "its silence")


def test_it_answers_each_question_with_what_was_asked_for() -> None:
    with running() as port, qemu("web") as (_, web):
        wait_for(lambda: web in get(port)[0]["vms"], "the VM")
        sample = get(port, "vm_stats")[0]["vms"][web]["statistics"]
        assert sample["rss_kb"] > 100
        assert sample["cpu_time_ns"] >= 0
        statistics = get(port, "stats")[0]["statistics"]
        assert 0 < statistics["memory_free_kb"] <= statistics["memory_kb"]
        assert statistics["vm_count"] >= 1
        assert get(port, "caps")[0]["capabilities"]["cpus"] == os.cpu_count()


def refused(port: int, question: str = "vms", **headers: str) -> tuple[int, bytes]:
    """What it says instead of an answer."""
    with pytest.raises(urllib.error.HTTPError) as told:
        get(port, question, **headers)
    with told.value as reply:
        return reply.code, reply.read()


def test_what_has_not_changed_is_not_sent_again() -> None:
    with running() as port:
        _, etag = get(port, "caps")
        assert refused(port, "caps", **{"If-None-Match": etag}) == (304, b"")


def test_without_its_token_it_tells_nothing() -> None:
    with running(VURTI_TOKEN=TOKEN) as port:
        assert get(port, Authorization=f"Bearer {TOKEN}")[0]["complete"]
        assert refused(port) == (401, b"")
        assert refused(port, Authorization="Bearer other") == (401, b"")


def test_vurti_watches_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with running(VURTI_TOKEN=TOKEN) as port, qemu("guest=web") as (_, web):
        text = f"""
[repository]
url = "sqlite:///v.db"
[poll]
status_secs = 0.2
statistics_secs = 1
statistics_timeout_secs = 1
[sources.json]
token = "${{file:token}}"
[hosts.here]
url = "json+http://127.0.0.1:{port}/"
"""
        (tmp_path / "vurti.toml").write_text(text)

        def vurti(*words: str) -> str:
            program = [sys.executable, "-m", "vurti", *words]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            told = subprocess.run(
                program, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
                timeout=60,
            )  # fmt: skip
            assert TOKEN not in told.stdout + told.stderr
            return told.stdout

        vurti("run", "vurti.toml", "--for", "3")
        (row,) = [
            row
            for row in map(json.loads, vurti("vms", "vurti.toml", "--json").splitlines())
            if row["id"] == web
        ]
        assert (row["status"], row["name"], row["run_on"]) == ("Up", "web", "here")
        (host,) = map(json.loads, vurti("hosts", "vurti.toml", "--json").splitlines())
        assert host["status"] == "Up"
