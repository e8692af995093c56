"""`vurti serve` beside `vurti run`: two processes on one store."""

import random
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from tests.ports import free_port
from tests.service.program import ROOT, Program
from tests.service.streamed import log_of, read
from tests.service.supervising import Listening
from tests.service.two_hosts import SETTINGS
from tests.waiting import wait_for
from vurti.api.problems import Problem
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.service import announcing as announcings
from vurti.service.announcing import Announcing

pytestmark = pytest.mark.slow

SERVE = """
[repository]
url = "sqlite:///vurti.db"
[poll]
status_secs = 0.2
[api]
address = "{address}"
writes = true
"""
INVENTORY = """
[inventory.cmdb]
command = ["cat", "empty.json"]
"""


class Both(NamedTuple):
    """Where both are told what they are, and where they answer."""

    home: Path
    within: int
    outside: int

    def config(self, pace: float = 0.0) -> None:
        settings = SETTINGS.format(port=self.within, pace=pace)
        (self.home / "run.toml").write_text(settings + INVENTORY)
        (self.home / "empty.json").write_text('{"version": 1, "complete": true, "hosts": {}}')
        self.serve_at(f"127.0.0.1:{self.outside}")

    def serve_at(self, address: str) -> None:
        (self.home / "serve.toml").write_text(SERVE.format(address=address))

    def run(self) -> Program:
        program = Program(self.home, "run", str(self.home / "run.toml"))
        wait_for(lambda: answers(self.within), "the one that watches")
        return program

    def serve(self, *words: str) -> Program:
        (self.home / "serve").mkdir(exist_ok=True)
        program = Program(self.home / "serve", "serve", str(self.home / "serve.toml"), *words)
        wait_for(lambda: answers(self.outside), "the one that answers")
        return program

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "vurti", *words],
            cwd=self.home,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def both(tmp_path: Path) -> Both:
    made = Both(tmp_path, free_port(), free_port())
    made.config()
    return made


def url(port: int, path: str = "") -> str:
    return f"http://127.0.0.1:{port}/api/v1{path}"


def answers(port: int) -> bool:
    """Even if it is only that one may not ask."""
    try:
        return requests.get(url(port, "/about"), timeout=5).status_code in (200, 401)
    except requests.RequestException:  # nobody listens, or not within its time
        return False


def told(port: int, path: str, headers: dict[str, str] | None = None) -> Any:
    answer = requests.get(url(port, path), timeout=10, headers=headers)
    assert answer.ok, answer.text
    body = answer.json()
    body.pop("now", None)
    return body


def at_rest(port: int) -> bool:
    """All hosts are heard, and all their VMs are known."""
    hosts = told(port, "/hosts")["items"]
    known = len(told(port, "/vms?limit=1000")["items"]) == 600
    return known and [one["status"] for one in hosts] == ["Up", "Up"]


def test_it_answers_what_the_one_that_watches_would(both: Both) -> None:
    within = f"http://127.0.0.1:{both.within}"
    with both.run(), both.serve("--url", within) as served:
        wait_for(lambda: at_rest(both.outside), "the fleet", 60)
        paths = ("/events?limit=500", "/vms?fields=id,status,seq&limit=1000", "/about", "/config")
        for path in (*paths, "/inventories", "/hosts/host-1?fields=id,cluster,capabilities"):
            assert told(both.outside, path) == told(both.within, path)
        inventories = [one["name"] for one in told(both.outside, "/inventories")["items"]]
        assert inventories == ["configuration", "cmdb"]
        assert told(both.outside, "/health")["ready"] is True
        assert told(both.outside, "/pipeline").keys() == told(both.within, "/pipeline").keys()
        ages = told(both.outside, "/ages")
        assert (ages["hosts"], ages["unheard"]) == (2, 0)
        assert ages["period_secs"] == told(both.within, "/ages")["period_secs"] == 0.2
        page = requests.get(f"http://127.0.0.1:{both.outside}/", timeout=10)
        assert "text/html" in page.headers["Content-Type"]
        assert "/metrics" not in served.text()  # where that is by default is the other one's place


def test_without_the_one_that_watches_the_store_is_told_and_the_rest_is_said_to_be_lacking(
    both: Both,
) -> None:
    with both.run() as running, both.serve("--url", f"http://127.0.0.1:{both.within}") as served:
        wait_for(lambda: at_rest(both.outside), "the fleet", 60)
        assert running.stop() == 0
        assert len(told(both.outside, "/vms?limit=1000")["items"]) == 600
        answer = requests.get(url(both.outside, "/pipeline"), timeout=10)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json()["detail"] == "the vurti that watches does not tell"
        assert "does not tell: http://127.0.0.1" in served.text()
        assert served.stop() == 0
        assert "stopped" in served.text()
    with both.serve() as alone:
        answer = requests.get(url(both.outside, "/pipeline"), timeout=10)
        assert (answer.status_code, answer.json()["detail"]) == (
            404,
            "nothing here tells of pipeline",
        )
        assert told(both.outside, "/config")["api.writes"]["value"] is True
        alone.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "nothing is read again" in alone.text(), "what it says of a reload")
        alone.process.send_signal(signal.SIGINT)
        assert alone.process.wait(20) == 0


