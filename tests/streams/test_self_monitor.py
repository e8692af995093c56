"""vurti suspects itself before it blames hosts (contract 13)."""

from collections.abc import Iterator

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.decide import Rules
from vurti.model import Host, Miss, Missed, Question, Snapshot, Suspected, Suspicion, VmStatesAnswer
from vurti.streams.self_monitor import SelfMonitor


class Watched:
    """A monitor of a fleet, and what it has said."""

    def __init__(self, clock: VirtualClock, hosts: int) -> None:
        self.clock, self.said = clock, list[Suspicion]()
        self.hosts = [Host(f"h{number}") for number in range(hosts)]
        self.monitor = SelfMonitor(clock, Rules(), self.said.append, lambda: hosts)
        self.monitor.start()

    def run(self, secs: float) -> None:
        self.clock.run(self.clock.now() + secs)

    def lose(self, count: int, kind: Miss = Miss.TIMEOUT) -> None:
        for host in self.hosts[:count]:
            self.monitor.polled(Missed(host.id, Question.VMS, kind))

    def answer(self, count: int) -> None:
        for host in self.hosts[:count]:
            self.monitor.polled(Snapshot(host.id, 0.0, VmStatesAnswer({})))


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    assert clock.errors == []


def test_contract_13_a_process_that_stood_still_says_for_how_long(clock: VirtualClock) -> None:
    watched = Watched(clock, 1)
    watched.run(10)
    clock.stall(20)
    watched.run(10)
    (one,) = watched.said
    assert one.kind is Suspected.STALL
    assert 19 <= one.secs <= 20


def test_a_short_delay_is_no_stall(clock: VirtualClock) -> None:
    watched = Watched(clock, 1)
    watched.run(10)
    clock.stall(2)
    watched.run(10)
    assert watched.said == []


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_contract_13_a_wall_clock_that_was_set_is_noticed(clock: VirtualClock, step: float) -> None:
    watched = Watched(clock, 1)
    watched.run(10)
    clock.step_wall(step)
    watched.run(10)
    (one,) = watched.said
    assert one.kind is Suspected.CLOCK
    assert one.secs == pytest.approx(step)


@pytest.mark.parametrize(
    ("fleet", "lost", "suspects"), [(8, 4, True), (8, 3, False), (3, 3, False), (4, 2, True)]
)
def test_contract_13_most_hosts_lost_at_once_are_the_networks_fault(
    clock: VirtualClock, fleet: int, lost: int, suspects: bool
) -> None:
    watched = Watched(clock, fleet)
    watched.run(5)
    watched.lose(lost)
    watched.run(5)
    assert [one.kind for one in watched.said] == [Suspected.NETWORK] * suspects


def test_the_suspicion_lasts_while_they_are_silent_and_they_are_no_news_for_ever(
    clock: VirtualClock,
) -> None:
    watched = Watched(clock, 8)
    watched.lose(8)
    watched.run(300)
    assert 5 <= len(watched.said) <= 7
    watched.said.clear()
    watched.answer(8)
    watched.lose(5)
    watched.run(5)
    watched.answer(8)
    watched.run(60)
    assert len(watched.said) == 1


def test_hosts_that_refuse_are_not_silent(clock: VirtualClock) -> None:
    watched = Watched(clock, 8)
    watched.lose(8, Miss.BAD_REPLY)
    watched.run(30)
    assert watched.said == []


def test_one_that_is_closed_leaves_nothing_behind(clock: VirtualClock) -> None:
    watched = Watched(clock, 1)
    watched.run(1)
    watched.monitor.close()
    assert clock.stray() == []
