"""What befalls vurti itself is not held against any host (contract 13): the whole pipeline."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vurti import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.decide import Rules
from vurti.events import VdsEvent
from vurti.model import VdsStatus
from vurti.model.commit import Logged
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet
from vurti.streams.poll_settings import PollSettings


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    assert clock.errors == []
    assert clock.stray() == []


def watched(store: Path) -> Config:
    hosts, sim = demo_fleet(8, 2, seed=3)
    return Config(
        hosts=hosts,
        poll=PollSettings(status_secs=1.0),
        rules=Rules(grace_secs=5, grace_per_vm_secs=0, attempts_max=0, quiet_secs=10),
        repository=RepositorySettings(url=f"sqlite:///{store}"),
        sources=SourceOptions(sim=sim.model_copy(update={"pace": 0.0, "latency_secs": 0.2})),
    )


def statuses(told: list[Logged]) -> set[VdsStatus]:
    events = [one.event for one in told if isinstance(one.event, VdsEvent)]
    return {event.after.status for event in events if event.after is not None}


@pytest.mark.parametrize("what", ["stall", "an hour forth", "an hour back"])
def test_contract_13_what_befalls_vurti_makes_no_host_unresponsive(
    what: str, clock: VirtualClock, tmp_path: Path
) -> None:
    told: list[Logged] = []
    with PushAdapter(watched(tmp_path / "x.db"), clock=clock, on_committed=told.extend) as adapter:
        adapter.run(40)
        told.clear()
        if what == "stall":
            clock.stall(20)
        else:
            clock.step_wall(3600 if what == "an hour forth" else -3600)
        adapter.run(60)
        counts, _ = adapter.counts()
    assert counts == {"Up": 8}
    assert statuses(told) <= {VdsStatus.UP, VdsStatus.CONNECTING}