def test_its_service_manager_hears_of_it_and_its_own_figures_are_where_it_is_told_to_answer(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    with both.run(), Listening(both.home) as manager:
        for name, value in manager.environment(watchdog_secs=1).items():
            monkeypatch.setenv(name, value)
        with (both.home / "serve.toml").open("a") as config:
            config.write('[listen]\naddress = "127.0.0.1:0"\n')
        with both.serve() as served:
            heard = manager.heard()

            def has(line: str) -> bool:
                heard.extend(manager.heard())
                return line in heard

            wait_for(lambda: has("READY=1") and has("WATCHDOG=1"), "that it works")
            (own,) = re.findall(r"/readyz at (http://\S+)", served.text())
            with requests.get(url(both.outside, "/stream"), stream=True, timeout=10):
                figures = requests.get(f"{own}/metrics", timeout=10).text
            assert "vurti_stream_readers 1.0" in figures
            assert re.search(r'vurti_api_answers_total\{status="2xx"\} [1-9]', figures)
            for name in ("vurti_loop_lag_seconds_count", "vurti_build_info", "process_cpu_seconds"):
                assert name in figures
            assert "vurti_hosts" not in figures  # those are of the one that watches
            ready = requests.get(f"{own}/readyz", timeout=10)
            assert (ready.status_code, ready.json()["ready"]) == (200, True)
            assert requests.get(f"{own}/livez", timeout=10).json() == {"alive": True, "why": None}
            assert served.stop() == 0
        wait_for(lambda: has("STATUS=answering nobody any more"), "its farewell")


def test_who_reads_its_stream_over_restarts_of_both_has_exactly_the_log(both: Both) -> None:
    both.config(pace=200.0)
    chance, got = random.Random(5), list[tuple[int, str]]()
    for _ in range(3):
        with both.run() as running, both.serve() as served:
            for _ in range(4):
                after = got[-1][0] if got else 0
                got += read(url(both.outside, "/stream"), after, chance.randint(1, 25))
            for one in (running, served):
                if chance.random() < 0.5:
                    one.stop()
                else:
                    one.kill()
    log = log_of(both.home / "vurti.db")
    assert len(got) > 40
    assert got == log[: len(got)]


def test_a_reader_from_now_on_gets_news_with_the_cluster_of_its_host(both: Both) -> None:
    both.config(pace=200.0)
    with both.run(), both.serve():
        wait_for(lambda: told(both.outside, "/events?limit=1000")["items"], "an event", 60)
        last = told(both.outside, "/events?before=0&limit=1")["items"][0]["cursor"]
        with requests.get(
            url(both.outside, "/stream?cluster=west"), stream=True, timeout=(5, 30)
        ) as answer:
            lines = answer.iter_lines(chunk_size=1)
            first = next(int(line[4:]) for line in lines if line.startswith(b"id: "))
            data = next(line for line in lines if line.startswith(b"data: "))
        assert first > last
        assert b'"host":"host-2"' in data


@pytest.fixture
def operator(both: Both) -> dict[str, str]:
    """Who may announce."""
    made = both.command("token", "create", "serve.toml", "me", "--role", "operate")
    assert made.returncode == 0, made.stderr
    return {"Authorization": f"Bearer {made.stdout.split()[-1]}"}


def test_what_is_announced_is_taken_in_by_the_one_that_writes(
    both: Both, operator: dict[str, str]
) -> None:
    with both.run() as running, both.serve():
        wait_for(lambda: len(told(both.outside, "/vms", operator)["items"]) > 1, "VMs", 60)
        vm = told(both.outside, "/vms?limit=1", operator)["items"][0]["id"]
        expectations = url(both.outside, "/expectations")

        def announced(thing: str) -> requests.Response:
            asked = {"kind": "migrate", "thing": thing, "why": "to empty it"}
            return requests.post(expectations, json=asked, headers=operator, timeout=30)

        made = announced(vm)
        assert made.status_code == 201, made.text
        id_ = made.json()["id"]
        assert (made.json()["why"], made.json()["outcome"]) == ("to empty it", "open")
        ended = requests.delete(f"{expectations}/{id_}", headers=operator, timeout=30)
        assert (ended.status_code, ended.json()["outcome"]) == (200, "cancelled")
        refused = announced("nobody")
        assert refused.status_code == 409
        assert "no VM 'nobody' is known" in refused.json()["detail"]
        running.stop()
        nobody = announced(vm)
        assert nobody.status_code == 409
        assert nobody.json()["detail"] == (
            "no vurti has taken it in within 10 s: does one run on this store?"
        )
    with both.run(), both.serve():  # and none that starts later does
        wait_for(lambda: told(both.within, "/health", operator)["ready"], "it to be ready", 60)
        later = announced(vm)
        assert later.status_code == 201, later.text
        known = told(both.outside, "/expectations?ended=true", operator)["items"]
        assert {one["id"] for one in known} == {id_, later.json()["id"]}


def test_only_so_many_announcements_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcings, "ANNOUNCED_MAX", 0)
    announcing = Announcing(VirtualClock(), Config(), lambda _reader, _given: "x1")
    with pytest.raises(Problem) as refused:
        announcing.cancel("x1")
    assert (refused.value.status, refused.value.again_secs) == (503, 5)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "[api] address is not set"),
        ("0.0.0.0:0", "there is no token yet"),
        ("127.0.0.1:0", "there is no such file: has vurti run with it yet?"),
        ("127.0.0.1:9", "is where this one answers: name the other one"),
    ],
)
def test_what_keeps_it_from_answering_is_said(both: Both, address: str, why: str) -> None:
    both.serve_at(address)
    done = both.command("serve", "serve.toml", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert why in done.stderr
