"""Set-ups to be looked at, and what is found wrong with them."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest

from vurti.clock.gevent_clock import GeventClock
from vurti.config import Config, load_config
from vurti.doctor import Finding, Verdict, examined
from vurti.simulator import Simulator
from vurti.simulator.issuing import Issuer
from vurti.simulator.table import hosts_table
from vurti.world import STILL

Simulate = Callable[..., Simulator]


def bad(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.verdict is Verdict.BAD]


def notes(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.verdict is Verdict.NOTE]


class SetUp:
    """A directory with a configuration in it."""

    def __init__(self, home: Path) -> None:
        self.home, self.file = home, home / "vurti.toml"

    def write(self, text: str, mode: int = 0o600) -> "SetUp":
        self.file.write_text(text, encoding="utf-8")
        self.file.chmod(mode)
        return self

    @property
    def config(self) -> Config:
        return load_config(self.file)

    def examined(self) -> list[Finding]:
        """Everything that is found, but for what the machine that runs this test has."""
        found = list(examined(self.file, GeventClock()))
        return [one for one in found if one.area != "machine"]


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[SetUp]:
    with gevent.Timeout(60):
        yield SetUp(tmp_path)


@pytest.fixture
def simulate(setup: SetUp) -> Iterator[Simulate]:
    """Start hosts in which nothing happens by itself, and write the set-up that watches them."""
    running: list[Simulator] = []

    def start(more: str = "", **fields: Any) -> Simulator:
        fields = {"hosts": 2, "vms_per_host": 3, "world": STILL} | fields
        simulator = Simulator(GeventClock(), directory=setup.home / "keys", **fields)
        simulator.start()
        running.append(simulator)
        setup.write(f'{hosts_table(simulator)}\n[listen]\naddress = ""\n{more}')
        return simulator

    yield start
    for one in running:
        one.close()


class Pki:
    """Certificates that hold for so many days from now; begun so many days ago."""

    def __init__(self, home: Path) -> None:
        self.home, self._issuer = home, Issuer()

    def write(self, name: str, days: float, begun_days_ago: float = 1) -> tuple[Path, Path]:
        begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=begun_days_ago)
        lasts = dt.timedelta(days=days + begun_days_ago)
        cert, key = self.home / f"{name}.pem", self.home / f"{name}.key"
        pem, private = self._issuer.client(name, begin, lasts)
        cert.write_bytes(pem)
        key.write_bytes(private)
        key.chmod(0o600)
        return cert, key

    def authority(self, name: str, days: float, begun_days_ago: float = 1) -> Path:
        begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=begun_days_ago)
        file = self.home / f"{name}.pem"
        file.write_bytes(self._issuer.authority(begin, dt.timedelta(days=days + begun_days_ago)))
        return file


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return Pki(tmp_path)
