"""A simulated fleet, and an embedder of vurti whose database can be taken away."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.crash.history import History
from tests.fleet.watched import Control, State, control_url
from tests.ports import free_port
from tests.service.program import ROOT, Program
from tests.waiting import wait_for
from vurti.repository import open_all_for_reading, open_for_reading

SETTINGS = """
include = ["{hosts}"]
[repository]
url = "{url}"
waiting_max = {waiting_max}
[listen]
address = ""
[poll]
status_secs = {status_secs}
statistics_secs = 15
{pushed}
[rules]
attempts_max = 3
quiet_secs = 0
{hook}
"""
HOOK = """
[sinks.hook]
kind = "webhook"
from = "events"
url = "{url}"
start = "oldest"
timeout_secs = 2
retry_secs = 0.1
retry_secs_max = 1
"""


class Fleet(NamedTuple):
    """A simulation's control port, and the configuration with its hosts."""

    control: Control
    hosts: Path


class Embedded:
    """The embedder as a process; `history` is read on by `look`."""

    def __init__(self, home: Path, url: str, control: Control, *words: str) -> None:
        self.history, self.url, self.control = History(), url, control
        self.log = home / "embedder.log"
        self._figures: list[dict[str, Any]] = []
        command = [sys.executable, "-m", "tests.outage.embedder", str(home / "vurti.toml")]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*command, *words],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=out,
            )  # fmt: skip
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def figures(self) -> list[dict[str, Any]]:
        """All so far, the oldest first."""
        assert self.process.poll() in (None, 0), self.log.read_text()[-3000:]
        return self._figures

    def now(self) -> dict[str, Any]:
        """The figures of a moment that begins after this call."""
        asked = time.monotonic()
        found: list[dict[str, Any]] = []

        def told() -> bool:
            found[:] = self.figures()[-1:]
            return bool(found) and found[0].get("at", asked) >= asked

        wait_for(told, "figures", 60)
        return found[0]

    def wrong(self) -> dict[str, tuple[State | None, State]]:
        """Each VM of which the database does not say the truth of a world at rest."""
        truth = self.control.truth()
        with open_for_reading(self.url) as reader:
            vms = [one.value for one in reader.vdss.vms.list()]
        stored = {vm.id: (vm.status.value, vm.run_on) for vm in vms}
        return {id: (stored.get(id), one) for id, one in truth.items() if stored.get(id) != one}

    def look(self) -> None:
        """Read the log on, and compare rows with it."""
        with open_all_for_reading(self.url) as reader:
            self.history.read_on(reader)

    def stop(self, secs: float = 60) -> dict[str, Any]:
        """As a supervisor does; its last figures."""
        self.process.terminate()
        assert self.process.wait(secs) == 0, self.log.read_text()[-3000:]
        self._reading.join()
        return self.figures()[-1]

    def close(self) -> None:
        """End it at once. May be called twice."""
        self.process.kill()
        self.process.wait()
        self._reading.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        """Through a pipe: a file it may not be able to write."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._figures.append(json.loads(line))


@contextmanager
def simulated(home: Path, hosts: int, vms: int, pace: float) -> Iterator[Fleet]:
    """A fleet that lives in a process of its own."""
    (home / "simulator").mkdir(parents=True)
    size = ("--hosts", str(hosts), "--vms", str(vms), "--pace", str(pace))
    table = home / "hosts.toml"
    where = ("--port", str(free_port()), "--write", str(table))
    with Program(home / "simulator", "simulate", *size, *where) as simulator:
        yield Fleet(Control(control_url(simulator)), table)


@contextmanager
def embedded(
    home: Path,
    url: str,
    fleet: Fleet,
    *words: str,
    status_secs: float = 2.0,
    status_pushed_secs: float | None = None,
    waiting_max: int = 50_000,
    hook: str = "",
) -> Iterator[Embedded]:
    """Watch that fleet, storing there, and tell a webhook at the URL `hook`, if there is one."""
    settings = SETTINGS.format(
        hosts=fleet.hosts, url=url, status_secs=status_secs, waiting_max=waiting_max,
        pushed=f"status_pushed_secs = {status_pushed_secs}" if status_pushed_secs else "",
        hook=HOOK.format(url=hook) if hook else "",
    )  # fmt: skip
    (home / "vurti.toml").write_text(settings, encoding="utf-8")
    watching = Embedded(home, url, fleet.control, *words)
    try:
        yield watching
    finally:
        watching.close()
