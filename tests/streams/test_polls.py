"""The polls of a host: on time, never overlapping, never ended by a failure."""

import random
import zlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from pydantic import ValidationError

from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
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
from vurti.streams.poll_settings import PollSettings
from vurti.streams.polls import Beat, HostPolls, polls

ALPHA = Host("alpha")


class Scripted:
    """An endpoint whose answers take as long as `takes` says for each question, 0 by default."""

    questions = frozenset({Question.VMS, Question.VDS_STATISTICS, Question.CAPABILITIES})

    def __init__(self, clock: Clock, **takes: float) -> None:
        self.clock, self.takes = clock, takes
        self.asked = list[tuple[float, Question]]()
        self.under_way = list[Question]()
        self.speaks = False  # whether its own words come in
        self.together = 0  # the most questions of one kind at the same time

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None: ...

    def close(self) -> None: ...

    def pushing(self, host: str) -> bool:
        return self.speaks

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        started = self.clock.now()
        self.asked.append((started, question))
        self.under_way.append(question)
        self.together = max(self.together, self.under_way.count(question))
        try:
            self.clock.sleep_until(started + min(self.takes.get(question, 0.0), timeout_secs))
        finally:
            self.under_way.remove(question)
        if self.takes.get(question, 0.0) >= timeout_secs:
            return Missed(host, question, Miss.TIMEOUT, "no answer", started)
        if question is Question.VMS:
            return Snapshot(host, started, VmStatesAnswer({}))
        return Snapshot(host, started, VdsStatisticsAnswer(VdsStatistics()))

    def times(self, question: Question) -> list[float]:
        return [at for at, asked in self.asked if asked is question]


SECOND = PollSettings(status_secs=1, statistics_secs=10, timeout_secs=5)


def watched(
    schedule: PollSettings = SECOND,
    host: Host = ALPHA,
    demand: Callable[[], bool] = lambda: True,
    **takes: float,
) -> tuple[VirtualClock, Scripted, HostPolls, list[Poll]]:
    clock = VirtualClock()
    endpoint = Scripted(clock, **takes)
    host_polls, seen = HostPolls(host, endpoint, clock, schedule, demand), list[Poll]()
    host_polls.observable.subscribe(seen.append)
    return clock, endpoint, host_polls, seen


def test_states_are_asked_at_absolute_moments_that_never_drift() -> None:
    clock, endpoint, host_polls, seen = watched(vms=0.3)
    clock.run(until=1000.0)

    times = endpoint.times(Question.VMS)
    assert len(times) == 1000
    assert [round(at - index, 6) for index, at in enumerate(times)] == [round(times[0], 6)] * 1000
    assert len(seen) == len(endpoint.asked) - len(endpoint.under_way)
    assert (host_polls.skipped, host_polls.late_max_secs < 1e-6) == (0, True)


def test_hosts_are_spread_over_the_period_by_their_names_alone() -> None:
    def phase(name: str) -> float:
        clock, endpoint, _, _ = watched(host=Host(name))
        clock.run(until=1.0)
        return endpoint.times(Question.VMS)[0]

    phases = [phase(f"host-{number}") for number in range(100)]
    assert phases == [phase(f"host-{number}") for number in range(100)]
    tenths = [sum(index <= 10 * at < index + 1 for at in phases) for index in range(10)]
    assert min(tenths) > 0
    assert max(tenths) < 30


def test_hosts_of_one_url_are_asked_in_the_same_beat_and_those_of_others_at_other_moments() -> None:
    def first(host: Host) -> float:
        clock, endpoint, _, _ = watched(host=host)
        clock.run(until=1.0)
        return endpoint.times(Question.VMS)[0]

    bridge = "json+https://bridge.example/fleet"
    moments = {first(Host(name, f"{bridge}#{name}")) for name in ("alpha", "beta", "gamma")}
    assert len(moments) == 1
    assert first(Host("alpha", "json+https://other.example/fleet")) not in moments


