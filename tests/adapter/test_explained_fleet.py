"""A fleet that is explained while it lives, and of which nothing is written while it is quiet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vurti import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.model.explanation import Explanation
from vurti.repository import Repository, open_for_reading, open_repository
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet
from vurti.streams.poll_settings import PollSettings

pytestmark = pytest.mark.slow


def fleet(store: Path, pace: float) -> Config:
    hosts, sim = demo_fleet(6, 5, seed=5)
    return Config(
        hosts=hosts,
        poll=PollSettings(status_secs=1.0),
        repository=RepositorySettings(url=f"sqlite:///{store}"),
        sources=SourceOptions(sim=sim.model_copy(update={"pace": pace})),
    )


class Watched(Repository):
    """A store that says when it was asked to write explanations."""

    written: list[int]

    def save_statistics(self, statistics, explanations=()) -> None:  # type: ignore[no-untyped-def]
        self.written.append(len(explanations))
        super().save_statistics(statistics, explanations)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    assert clock.stray() == []


def test_contract_10_a_quiet_fleet_writes_no_explanation(
    tmp_path: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vurti.repository.repository.Repository", Watched)
    config = fleet(tmp_path / "v.db", pace=0.0)
    store = open_repository(config.repository.url, "system", clock.worker(), wall=clock.wall)
    assert isinstance(store, Watched)
    store.written = []
    with PushAdapter(config, clock=clock, repository=store) as adapter:
        adapter.run(60)
        assert sum(store.written) >= 36  # at the start there was something new of every thing
        store.written.clear()
        clock.sleep_until(clock.now() + 600)
    assert len(store.written) > 20
    assert set(store.written) == {0}


def test_contract_15_every_state_of_a_living_fleet_names_the_rule_that_made_it(
    tmp_path: Path, clock: VirtualClock
) -> None:
    config = fleet(tmp_path / "v.db", pace=3.0)
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(300)
    with open_for_reading(config.repository.url) as reader:
        records = [*reader.vdss.vms.list(), *reader.vdss.list()]
        unexplained = [
            (one.value.id, one.rule)
            for one in records
            if not _made_by(reader.explanations.get(one.value.id), one.rule)
        ]
    assert len(records) >= 36
    assert unexplained == []


def _made_by(explanation: Explanation | None, rule: str) -> bool:
    if explanation is None:
        return False
    return any(one.rule == rule and one.changed for one in explanation.accepted)
