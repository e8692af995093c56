"""What a service manager is told, against a real socket: ready, working, stopping."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.watched import Fleet
from tests.service.program import ROOT, Program
from tests.service.supervising import Listening
from tests.waiting import wait_for
from vurti import PushAdapter
from vurti.service.notify import TICKS_A_WATCH, Supervision, Supervisor

FAREWELL = "storing what was decided"


@pytest.fixture(params=[False, True], ids=["a path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listening]:
    with Listening(tmp_path, abstract=request.param) as one:
        yield one


def test_a_message_is_its_lines_and_no_value_makes_more_of_them(manager: Listening) -> None:
    supervisor = Supervisor(manager.environment())
    supervisor.tell(READY=1, STATUS="all\nWATCHDOG=trigger")
    assert manager.heard() == ["READY=1", "STATUS=all WATCHDOG=trigger"]


def test_what_we_start_does_not_speak_in_our_name(manager: Listening) -> None:
    environment = manager.environment(watchdog_secs=2)
    assert Supervisor(environment).watchdog_secs == 2
    assert environment == {}


def test_another_processs_watchdog_is_not_ours(manager: Listening) -> None:
    environment = {**manager.environment(2), "WATCHDOG_PID": str(os.getppid())}
    assert Supervisor(environment).watchdog_secs is None
    own = {**manager.environment(2), "WATCHDOG_PID": str(os.getpid())}
    assert Supervisor(own).watchdog_secs == 2


@pytest.mark.parametrize("socket", ["", "relative", "vsock:2:1"])
def test_without_anybody_to_tell_nothing_is_said(socket: str) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "1000000"})
    assert (supervisor.there, supervisor.watchdog_secs) == (False, None)
    supervisor.tell(READY=1)


def test_a_manager_that_is_gone_harms_nobody(tmp_path: Path) -> None:
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell(READY=1)


def heard_while(adapter: PushAdapter, manager: Listening, secs: int) -> list[str]:
    """A service manager reads all the time, and few messages wait for it."""
    heard: list[str] = []
    for _ in range(secs):
        adapter.run(for_secs=1)
        heard += manager.heard()
    return heard


def test_a_fleet_that_is_asked_is_ready_once_feeds_the_watchdog_and_says_that_it_stops(
    tmp_path: Path, manager: Listening
) -> None:
    fleet, supervisor = Fleet(tmp_path), Supervisor(manager.environment(watchdog_secs=2))
    with fleet.watched() as (adapter, health, _):
        with Supervision(fleet.clock, supervisor).over(health, FAREWELL):
            heard = heard_while(adapter, manager, 60)
        assert manager.heard() == ["STOPPING=1", f"STATUS={FAREWELL}"]
    assert heard.count("READY=1") == 1
    assert heard.count("WATCHDOG=1") >= 60 / 2 * TICKS_A_WATCH
    assert "STATUS=4 of 4 hosts are up" in heard


def test_the_watchdog_is_not_fed_once_no_host_is_asked_any_more(
    tmp_path: Path, manager: Listening
) -> None:
    """The loop turns, the store takes what it gets, the manager is told: only the polls hang."""
    fleet, supervisor = Fleet(tmp_path), Supervisor(manager.environment(watchdog_secs=20))
    with (
        fleet.watched() as (adapter, health, _),
        Supervision(fleet.clock, supervisor).over(health, FAREWELL),
    ):
        heard_while(adapter, manager, 20)
        fleet.deaf.add("host-1")
        heard_while(adapter, manager, 150)
        assert "WATCHDOG=1" in heard_while(adapter, manager, 5)  # one that hangs is no reason
        fleet.deaf.update(host.id for host in fleet.config.hosts)
        heard_while(adapter, manager, 60)
        heard = heard_while(adapter, manager, 60)
        assert "WATCHDOG=1" not in heard
        assert any("none of 4 hosts was asked for" in line for line in heard)
        fleet.deaf.clear()
        assert "WATCHDOG=1" in heard_while(adapter, manager, 10)


def test_it_is_not_ready_before_every_host_was_asked(tmp_path: Path, manager: Listening) -> None:
    fleet, supervisor = Fleet(tmp_path), Supervisor(manager.environment())
    fleet.deaf.add("host-2")
    with (
        fleet.watched() as (adapter, health, _),
        Supervision(fleet.clock, supervisor).over(health, FAREWELL),
    ):
        heard = heard_while(adapter, manager, 30)
        assert "READY=1" not in heard
        assert heard[-1] == "STATUS=polled: 1 of 4 hosts were not asked yet"
        fleet.deaf.clear()
        assert "READY=1" in heard_while(adapter, manager, 10)


def test_that_it_is_ready_is_said_again_where_nobody_could_take_it(
    tmp_path: Path, manager: Listening
) -> None:
    fleet, supervisor = Fleet(tmp_path), Supervisor(manager.environment())
    while supervisor.tell(STATUS="full"):
        pass
    with (
        fleet.watched() as (adapter, health, _),
        Supervision(fleet.clock, supervisor).over(health, FAREWELL),
    ):
        adapter.run(for_secs=10)
        assert "READY=1" not in manager.heard()
        assert "READY=1" in heard_while(adapter, manager, 3)


def test_a_reload_is_told_with_its_moment_and_only_once_it_is_ready(
    tmp_path: Path, manager: Listening
) -> None:
    fleet = Fleet(tmp_path)
    supervision = Supervision(fleet.clock, Supervisor(manager.environment()))
    with fleet.watched() as (adapter, health, _), supervision.over(health, FAREWELL):
        with supervision.reloading():
            pass
        assert manager.heard() == []
        heard_while(adapter, manager, 10)
        with supervision.reloading():
            pass
        moment = int(fleet.clock.now() * 1e6)
        assert manager.heard() == ["RELOADING=1", f"MONOTONIC_USEC={moment}", "READY=1"]


CONFIG = """
[poll]
status_secs = 0.2
[listen]
address = "127.0.0.1:0"
[hosts.alpha]
url = "sim://alpha"
[hosts.nobody]
url = "vdsm+tcp://127.0.0.1:1"
[sinks.file]
kind = "ndjson"
from = "events"
path = "events.ndjson"
"""


def answered(program: Program, path: str) -> tuple[int, str]:
    wait_for(lambda: "answering" in program.text(), "an address")
    (url,) = re.findall(r"at (http://\S+)", program.text())
    try:
        with urllib.request.urlopen(url + path, timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.slow
def test_a_real_run_is_ready_works_answers_and_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vurti.toml").write_text(CONFIG)
    heard: list[str] = []
    with Listening(tmp_path) as manager:
        for name, value in manager.environment(watchdog_secs=1).items():
            monkeypatch.setenv(name, value)

        def has(line: str) -> bool:
            heard.extend(manager.heard())
            return line in heard

        with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as program:
            wait_for(lambda: has("READY=1"), "ready")
            wait_for(lambda: has("WATCHDOG=1"), "the watchdog fed")
            assert answered(program, "/livez")[0] == 200
            status, told = answered(program, "/readyz")
            assert (status, json.loads(told)["ready"]) == (200, True)
            assert 'vurti_polls_total{outcome="network"}' in answered(program, "/metrics")[1]
            wait_for(lambda: sent(program) > 0, "something told by the sink")
            assert healthcheck(program) == 0
            program.process.send_signal(signal.SIGHUP)
            wait_for(lambda: has("RELOADING=1"), "word of a reload")
            assert_fed_only_while_it_runs(program, manager)
            assert program.stop() == 0
        wait_for(lambda: has("STOPPING=1"), "its farewell")
        assert heard.index("READY=1") < heard.index("STOPPING=1")


def sent(program: Program) -> float:
    """How many events the sink's figures say that it has told."""
    line = r'^vurti_sink_sent_total\{scope="system",sink="file"\} (\S+)$'
    (count,) = re.findall(line, answered(program, "/metrics")[1], re.MULTILINE)
    return float(count)


def assert_fed_only_while_it_runs(program: Program, manager: Listening) -> None:
    program.process.send_signal(signal.SIGSTOP)
    state = Path(f"/proc/{program.process.pid}/stat")
    wait_for(lambda: state.read_text().rpartition(")")[2].split()[0] == "T", "a stop")
    manager.heard()
    time.sleep(1.5)  # nothing is waited for: it is that nothing comes
    assert manager.heard() == []
    program.process.send_signal(signal.SIGCONT)
    wait_for(lambda: "WATCHDOG=1" in manager.heard(), "the watchdog fed again")
    assert answered(program, "/livez")[0] == 200


def healthcheck(program: Program) -> int:
    """What the container runs to see whether it is well, at the port that this run has."""
    text = (ROOT / "contrib" / "container" / "Containerfile").read_text()
    (words,) = re.findall(r"HEALTHCHECK [^\[]+CMD (\[.+\])", text)
    (url,) = re.findall(r"at (http://\S+)", program.text())
    command = [word.replace("http://127.0.0.1:7177", url) for word in json.loads(words)]
    assert shlex.join(command) != shlex.join(json.loads(words))
    return subprocess.run([sys.executable, *command[1:]], check=False).returncode