def test_how_long_states_take_is_told_of_the_last_answer_and_of_the_one_under_way() -> None:
    clock, endpoint, host_polls, _ = watched(vms=2.5)
    clock.run(until=1.0)
    asked_at = endpoint.times(Question.VMS)[0]
    assert host_polls.took_secs(asked_at + 1.0) == 1.0
    clock.run(until=asked_at + 2.6)
    assert host_polls.took_secs(clock.now()) == 2.5
    endpoint.takes["vms"] = 0.1
    clock.run(until=asked_at + 9.0)
    assert host_polls.took_secs(clock.now()) == pytest.approx(0.1)


def test_an_answer_that_takes_longer_than_the_period_skips_beats_and_queues_none() -> None:
    clock, endpoint, host_polls, _ = watched(vms=2.5)
    clock.run(until=31.0)

    times = endpoint.times(Question.VMS)
    assert endpoint.together == 1
    assert {round(b - a, 6) for a, b in pairwise(times)} == {3.0}
    # A beat that fell into an answer under way is skipped: two for each whole answer.
    assert host_polls.skipped in (2 * len(times), 2 * (len(times) - 1))


def test_statistics_that_hang_delay_no_states_and_never_overlap() -> None:
    clock, endpoint, host_polls, seen = watched(
        PollSettings(status_secs=1, statistics_secs=3, statistics_timeout_secs=3), stats=1e9
    )
    clock.run(until=60.0)

    assert len(endpoint.times(Question.VMS)) == 60
    assert endpoint.together == 1
    missed = [poll for poll in seen if isinstance(poll, Missed)]
    assert len(missed) >= 9
    assert {poll.question for poll in missed} == {Question.VDS_STATISTICS}
    assert host_polls.late_max_secs < 1e-6


def test_statistics_that_take_longer_than_their_period_skip_beats_and_queue_none() -> None:
    clock = VirtualClock()

    class Heedless(Scripted):
        def fetch(
            self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
        ) -> Poll:
            return super().fetch(host, question, 1e9, vms)  # it does not keep to its timeout

    endpoint = Heedless(clock, stats=4.5)
    schedule = PollSettings(status_secs=1, statistics_secs=3, statistics_timeout_secs=3)
    host_polls = HostPolls(ALPHA, endpoint, clock, schedule)
    host_polls.observable.subscribe()
    clock.run(until=30.0)

    times = endpoint.times(Question.VDS_STATISTICS)
    assert {round(later - at, 6) for at, later in pairwise(times)} == {6.0}
    assert host_polls.skipped == len(times)


def test_a_question_that_was_let_go_before_it_left_is_asked_by_the_next_subscription() -> None:
    clock = VirtualClock()

    class Prompt(Scripted):
        def fetch(
            self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
        ) -> Poll:
            self.asked.append((clock.now(), question))
            return Snapshot(host, clock.now(), VmStatesAnswer({}))

    endpoint = Prompt(clock)
    schedule = PollSettings(status_secs=1, statistics_secs=1, statistics_timeout_secs=1)
    host_polls = HostPolls(ALPHA, endpoint, clock, schedule)
    first = host_polls.observable.subscribe(lambda _: first.dispose())
    clock.run(until=1.0)
    assert [question for _, question in endpoint.asked] == [Question.VMS]

    host_polls.observable.subscribe()
    clock.run(until=3.0)
    assert len(endpoint.times(Question.VDS_STATISTICS)) == 3  # at once, and at two beats


def test_questions_that_the_source_cannot_answer_are_not_asked() -> None:
    clock, endpoint, host_polls, _ = watched()
    clock.run(until=30.0)
    host_polls.ask(Question.VM_STATISTICS)
    clock.run(until=31.0)

    assert Question.VM_STATISTICS not in {question for _, question in endpoint.asked}
    assert host_polls.unanswerable == 1


def test_a_host_that_speaks_by_itself_is_asked_less_often_until_it_falls_silent() -> None:
    schedule = SECOND.model_copy(update={"status_pushed_secs": 10.0})
    clock, endpoint, host_polls, _ = watched(schedule)
    endpoint.speaks = True
    clock.run(until=100.0)
    assert len(endpoint.times(Question.VMS)) == 10
    assert host_polls.stretched == 90
    endpoint.speaks = False
    clock.run(until=110.0)
    assert len(endpoint.times(Question.VMS)) == 20


