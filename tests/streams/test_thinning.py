"""Less demand is fewer questions, fairly, and no host is forgotten or misjudged by that."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import (
    Host,
    Miss,
    Missed,
    Poll,
    Push,
    Question,
    Snapshot,
    VdsStatistics,
    VdsStatisticsAnswer,
    VmStatesAnswer,
)
from vurti.streams.beats import NEVER, Thinning
from vurti.streams.poll_settings import PollSettings
from vurti.streams.polls import HostPolls

SCHEDULE = PollSettings(status_secs=1, statistics_secs=10, thinned_secs_max=20)


class Answering:
    """An endpoint that answers at once, unless it is `mute` about that question."""

    questions = frozenset({Question.VMS, Question.VDS_STATISTICS, Question.CAPABILITIES})

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.mute: set[Question] = set()
        self.asked: dict[Question, list[float]] = {question: [] for question in self.questions}

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None: ...

    def close(self) -> None: ...

    def pushing(self, host: str) -> bool:
        return False

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        started = self.clock.now()
        self.asked[question].append(started)
        if question in self.mute:
            self.clock.sleep_until(started + timeout_secs)
            return Missed(host, question, Miss.TIMEOUT, "no answer", started)
        if question is Question.VMS:
            return Snapshot(host, started, VmStatesAnswer({}))
        return Snapshot(host, started, VdsStatisticsAnswer(VdsStatistics()))


class Bench:
    """Some hosts, and a demand that a test sets."""

    def __init__(self, hosts: int = 1, schedule: PollSettings = SCHEDULE) -> None:
        self.clock, self.demand, self.awaited = VirtualClock(), 1.0, False
        self.told: list[Poll] = []
        self.endpoints = [Answering(self.clock) for _ in range(hosts)]
        self.polls = [
            HostPolls(
                Host(f"host-{number}"), endpoint, self.clock, schedule, lambda: self.demand,
                awaited=lambda: self.awaited,
            )
            for number, endpoint in enumerate(self.endpoints)
        ]  # fmt: skip
        for polls in self.polls:
            polls.observable.subscribe(self.told.append)

    def run(self, secs: float, demand: float | None = None) -> None:
        self.demand = self.demand if demand is None else demand
        self.clock.run(until=self.clock.now() + secs)

    def states(self, host: int = 0) -> list[float]:
        return self.endpoints[host].asked[Question.VMS]

    def gaps(self, host: int = 0, since: float = 0.0) -> set[float]:
        times = [at for at in self.states(host) if at >= since]
        return {round(b - a, 6) for a, b in pairwise(times)}


@pytest.mark.parametrize(
    ("demand", "gap"), [(1.0, 1.0), (0.5, 2.0), (0.25, 4.0), (0.1, 10.0), (0.01, 20.0), (0.0, 20.0)]
)
def test_contract_11_the_less_is_wanted_the_less_states_are_asked_for_down_to_a_least_rate(
    demand: float, gap: float
) -> None:
    bench = Bench(schedule=SCHEDULE.model_copy(update={"statistics_secs": 3600.0}))
    bench.run(10.0, demand)
    bench.run(300.0)
    assert bench.gaps(since=30.0) == {gap}
    assert bench.polls[0].skipped == 0


def test_contract_11_statistics_are_thinned_before_states_and_no_further_than_they() -> None:
    bench = Bench()
    bench.run(100.0)
    asked = bench.endpoints[0].asked
    statistics, states = len(asked[Question.VDS_STATISTICS]), len(asked[Question.VMS])
    assert (statistics, states) == (10, 100)
    bench.run(100.0, demand=0.99)
    assert len(asked[Question.VDS_STATISTICS]) - statistics == 5
    assert len(asked[Question.VMS]) - states >= 50
    bench.run(100.0, demand=0.0)
    assert len(asked[Question.VDS_STATISTICS]) - statistics == 10


def test_contract_11_while_states_are_awaited_only_statistics_are_thinned() -> None:
    """That nobody was asked must decide nothing; statistics decide nothing of that."""
    bench = Bench()
    bench.awaited = True
    bench.run(100.0, demand=0.0)
    asked = bench.endpoints[0].asked
    assert bench.gaps() == {1.0}
    assert len(asked[Question.VDS_STATISTICS]) == 5
    bench.run(100.0, demand=NEVER)
    assert max(bench.states()) <= 100.0


def test_a_beat_that_is_left_out_is_told_as_nothing_and_counted() -> None:
    bench = Bench()
    bench.run(100.0, demand=0.0)
    assert all(isinstance(poll, Snapshot) for poll in bench.told)
    polls = bench.polls[0]
    assert polls.asked == len(bench.told)
    assert polls.asked + polls.thinned == 100 + 10
    assert polls.skipped == 0


def test_contract_13_a_host_that_missed_its_last_question_is_asked_at_every_beat() -> None:
    """It is judged by how often and how long it does not answer."""
    bench = Bench(schedule=SCHEDULE.model_copy(update={"timeout_secs": 0.5}))
    bench.run(50.0, demand=0.0)
    bench.endpoints[0].mute.add(Question.VMS)
    bench.run(30.0)
    since = next(poll.started for poll in bench.told if isinstance(poll, Missed))
    assert bench.gaps(since=since) == {1.0}
    bench.endpoints[0].mute.clear()
    bench.run(2.0)
    answered = bench.clock.now()
    bench.run(100.0)
    assert len([at for at in bench.states() if at > answered]) <= 6


def test_contract_1_statistics_that_hang_while_polls_are_thinned_count_against_no_host() -> None:
    """It has answered about states since that question left."""
    bench = Bench()
    bench.endpoints[0].mute.add(Question.VDS_STATISTICS)
    bench.run(300.0, demand=0.0)
    missed = [poll for poll in bench.told if isinstance(poll, Missed)]
    assert len(missed) >= 10
    for miss in missed:
        ended = miss.started + SCHEDULE.statistics_timeout_secs
        assert any(miss.started <= at <= ended for at in bench.states())


def test_what_a_rule_waits_for_is_asked_at_once_whatever_is_wanted() -> None:
    bench = Bench()
    bench.run(5.5, demand=0.0)
    bench.polls[0].ask(Question.CAPABILITIES)
    bench.polls[0].ask(Question.VMS)
    bench.run(0.0)
    assert bench.endpoints[0].asked[Question.CAPABILITIES] == [5.5]
    assert bench.states()[-1] == 5.5


def test_who_wants_nothing_at_all_has_no_host_asked_whatever_a_rule_waits_for() -> None:
    bench = Bench()
    bench.run(50.0, demand=NEVER)
    bench.polls[0].ask(Question.CAPABILITIES)
    bench.run(50.0)
    assert (bench.polls[0].asked, bench.told) == (0, [])
    bench.run(0.99, demand=1.0)
    assert bench.endpoints[0].asked[Question.CAPABILITIES] != []


def test_a_period_longer_than_the_least_rate_stays_what_it_is() -> None:
    schedule = PollSettings(
        status_secs=60, statistics_secs=300, thinned_secs_max=20, statistics_timeout_secs=5
    )
    bench = Bench(schedule=schedule)
    bench.run(1000.0, demand=0.0)
    assert bench.gaps() == {60.0}


@settings(deadline=None, max_examples=60)
@given(
    pattern=st.lists(
        st.tuples(st.floats(0.1, 40.0), st.sampled_from([0.0, 0.05, 0.3, 0.7, 1.0])), max_size=25
    ),
    slow=st.sets(st.integers(0, 7), max_size=3),
)
def test_contract_11_whatever_is_wanted_and_when_no_host_is_forgotten_and_none_preferred(
    pattern: list[tuple[float, float]], slow: set[int]
) -> None:
    bench = Bench(hosts=8)
    for number in slow:  # one that takes its time takes no turn of another
        bench.endpoints[number].mute.add(Question.VDS_STATISTICS)
    for secs, demand in pattern:
        bench.run(secs, demand)
    end = bench.clock.now()
    for host in range(8):
        times = [0.0, *bench.states(host), end]
        assert all(b - a <= SCHEDULE.thinned_secs_max + 1e-6 for a, b in pairwise(times))
    counts = [len(bench.states(host)) for host in range(8) if host not in slow]
    # Each change of demand finds some hosts just before their beat and others just after it.
    assert max(counts) - min(counts) <= 1 + len(pattern)


@given(
    demand=st.floats(0.0, 2.0),
    waited=st.floats(0.0, 1000.0),
    status_secs=st.floats(0.1, 100.0),
    secs_max=st.floats(0.1, 600.0),
)
def test_after_the_least_rate_a_beat_is_never_left_out(
    demand: float, waited: float, status_secs: float, secs_max: float
) -> None:
    thinning = Thinning(lambda: demand, status_secs, status_secs, secs_max)
    if waited > max(secs_max, status_secs) - status_secs + 1e-5:
        assert thinning.states(waited, 0.0, in_doubt=False)
        assert thinning.statistics(waited, 0.0)
    if demand >= 1:
        assert thinning.states(waited, 0.0, in_doubt=False)
    assert thinning.states(waited, 0.0, in_doubt=True)
