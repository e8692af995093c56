"""`vurti demo` as a process: where its page is, and what there is to see."""

import json
import re
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.service.program import Program
from tests.waiting import wait_for

pytestmark = pytest.mark.slow
ADDRESS = re.compile(r"\A(http://127\.0\.0\.1:\d+)/\n")


@contextmanager
def demo(home: Path, *words: str) -> Iterator[tuple[Program, str]]:
    """It runs, and this is its address: the first line that it says."""
    with Program(home, "demo", "--directory", str(home / "demo"), *words) as program:
        wait_for(lambda: "\n" in program.text(), "its first line", but=program.text)
        found = ADDRESS.match(program.text())
        assert found is not None, program.text()
        yield program, found[1]


def told(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_its_first_line_is_where_it_answers_and_it_ends_in_order(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", "0") as (program, url):
        assert told(f"{url}/api/v1/about")["stale_secs"] < 10
        assert program.stop() == 0
        assert "Seen in" in program.text()


def test_a_port_that_is_taken_is_said_with_the_way_out(tmp_path: Path, taken: int) -> None:
    with Program(tmp_path, "demo", "--for", "60", "--port", str(taken)) as program:
        assert program.process.wait(30) == 1
        said = program.text()
    assert f"the page cannot be at 127.0.0.1:{taken}: Address already in use" in said
    assert "--port" in said


def test_where_no_port_is_asked_for_one_that_is_taken_gives_way_to_a_free_one(
    tmp_path: Path, taken: int
) -> None:
    with demo(tmp_path, "--port", "0") as (program, _):
        assert program.stop() == 0
    config = tmp_path / "demo/vurti.toml"
    config.write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{taken}", config.read_text()))
    (tmp_path / "log").write_text("")
    with demo(tmp_path) as (_, url):
        assert not url.endswith(f":{taken}")
        assert told(f"{url}/api/v1/about")["version"]


OF_HOSTS = {"Up", "Connecting", "NonResponsive", "PreparingForMaintenance"}
OF_VMS = {"MigratingFrom", "Paused", "RebootInProgress", "PoweringDown", "Down", "Unknown"}


def test_what_befalls_a_fleet_is_there_to_be_seen_soon(tmp_path: Path) -> None:
    """It takes about 10 s on a machine that is not busy."""
    with demo(tmp_path, "--port", "0") as (program, url):
        seen: set[str] = set()
        kinds: set[str] = set()
        after = 0

        def all_of_it() -> bool:
            nonlocal after
            for one in told(f"{url}/api/v1/events?after={after}&limit=1000")["items"]:
                kinds.add(one["kind"])
                seen.add(one["after"] or "")
                after = one["cursor"]
            return seen >= OF_HOSTS | OF_VMS and kinds >= {"VmMigrated", "VmRebooted"}

        wait_for(all_of_it, "every kind of story", 40, 0.3, but=lambda: (seen, kinds))
        back = "host-5"  # it hung as the demo began
        wait_for(lambda: told(f"{url}/api/v1/hosts/{back}")["status"] == "Up", "it is back")
        assert program.stop() == 0