def test_a_question_is_asked_at_once_and_the_beats_stay_where_they_are() -> None:
    clock, endpoint, host_polls, _ = watched(PollSettings(status_secs=10, statistics_secs=3600))
    clock.run(until=20.0)
    before = endpoint.times(Question.VMS)
    for question in (Question.VMS, Question.CAPABILITIES, Question.VMS):
        host_polls.ask(question)
    clock.run(until=40.0)

    assert endpoint.times(Question.CAPABILITIES) == [20.0]
    beats = [round(before[0] + 10 * index, 6) for index in range(4)]
    assert [round(at, 6) for at in endpoint.times(Question.VMS)] == sorted([*beats, 20.0])


@pytest.mark.parametrize("question", [Question.VMS, Question.CAPABILITIES])
def test_a_question_asked_while_the_same_is_under_way_is_asked_once_more_behind_it(
    question: Question,
) -> None:
    clock, endpoint, host_polls, _ = watched(
        PollSettings(status_secs=100, statistics_secs=3600), vms=2.0, caps=2.0
    )
    clock.run(until=0.5)
    host_polls.ask(question)
    clock.run(until=1.0)
    assert endpoint.times(question) == [0.5]
    for _ in range(3):
        host_polls.ask(question)
    clock.run(until=10.0)

    assert endpoint.times(question) == [0.5, 2.5]
    assert endpoint.together == 1


def test_whoever_needs_no_later_answer_has_that_which_is_under_way_and_else_a_question() -> None:
    clock, endpoint, host_polls, _ = watched(
        PollSettings(status_secs=100, statistics_secs=3600), caps=2.0
    )
    for at in (0.5, 1.0, 2.0, 3.0):
        clock.run(until=at)
        host_polls.ask(Question.CAPABILITIES, anew=False)
    clock.run(until=10.0)

    assert endpoint.times(Question.CAPABILITIES) == [0.5, 3.0]


def test_an_endpoint_that_raises_is_told_as_a_missed_and_asked_again() -> None:
    clock = VirtualClock()

    class Wrong(Scripted):
        def fetch(
            self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
        ) -> Poll:
            raise KeyError("mine")

    seen = list[Poll]()
    host_polls = HostPolls(ALPHA, Wrong(clock), clock, SECOND)
    host_polls.observable.subscribe(seen.append)
    clock.run(until=5.0)

    states = [poll for poll in seen if isinstance(poll, Missed) and poll.question == "vms"]
    assert len(states) == 5
    assert states[0].kind is Miss.BAD_REPLY
    assert states[0].reason == "bug: KeyError: 'mine'"
    assert host_polls.bugs == len(seen)


def test_an_endpoint_that_ignores_its_timeout_is_cut_short() -> None:
    clock = VirtualClock()

    class Endless(Scripted):
        def fetch(
            self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
        ) -> Poll:
            self.clock.signal().wait()
            raise AssertionError("nobody sets it")

    seen = list[Poll]()
    HostPolls(ALPHA, Endless(clock), clock, SECOND).observable.subscribe(seen.append)
    clock.run(until=12.5)

    assert isinstance(seen[0], Missed)
    assert (seen[0].kind, seen[0].reason) == (
        Miss.TIMEOUT,
        "bug: no word 11 s after a question",
    )


def test_a_second_subscriber_is_refused_since_it_would_ask_the_host_twice() -> None:
    _, _, host_polls, _ = watched()
    seen = list[Exception]()
    host_polls.observable.subscribe(on_error=seen.append)
    assert [str(error) for error in seen] == ["alpha is being polled already: share the stream"]


def test_a_disposed_subscription_ends_its_tasks_and_may_be_made_again() -> None:
    clock = VirtualClock()
    endpoint, seen = Scripted(clock, vms=0.5, stats=8.0), list[Poll]()
    host_polls = HostPolls(ALPHA, endpoint, clock, SECOND)
    subscription = host_polls.observable.subscribe(seen.append)
    clock.run(until=10.9)
    assert endpoint.under_way != []

    subscription.dispose()
    assert endpoint.under_way == []
    assert clock.stray() == []
    told = len(seen)
    clock.run(until=20.0)
    assert len(seen) == told

    host_polls.observable.subscribe(seen.append)
    clock.run(until=25.0)
    assert len(seen) >= told + 4


