"""The database is away for some seconds; `benchmarks/outage.py` does the same for minutes."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.crash.mischief import BRIEF, Mischief
from tests.fleet.watched import Control
from tests.outage.outages import full, locked, paused, stopped
from tests.outage.watched import Embedded, Fleet, embedded, simulated
from tests.postgres.server import Server
from tests.service.program import Program
from tests.sinks.receiver import Receiver
from tests.waiting import wait_for

pytestmark = pytest.mark.slow
HOSTS, VMS = 10, 5
Outage = Callable[[Embedded, Path], AbstractContextManager[None]]
OUTAGES: dict[str, Outage] = {
    "locked": lambda _watching, path: locked(path),
    "full": lambda watching, _path: full(watching.process.pid),
}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with simulated(tmp_path_factory.mktemp("fleet"), HOSTS, VMS, pace=0) as fleet:
        yield fleet


@contextmanager
def busy(control: Control) -> Iterator[None]:
    mischief = Mischief(control, 1, per_sec=40, secs_max=1, of_vms=BRIEF, of_hosts=0)
    mischief.start()
    try:
        yield
    finally:
        mischief.end()


def go_through(watching: Embedded, outage: AbstractContextManager[None]) -> dict[str, Any]:
    """A busy time with an outage in its middle; the figures at the end of the outage."""
    wait_for(lambda: watching.figures() and watching.now()["stored"] >= HOSTS * VMS, "a start")
    with busy(watching.control):
        wait_for(lambda: watching.now()["decided"] > 2 * HOSTS * VMS, "a busy fleet")
        with outage:
            before = watching.now()
            wait_for(lambda: watching.now()["decided"] > before["decided"] + 60, "more to store")
            during = watching.now()
        assert during["stored"] == before["stored"], "there was no outage"
    wait_for(lambda: not watching.wrong(), "the truth")
    return during


@pytest.mark.parametrize("outage", OUTAGES)
def test_nothing_that_was_decided_in_an_outage_is_lost(
    fleet: Fleet, tmp_path: Path, outage: str
) -> None:
    path = tmp_path / "vurti.db"
    with embedded(tmp_path, f"sqlite:///{path}", fleet, status_secs=0.5) as watching:
        during = go_through(watching, OUTAGES[outage](watching, path))
        end = watching.stop()
    assert (end["decided"], end["left"]) == (end["stored"], 0)
    assert during["backlog"] > 0
    assert during["sums"] == 0
    watching.look()
    assert len(watching.history.events) == end["stored"]


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["stopped", "paused"])
def test_nothing_that_was_decided_in_an_outage_of_the_server_is_lost(
    fleet: Fleet, tmp_path: Path, postgres: Server, way: str
) -> None:
    url = postgres.create(f"outage_{way}")
    outages = {"stopped": stopped(postgres), "paused": paused(postgres)}
    with embedded(tmp_path, url, fleet, status_secs=0.5) as watching:
        during = go_through(watching, outages[way])
        end = watching.stop()
    assert (end["decided"], end["left"]) == (end["stored"], 0)
    assert (during["backlog"] > 0, during["sums"]) == (True, 0)
    watching.look()
    assert len(watching.history.events) == end["stored"]


def test_where_a_bound_forces_sums_they_are_marked_and_the_rest_is_true(
    fleet: Fleet, tmp_path: Path
) -> None:
    path = tmp_path / "vurti.db"
    url, bound = f"sqlite:///{path}", 30
    with embedded(tmp_path, url, fleet, status_secs=0.5, waiting_max=bound) as watching:
        during = go_through(watching, locked(path))
        end = watching.stop()
    watching.look()
    assert during["peak"] <= HOSTS * VMS + bound  # one a VM, which nothing can make fewer
    assert during["thinned"] > 0
    assert end["left"] == 0
    assert end["stored"] < end["decided"]
    assert watching.history.counts().sums > 0


def test_a_sink_whose_receiver_is_away_delays_nothing_and_tells_all_that_it_missed(
    fleet: Fleet, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'vurti.db'}"
    receiver = Receiver()
    with receiver, embedded(tmp_path, url, fleet, hook=receiver.url, status_secs=0.5) as watching:
        receiver.wait_for(lambda: len(receiver.unique) >= HOSTS * VMS, "a start")
        receiver.down()
        told = len(receiver.unique)
        with busy(fleet.control):
            wait_for(lambda: watching.now()["stored"] > told + 60, "more is stored")
            assert watching.now()["oldest_secs"] < 5
        receiver.up()
        wait_for(lambda: not watching.wrong(), "the truth")
        stored = watching.now()["stored"]
        receiver.wait_for(lambda: len(receiver.unique) >= stored, "what was missed")
        watching.stop()
        watching.look()
    assert receiver.problems == []
    assert receiver.unique.keys() == watching.history.events.keys()


def test_a_subscriber_that_stalls_for_ever_and_one_that_raises_harm_nothing_that_is_stored(
    fleet: Fleet, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'vurti.db'}"
    with embedded(tmp_path, url, fleet, "--stalls", "--raises", status_secs=0.5) as watching:
        wait_for(lambda: watching.figures() and watching.now()["stored"] >= HOSTS * VMS, "a start")
        with busy(fleet.control):
            wait_for(lambda: watching.now()["decided"] > 4 * HOSTS * VMS, "a busy fleet")
        wait_for(lambda: not watching.wrong(), "the truth")
        seen = watching.now()
        end = watching.stop()
    watching.look()
    assert seen["cut_off"] == 1
    assert (end["decided"], end["left"]) == (end["stored"], 0)


def test_a_stop_in_an_outage_ends_soon_and_says_what_was_not_stored(
    fleet: Fleet, tmp_path: Path
) -> None:
    path = tmp_path / "vurti.db"
    with embedded(tmp_path, f"sqlite:///{path}", fleet, status_secs=0.5) as first:
        wait_for(lambda: first.figures() and first.now()["stored"] >= HOSTS * VMS, "a start")
        first.stop()
    command = ("run", str(tmp_path / "vurti.toml"))
    with Program(tmp_path, *command) as service:
        wait_for(lambda: "watching" in service.text(), "a start")
        with locked(path), busy(fleet.control):
            wait_for(lambda: "could not be stored" in service.text(), "a complaint")
            assert service.stop(40) == 1
    assert re.search(r"stopped, and \d+ changes could not be stored", service.text())
    assert "everything decided is stored" not in service.text()
    first.look()
