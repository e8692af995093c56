"""A store that refuses, under a simulated fleet, in virtual time: what waits is bounded, hosts are
asked less, nothing that was decided is lost, and what a bound forced is marked."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from loguru import logger

from vurti import PushAdapter
from vurti.adapter import pressure
from vurti.adapter.pipeline import Pipeline
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.decide import Rules
from vurti.errors import StoreError
from vurti.events import LASTING, Event
from vurti.model import Absence, Decision, Host, Missed, Reload, Vm
from vurti.model.commit import Commit, Loaded, Logged
from vurti.repository import Repository, open_repository
from vurti.repository.settings import RepositorySettings
from vurti.service.summary import Summary
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet
from vurti.streams.poll_settings import PollSettings
from vurti.testing import expect, poll, vm

pytestmark = pytest.mark.slow

OUTAGE_SECS = 120.0
POLL = PollSettings(status_secs=1.0, statistics_secs=5.0, statistics_timeout_secs=4.0,
                    thinned_secs_max=10.0)  # fmt: skip


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    assert clock.errors == []
    assert clock.stray() == []


class Refusing:
    """A real store, behind something that lets nothing through while it is `away`."""

    def __init__(self, clock: VirtualClock) -> None:
        self.away = False
        self.refused = 0
        self.store: Repository = open_repository(
            "sqlite://", "system", clock.worker(), wall=clock.wall
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def commit(self, commit: Commit, committed_at: float | None = None) -> int:
        self._look()
        return self.store.commit(commit, committed_at)

    def save_statistics(self, *given: Any) -> None:
        self._look()
        self.store.save_statistics(*given)

    def _look(self) -> None:
        if self.away:
            self.refused += 1
            raise StoreError("the database is gone")


class Outage:
    """A fleet, watched for a minute; then the store refuses for two, then it is there again."""

    def __init__(self, clock: VirtualClock, waiting_max: int, pace: float) -> None:
        hosts, sim = demo_fleet(8, 8, seed=11)
        self.clock, self.repository = clock, Refusing(clock)
        self.decided: list[Event] = []
        self.told: list[Logged] = []
        self.missed: list[Missed] = []
        self.most = 0
        self.asked: dict[str, list[float]] = {host.id: [] for host in hosts}
        self.config = Config(
            hosts=hosts,
            poll=POLL,
            rules=Rules(),
            repository=RepositorySettings(waiting_max=waiting_max),
            sources=SourceOptions(sim=sim.model_copy(update={"pace": pace, "pushes": False})),
        )

    def run(self) -> "Outage":
        with PushAdapter(
            self.config,
            clock=self.clock,
            repository=self.repository,
            on_committed=self.told.extend,
        ) as adapter:
            self.adapter = adapter
            summary = Summary(adapter)
            adapter["vms"].subscribe(self.decided.append)
            adapter["hosts"].subscribe(self.decided.append)
            adapter["polls"].subscribe(self._polled)
            adapter.run(60.0)
            self.repository.away = True
            self._outage()
            self.worst = pressure(adapter)
            summary.log()
            self.repository.away = False
            adapter.run(60.0)
            summary.log()
            adapter.run(5.0)
            summary.log()
            self.pressure = pressure(adapter)
            self.backlog = adapter.writing.backlog()
            self.demand = adapter.writing.demand()
            self.boxes = adapter.writing.mailboxes
            self.thinned = adapter.watching.subscriptions.counts()["thinned"]
            self.stored = self.repository.store.vdss.vms.list(limit=1000)
            self.view = {
                row.value.id: row.value
                for row in adapter.pipeline.view.vms.values()
                if isinstance(row.value, Vm) and not row.deleted
            }
        return self

    def _outage(self) -> None:
        began = self.clock.now()
        while self.clock.now() < began + OUTAGE_SECS:
            self.adapter.run(0.5)
            self.most = max(
                self.most, *(len(box) for box in self.adapter.writing.mailboxes.values())
            )

    def _polled(self, polled: Any) -> None:
        self.asked[polled.host].append(polled.started)


def assert_adjoining(events: list[Event]) -> None:
    last: dict[str, Event] = {}
    for one in events:
        before = last.get(one.thing)
        assert one.seq_first == (before.seq + 1 if before is not None else 1), one
        begun = None if one.fleeting else one.before
        assert begun == (before.after if before is not None else None), one
        last[one.thing] = one


def lasting(events: list[Event]) -> set[tuple[str, str]]:
    return {(one.thing, mark) for one in events for mark in LASTING.intersection(one.marks)}


@pytest.mark.parametrize(("waiting_max", "pace"), [(50_000, 5.0), (12, 20.0)])
def test_contract_6_and_7_a_store_that_was_gone_for_two_minutes_has_all_that_was_decided(
    clock: VirtualClock, waiting_max: int, pace: float
) -> None:
    outage = Outage(clock, waiting_max, pace).run()
    logged = [one.event for one in outage.told]
    decided = [one for one in outage.decided if one.kind not in ("VmKnown", "VdsKnown")]

    assert outage.repository.refused > 20
    assert (outage.backlog, outage.demand) == (0, 1.0)
    assert [one.cursor for one in outage.told] == list(range(1, len(outage.told) + 1))
    assert_adjoining(logged)
    assert {one.value.id: one.value for one in outage.stored} == outage.view
    assert lasting(logged) == lasting(decided)
    assert all(one.forced == (one.seq_first < one.seq) for one in logged)
    things = 8 + len({one.thing for one in decided})
    assert outage.most <= max(waiting_max, things)
    sums = sum(box.sums for box in outage.boxes.values())
    forced = [one for one in logged if one.forced]
    if waiting_max > 1000:
        assert (sums, forced, outage.thinned) == (0, [], 0)
        assert {one.id for one in logged} == {one.id for one in decided}
    else:
        assert sums > 50
        assert any(one.seq_first < one.seq for one in forced)
        assert len(logged) < len(decided)
        assert {one.id for one in logged} <= {one.id for one in decided}


def test_contract_11_while_the_store_is_gone_hosts_are_asked_seldom_but_each_of_them(
    clock: VirtualClock,
) -> None:
    outage = Outage(clock, 12, 20.0).run()
    assert outage.thinned > 200
    for times in outage.asked.values():
        gaps = [b - a for a, b in pairwise(times)]
        assert max(gaps) <= POLL.thinned_secs_max + POLL.statistics_timeout_secs
    assert not any("NonResponsive" in str(one.after) for one in outage.decided)


def test_how_much_waits_where_and_for_how_long_can_be_told(clock: VirtualClock) -> None:
    outage = Outage(clock, 12, 20.0).run()
    worst, after = (
        {stage.name: stage for stage in one.stages} for one in (outage.worst, outage.pressure)
    )
    names = ["sequencer", "store hosts", "store vms"]
    names += [f"stream {name}" for name in ("polls", "hosts", "vms", "intents", "configured")]
    assert list(worst) == names
    waiting = worst["store vms"]
    assert outage.worst.demand == 0.0
    assert OUTAGE_SECS - 10 < waiting.oldest_secs <= OUTAGE_SECS
    assert 12 <= waiting.queue <= waiting.peak <= 100
    assert (waiting.sums, waiting.over) > (50, 50)
    assert after["store vms"].queue == 0
    assert after["store vms"].oldest_secs == 0.0
    assert after["store vms"].taken > waiting.taken > 500
    assert after["sequencer"].taken > worst["sequencer"].taken > 1000
    assert after["stream polls"].taken == sum(len(times) for times in outage.asked.values())
    assert outage.pressure.thinned == outage.thinned > outage.worst.thinned - 1
    assert outage.worst.replaced > 50  # each host's sample gives way to its next
    assert outage.pressure.sums == sum(box.sums for box in outage.boxes.values())


def test_the_summary_tells_what_was_left_out_and_added_up_while_it_is(clock: VirtualClock) -> None:
    lines = list[str]()
    sink = logger.add(lambda line: lines.append(str(line)), format="{message}", level="INFO")
    logger.enable("vurti.service")
    try:
        Outage(clock, 12, 20.0).run()
    finally:
        logger.remove(sink)
        logger.disable("vurti.service")
    during, _after, later = (line for line in lines if line.startswith("last "))
    assert re.search(r"; \d+ questions were left out, there was too much to do;", during)
    assert re.search(r"; \d+ sums for want of room in 'store vms' \(\d+ wait\);", during)
    assert re.search(r"; the oldest that is not stored has waited 1[12]\d\.\d s$", during.strip())
    assert "left out" not in later
    assert "want of room" not in later


@pytest.fixture
def pipeline(clock: VirtualClock) -> Iterator[Pipeline]:
    decisions: list[Decision] = []
    loaded = Loaded("system", 1, "n")
    pipeline = Pipeline(
        clock,
        Rules(),
        loaded,
        decisions.append,
        lambda _: None,
        lambda bug: clock.errors.append(bug),
    )
    pipeline.put(Reload((Host("alpha"), Host("beta"))))
    yield pipeline
    pipeline.close()
    clock.run(until=clock.now())


def test_contract_2_while_a_vm_is_looked_for_hosts_are_asked_as_usual(
    clock: VirtualClock, pipeline: Pipeline
) -> None:
    """Another host may have it: that it was not asked must not make the VM Down."""
    pipeline.put(poll(vm("vm1", "Up"), started=0.0, absence=Absence.UNEXPLAINED))
    clock.run(until=1.0)
    assert not pipeline.awaits_answers()
    pipeline.put(poll(started=1.0, absence=Absence.UNEXPLAINED))
    assert pipeline.awaits_answers()
    clock.run(until=10.5)
    assert pipeline.awaits_answers()
    clock.run(until=11.5)
    assert not pipeline.awaits_answers()


@pytest.mark.parametrize(("kind", "soon"), [("power_off", True), ("migrate", False)])
def test_while_something_is_announced_for_soon_hosts_are_asked_as_usual(
    clock: VirtualClock, pipeline: Pipeline, kind: str, soon: bool
) -> None:
    pipeline.put(poll(vm("vm1", "Up"), started=0.0))
    pipeline.put(expect(kind, "vm1", host="beta" if kind == "migrate" else None))
    assert pipeline.awaits_answers() is soon