def test_a_subscriber_may_dispose_from_within() -> None:
    clock = VirtualClock()
    endpoint, seen = Scripted(clock), list[Poll]()

    def enough(poll: Poll) -> None:
        seen.append(poll)
        subscription.dispose()

    subscription = polls(ALPHA, endpoint, clock, SECOND).subscribe(enough)
    clock.run(until=10.0)

    assert len(seen) == 1
    assert clock.stray() == []


def test_a_late_loop_is_measured() -> None:
    clock = VirtualClock()
    host_polls = HostPolls(ALPHA, Scripted(clock), clock, SECOND)
    host_polls.observable.subscribe()
    clock.run(until=3.5)
    late = clock.now() + 1.25 - Beat(1.0, zlib.crc32(b"alpha") / 2**32, 3.5).due
    clock.stall(1.25)
    clock.run(until=5.0)
    assert late > 0.25
    assert host_polls.late_max_secs == pytest.approx(late)
    clock.run(until=10.0)
    assert host_polls.late_secs < 1e-6
    assert host_polls.late_max_secs == pytest.approx(late)


def test_contract_13_a_loop_that_is_behind_asks_less_but_never_less_than_every_fourth_time() -> (
    None
):
    clock = VirtualClock()
    host_polls = HostPolls(ALPHA, Scripted(clock), clock, SECOND)
    host_polls.observable.subscribe()
    beat = Beat(1.0, zlib.crc32(b"alpha") / 2**32, clock.now())
    asked = []
    for _ in range(9):  # each beat is 0.6 s late
        clock.stall(beat.due + 0.6 - clock.now())
        clock.run(until=clock.now() + 0.01)
        beat.step(beat.due)
        asked.append(host_polls.asked)
    assert [b - a for a, b in pairwise(asked)].count(1) == 2
    clock.run(until=beat.due + 4.5)
    assert host_polls.asked >= asked[-1] + 5


