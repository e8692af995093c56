"""Which hosts are watched may change while the adapter runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from vurti import PushAdapter
from vurti.adapter.subscriptions import FAREWELLS_SECS
from vurti.clock import Clock
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.errors import VurtiError
from vurti.events import Event, VdsAdded, VdsRemoved, VdsStateChanged, VmAdded, VmRemoved
from vurti.model import Host, Vds, VmFacts
from vurti.model.commit import Logged
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions, open_endpoint
from vurti.sources.sim import demo_fleet
from vurti.streams.endpoint import Endpoint
from vurti.streams.poll_settings import PollSettings


class Fleet:
    """Four simulated hosts on which nothing happens by itself, and what became of watching them."""

    def __init__(self, home: Path) -> None:
        self.clock = VirtualClock()
        hosts, sim = demo_fleet(4, 3, seed=5)
        self.hosts = hosts
        self.config = Config(
            hosts=hosts,
            poll=PollSettings(status_secs=1.0),
            repository=RepositorySettings(url=f"sqlite:///{home / 'vurti.db'}"),
            sources=SourceOptions(sim=sim.model_copy(update={"pace": 0.0})),
        )
        self.connected: list[str] = []
        self.logged: list[Logged] = []

    def adapter(self) -> PushAdapter:
        return PushAdapter(
            self.config,
            clock=self.clock,
            endpoints=self._endpoint,
            on_committed=self.logged.extend,
        )

    def events(self) -> list[Event]:
        """What was told since this was last asked."""
        told, self.logged[:] = [one.event for one in self.logged], []
        return told

    def _endpoint(self, host: Host, clock: Clock) -> Endpoint:
        if host.url == "sim://broken":
            raise VurtiError("this one cannot be")
        self.connected.append(host.id)
        plain = replace(host, url=host.url.partition("?")[0])  # one host may have several addresses
        return open_endpoint(plain, clock, self.config.sources)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path)
    yield fleet
    fleet.clock.run(until=fleet.clock.now() + 1)
    assert fleet.clock.stray() == []
    assert fleet.clock.errors == []


def test_a_host_that_stays_keeps_its_connection_and_its_beats(fleet: Fleet) -> None:
    first, second, third, _ = fleet.hosts
    with fleet.adapter() as adapter:
        adapter.run(10)
        before = {polls.host.id: polls for polls in adapter.polls}
        fleet.connected.clear()
        adapter.watch((first, second, third))
        adapter.run(10)
        after = {polls.host.id: polls for polls in adapter.polls}
    assert fleet.connected == []
    assert after == {host.id: before[host.id] for host in (first, second, third)}
    skipped = [polls.skipped for polls in after.values()]
    assert skipped == [0, 0, 0]


def test_hosts_that_come_and_go_are_told_with_their_vms(fleet: Fleet) -> None:
    *kept, last = fleet.hosts
    with fleet.adapter() as adapter:
        adapter.run(10)
        fleet.events()
        adapter.watch(kept)
        adapter.run(10)
        gone = fleet.events()
        adapter.watch(fleet.hosts)
        adapter.run(10)
        back = fleet.events()
    assert [one.thing for one in gone if isinstance(one, VdsRemoved)] == [last.id]
    assert len([one for one in gone if isinstance(one, VmRemoved)]) == 3
    assert [one.thing for one in back if isinstance(one, VdsAdded)] == [last.id]
    assert len([one for one in back if isinstance(one, VmAdded)]) == 3
    statuses = [one.after.status for one in back if isinstance(one.after, Vds)]
    assert statuses[-1] == "Up"


def test_a_host_at_another_url_is_connected_anew_and_loses_nothing(fleet: Fleet) -> None:
    first, *others = fleet.hosts
    with fleet.adapter() as adapter:
        adapter.run(10)
        fleet.connected.clear()
        fleet.events()
        adapter.watch((replace(first, url=first.url + "?again"), *others))
        adapter.run(10)
    assert fleet.connected == [first.id]
    assert [one for one in fleet.events() if isinstance(one, (VdsRemoved, VmRemoved))] == []


def test_a_host_that_changes_cluster_keeps_its_connection_its_history_and_its_vms(
    fleet: Fleet,
) -> None:
    first, *others = fleet.hosts
    with fleet.adapter() as adapter:
        adapter.run(10)
        seq = adapter.pipeline.view.vdss[first.id].seq
        fleet.connected.clear()
        fleet.events()
        adapter.watch((replace(first, cluster="west"), *others))
        adapter.run(10)
        told = fleet.events()
    assert fleet.connected == []
    assert [(type(one), one.thing, one.seq) for one in told] == [
        (VdsStateChanged, first.id, seq + 1)
    ]
    assert isinstance(told[0].after, Vds)
    assert told[0].after.cluster == "west"


def test_what_is_known_besides_may_be_kept_though_nobody_asks_it(fleet: Fleet) -> None:
    first, *others = fleet.hosts
    with fleet.adapter() as adapter:
        adapter.run(10)
        fleet.events()
        adapter.watch(others, keep_others=True)
        adapter.run(10)
        assert {polls.host.id for polls in adapter.polls} == {host.id for host in others}
        assert [one for one in fleet.events() if isinstance(one, (VdsRemoved, VmRemoved))] == []
        adapter.watch(others)
        adapter.run(1)
    assert [one.thing for one in fleet.events() if isinstance(one, VdsRemoved)] == [first.id]


def test_a_host_that_cannot_be_watched_keeps_no_other_from_it(fleet: Fleet) -> None:
    first, *others = fleet.hosts
    with fleet.adapter() as adapter:
        adapter.run(10)
        adapter.watch(others)
        broken = Host("broken", "sim://broken")
        with pytest.raises(VurtiError, match="this one cannot be"):
            adapter.watch((broken, *others, first))
        adapter.run(10)
        assert {polls.host.id for polls in adapter.polls} == {one.id for one in fleet.hosts}
        assert set(adapter.pipeline.view.vdss) == {"broken", *(one.id for one in fleet.hosts)}


def test_facts_of_vms_are_judged_by_from_then_on(fleet: Fleet) -> None:
    with fleet.adapter() as adapter:
        adapter.run(10)
        assert adapter.pipeline.view.facts == {}
        adapter.watch(fleet.hosts, (VmFacts("vm-1", ha=True),))
        assert adapter.pipeline.view.facts["vm-1"].ha
        adapter.expect("start", "vm-1")


class _Reluctant:
    """An endpoint whose host takes its time to let it go."""

    def __init__(self, endpoint: Endpoint, clock: Clock, secs: float) -> None:
        self._endpoint, self._clock, self._secs = endpoint, clock, secs

    def __getattr__(self, name: str) -> object:
        return getattr(self._endpoint, name)

    def close(self) -> None:
        self._endpoint.close()
        self._clock.sleep_until(self._clock.now() + self._secs)


@pytest.mark.parametrize(("secs", "longest"), [(2.0, 2.0), (1e6, FAREWELLS_SECS)])
def test_leave_is_taken_of_all_hosts_at_once_and_of_none_for_ever(
    fleet: Fleet, secs: float, longest: float
) -> None:
    def reluctant(host: Host, clock: Clock) -> Endpoint:
        return _Reluctant(open_endpoint(host, clock, fleet.config.sources), clock, secs)  # type: ignore[return-value]

    with PushAdapter(fleet.config, clock=fleet.clock, endpoints=reluctant) as adapter:
        adapter.run(10)
        began = fleet.clock.now()
        adapter.close()
        took = fleet.clock.now() - began
    assert took == pytest.approx(longest, abs=0.5)


def test_before_run_nothing_can_be_watched(fleet: Fleet) -> None:
    with fleet.adapter() as adapter, pytest.raises(RuntimeError, match="call run first"):
        adapter.watch(fleet.hosts)


def test_what_was_counted_of_a_host_that_is_gone_still_counts(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    with fleet.adapter() as adapter:
        adapter.run(for_secs=5)
        assert adapter.watching is not None
        before = adapter.watching.subscriptions.counts()
        adapter.watch(fleet.hosts[:1])
        after = adapter.watching.subscriptions.counts()
    assert before["asked"] >= 4 * 4
    assert after["asked"] >= before["asked"]
