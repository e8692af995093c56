"""`vurti top` as a user has it: a program in a terminal, before a `vurti run` that watches a
simulated fleet. Each is a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.terminal.terminal import ROOT, Terminal
from tests.fleet.watched import Control, Watched, watching
from tests.ports import free_port
from tests.service.program import Program
from tests.waiting import wait_for
from vurti.cli.terminal.drawn.palette import DARK

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("top")]

SOON_SECS = 5.0
"""Two on a machine that has nothing else to do."""
GREEN = DARK.tones["good"].removeprefix("#")
SETTINGS = """
[repository]
url = "sqlite:///vurti.db"
[listen]
address = ""
[api]
address = "127.0.0.1:{port}"
tokens_path = "tokens.json"
[poll]
status_secs = 0.5
statistics_secs = 1
timeout_secs = 1
statistics_timeout_secs = 1
[rules]
grace_secs = 3
grace_per_vm_secs = 0
quiet_secs = 0
"""
FLEET = ("--hosts", "4", "--vms", "5", "--pace", "0", "--scheme", "vdsm+tcp", "--ports-from", "0")


class Place:
    """A vurti that answers, and the fleet that it watches. `ending` ends those that are started."""

    def __init__(self, watched: Watched, port: int, ending: ExitStack) -> None:
        self.watched, self._ending = watched, ending
        self._port, self.url = port, f"http://127.0.0.1:{port}"
        self.control: Control = watched.control

    def top(self, *words: str, **more: object) -> Terminal:
        return Terminal("--url", self.url, *words, **more)  # type: ignore[arg-type]

    def again(self) -> None:
        """Another vurti in the place of the one that ended; it is there when this returns."""
        home = self.watched.home
        program = Program(home / "service", "run", str(home / "vurti.toml"))
        self.watched.service = self._ending.enter_context(program)
        wait_for(self._listens, "vurti", but=program.log.read_text)

    def _listens(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self._port)) == 0

    def a_vm(self) -> tuple[str, str]:
        """One that is Up, and its host."""
        host, (vm, *_) = self.control.residents()[0]
        return vm, host


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    port = free_port()
    home = tmp_path_factory.mktemp("top")
    with watching(home, SETTINGS.format(port=port), *FLEET) as watched, ExitStack() as ending:
        yield Place(watched, port, ending)


def test_it_is_live_within_seconds_and_says_how_the_fleet_is(place: Place) -> None:
    with place.top(width=80, height=24) as top:
        top.shows("● live", 15)
        top.shows("● 4 Up")
        top.shows("keeps up")
        lines = top.lines()
        assert lines[1].split()[:2] == ["hosts", "4"]
        assert [line.split()[2] for line in lines[6:10]] == ["host-1", "host-2", "host-3", "host-4"]
        assert GREEN in top.colours()
        top.press("q")
        assert top.ended() == 0


def test_a_vm_that_crashes_is_in_the_feed_within_seconds_and_in_its_story(place: Place) -> None:
    with place.top() as top:
        top.shows("● 4 Up")
        vm, host = place.a_vm()
        truth = place.control.get("/truth")["vms"].values()
        (name,) = [one["name"] for one in truth if one["id"] == vm]
        place.control.post("/stories", kind="crash", thing=vm)
        top.shows("crashed", SOON_SECS)
        assert any("crashed" in line and name in line and host in line for line in top.lines())
        top.press("v\r")
        top.shows("story, newest first")
        top.shows("its QEMU process is gone")
        top.shows("on the word of " + host)
        top.press("\x1b")
        top.shows("VMs, worst first")


def test_a_host_that_hangs_is_worst_with_its_reason_and_not_green(place: Place) -> None:
    with place.top() as top:
        top.shows("● 4 Up")
        place.control.post("/faults", kind="hang", hosts=["host-3"])
        try:
            top.shows("✖ NonResponsive")
            row = next(line for line in top.lines()[5:] if "NonResponsive" in line)
            assert row.split()[:3] == ["✖", "NonResponsive", "host-3"]
            assert "no answer" in row or "timeout" in row
            at = top.lines().index(row)
            assert GREEN not in {cell.fg for cell in top.screen.buffer[at].values()}
            top.shows("? ")
        finally:
            place.control.post("/mend", kind="hang")
        top.shows("● 4 Up")


def test_it_survives_a_restart_of_vurti_and_says_meanwhile_that_it_is_not_live(
    place: Place,
) -> None:
    with place.top() as top:
        top.shows("● live")
        assert place.watched.service.stop() == 0
        top.shows("NOT LIVE")
        wait_for(lambda: GREEN not in top.colours(), "nothing is green", but=top.text)
        top.shows("Connection refused")
        place.again()
        top.shows("● live")
        top.shows("● 4 Up")
        vm, _ = place.a_vm()
        place.control.post("/stories", kind="pause", thing=vm)
        top.shows("‖ paused")
        place.watched.service.kill()
        top.shows("NOT LIVE")
        place.again()
        top.shows("● live")


def test_without_colours_nothing_is_coloured_and_all_is_said(place: Place) -> None:
    with place.top(NO_COLOR="1") as top:
        top.shows("● live")
        top.shows("● 4 Up")
        assert top.colours() == set()
        assert b"38;2;" not in top.raw


def test_the_terminal_is_as_it_was_when_it_ends(place: Place) -> None:
    with place.top() as top:
        top.shows("● live")
        top.press("\x03")
        assert top.ended() == 0
        assert b"\x1b[?1049h" in top.raw
        assert top.raw.rfind(b"\x1b[?1049l") > top.raw.rfind(b"\x1b[?1049h")
        assert top.raw.rfind(b"\x1b[?25h") > top.raw.rfind(b"\x1b[?25l")


def test_it_ends_soon_although_vurti_has_just_gone(place: Place) -> None:
    with place.top() as top:
        top.shows("● live")
        assert place.watched.service.stop() == 0
        top.shows("NOT LIVE")
        top.press("q")
        began = time.monotonic()
        assert top.ended() == 0
        assert time.monotonic() - began < 10
    place.again()


def vurti(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vurti", *words], env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_from_the_first_token_on_it_needs_one_and_shows_it_nowhere(
    place: Place, tmp_path: Path
) -> None:
    config = str(place.watched.home / "vurti.toml")
    secret = vurti("token", "create", config, "top").stdout
    try:
        refused = vurti("top", "--url", place.url)
        assert refused.returncode == 1
        assert "--token-file" in refused.stderr
        file = tmp_path / "token"
        file.write_text(secret)
        with place.top("--token-file", str(file)) as top:
            top.shows("● 4 Up")
            assert secret.strip().encode() not in top.raw
    finally:
        assert vurti("token", "revoke", config, "top").returncode == 0


def test_a_fleet_in_several_scopes_is_one_fleet(tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "vurti.toml"
    clusters = {f"host-{n}": ("east", "west", "north")[n % 3] for n in range(1, 7)}
    hosts = "".join(
        f'[hosts.{host}]\nurl = "sim://{host}"\ncluster = "{cluster}"\n'
        for host, cluster in clusters.items()
    )
    text = SETTINGS.format(port=port).replace("[repository]", '[repository]\nscope = "cluster"')
    config.write_text(f"{text}[sources.sim]\nvms_per_host = 10\npace = 50.0\n{hosts}")
    with Program(tmp_path, "run", str(config)):
        wait_for(lambda: vurti("hosts", "--url", f"http://127.0.0.1:{port}").returncode == 0, "it")
        with Terminal("--url", f"http://127.0.0.1:{port}") as top:
            top.shows("● live")
            top.shows("migrated")
            lines = top.lines()
            assert lines[1].split()[:2] == ["hosts", "6"]
            assert lines[2].split()[:2] == ["VMs", "60"]
            top.press("c")
            for cluster in ("east", "west", "north"):
                top.shows(cluster)