def test_a_beat_is_always_ahead_whatever_the_numbers() -> None:
    chance = random.Random(7)
    for _ in range(2000):
        period, phase = chance.uniform(0.05, 100), chance.random()
        now = chance.uniform(0, 1e7)
        beat = Beat(period, phase, now)
        assert now - 1e-6 <= beat.due <= now + period + 1e-6
        beat.step(now)
        assert beat.due > now - 1e-6


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"status_secs": 0}, "status_secs"),
        ({"timeout_secs": -1}, "timeout_secs"),
        ({"status_secs": 20}, "statistics_secs"),
        ({"statistics_timeout_secs": 20}, "statistics_timeout_secs"),
        ({"staus_secs": 2}, "staus_secs"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_by_their_key(
    wrong: dict[str, float], key: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        PollSettings.model_validate(wrong)
    assert [error["loc"] for error in caught.value.errors()] == [(key,)]


def test_in_real_time_a_host_is_polled_and_let_go() -> None:
    clock = GeventClock()
    endpoint, enough = Scripted(clock, vms=0.01), clock.signal()
    seen = list[Poll]()

    def hear(poll: Poll) -> None:
        seen.append(poll)
        if len(seen) >= 3:
            enough.set()

    schedule = PollSettings(status_secs=0.05, statistics_secs=60, statistics_timeout_secs=1)
    subscription = polls(ALPHA, endpoint, clock, schedule).subscribe(hear)
    assert enough.wait(until=clock.now() + 30)
    subscription.dispose()
    told = len(seen)
    clock.sleep_until(clock.now() + 0.2)

    assert len(seen) == told
    assert endpoint.together == 1


def test_a_moment_that_passed_while_the_host_still_answered_is_not_our_lateness() -> None:
    clock, _, host_polls, _ = watched(vms=0.7)
    clock.run(until=5.0)
    before = Beat(1.0, zlib.crc32(b"alpha") / 2**32, 5.0).due - 0.2
    clock.call_at(before, lambda: host_polls.ask(Question.VMS))
    clock.run(until=10.0)

    assert host_polls.lateness.take().questions >= 9
    assert host_polls.late_max_secs < 1e-6


class Telling(Scripted):
    """One that can tell of single VMs as well, and says which it was asked about."""

    questions = frozenset(Question)

    def __init__(self, clock: Clock, **takes: float) -> None:
        super().__init__(clock, **takes)
        self.about = list[tuple[float, Question, tuple[str, ...]]]()

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        if vms:
            self.about.append((self.clock.now(), question, vms))
        return super().fetch(host, question, timeout_secs)


def telling(**takes: float) -> tuple[VirtualClock, Telling, HostPolls, list[Poll]]:
    clock, seen = VirtualClock(), list[Poll]()
    endpoint = Telling(clock, **takes)
    host_polls = HostPolls(ALPHA, endpoint, clock, SECOND)
    host_polls.observable.subscribe(seen.append)
    clock.run(until=0.5)
    return clock, endpoint, host_polls, seen


def test_devices_are_asked_for_once_of_all_vms_that_were_named_and_once_more_behind() -> None:
    clock, endpoint, host_polls, _ = telling(devices=2.0)
    host_polls.ask(Question.DEVICES, ("b", "a"))
    host_polls.ask(Question.DEVICES, ("a", "c"))
    clock.run(until=1.0)
    for vm in ("d", "a"):
        host_polls.ask(Question.DEVICES, (vm,))
    clock.run(until=10.0)

    assert endpoint.about == [
        (0.5, Question.DEVICES, ("b", "a", "c")),
        (2.5, Question.DEVICES, ("d", "a")),
    ]


def test_external_data_are_asked_for_of_one_vm_after_the_other() -> None:
    clock, endpoint, host_polls, _ = telling(external_data=1.0)
    for vm in ("a", "b", "a"):
        host_polls.ask(Question.EXTERNAL_DATA, (vm,))
    clock.run(until=10.0)

    assert [(at, vms) for at, _, vms in endpoint.about] == [(0.5, ("a",)), (1.5, ("b",))]


def test_a_miss_names_the_vms_that_were_asked_about() -> None:
    clock, _, host_polls, seen = telling(devices=1e9)
    host_polls.ask(Question.DEVICES, ("a", "b"))
    clock.run(until=10.0)

    missed = [poll for poll in seen if isinstance(poll, Missed)]
    assert [(poll.question, poll.vms) for poll in missed] == [(Question.DEVICES, ("a", "b"))]


def test_who_waits_for_external_data_hears_that_its_source_cannot_tell_them() -> None:
    """And by a miss that says nothing about the host: it would be judged by it."""
    clock, endpoint, host_polls, seen = watched()
    clock.run(until=0.5)
    for question in (Question.EXTERNAL_DATA, Question.DEVICES):
        host_polls.ask(question, ("a",))
    clock.run(until=0.6)

    missed = [poll for poll in seen if isinstance(poll, Missed)]
    assert [(poll.question, poll.kind, poll.vms) for poll in missed] == [
        (Question.EXTERNAL_DATA, Miss.BUSY, ("a",))
    ]
    assert Question.EXTERNAL_DATA not in {question for _, question in endpoint.asked}
    assert host_polls.unanswerable == 2


def test_new_beats_count_from_the_next_one_and_break_nothing_off() -> None:
    clock, endpoint, host_polls, seen = watched(vms=0.5)
    clock.run(until=10.1 + phase())
    assert endpoint.under_way == [Question.VMS]
    before = len(endpoint.times(Question.VMS))
    host_polls.reschedule(PollSettings(status_secs=4, statistics_secs=20, timeout_secs=5))
    clock.run(until=clock.now() + 40)
    later = endpoint.times(Question.VMS)[before:]
    assert len(later) >= 9
    assert {round(b - a, 6) for a, b in pairwise(later)} == {4.0}
    assert len(seen) == len(endpoint.asked)
    host_polls.reschedule(SECOND)
    clock.run(until=clock.now() + 10)
    assert len(endpoint.times(Question.VMS)) - before - len(later) >= 9


def phase() -> float:
    """Where in a second the host of these tests is asked."""
    clock, endpoint, _, _ = watched()
    clock.run(until=2.0)
    return endpoint.times(Question.VMS)[0] % 1.0
