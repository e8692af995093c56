"""What every source must do, as tests: a source of your own runs them as ours do.

    class TestMine(SourceConformance):
        @pytest.fixture
        def bench(self) -> Iterator[MyBench]: ...

A `SourceBench` is a host that the source can talk to, and ways to make it speak, hang and refuse.
docs/sources.md tells what each test is about.
"""

from typing import Any

from vurti.model import (
    Miss,
    Missed,
    Poll,
    Question,
    Snapshot,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmDevicesAnswer,
    VmExternalDataAnswer,
    VmStatesAnswer,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.testing.bench import (
    TIMEOUT_SECS,
    SourceBench,
    Watched,
    pass_time,
    until,
    watched,
)
from vurti.testing.census import Census

__all__ = ["SourceBench", "SourceConformance", "Watched", "pass_time", "until", "watched"]

KINDS: dict[Question, type[Any]] = {
    Question.VMS: VmStatesAnswer,
    Question.VM_STATISTICS: VmStatisticsAnswer,
    Question.VDS_STATISTICS: VdsStatisticsAnswer,
    Question.CAPABILITIES: VdsCapabilitiesAnswer,
    Question.DEVICES: VmDevicesAnswer,
    Question.EXTERNAL_DATA: VmExternalDataAnswer,
}


class SourceConformance:
    """The tests. They are about one endpoint where nothing else is said."""

    def test_each_question_it_declares_is_answered_in_its_kind(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            assert Question.VMS in one.endpoint.questions
            one.answered()
            for question in sorted(one.endpoint.questions):
                poll = one.answered(question)
                assert isinstance(poll.answer, KINDS[question]), poll
                assert poll.host == one.host.id

    def test_a_question_it_does_not_declare_is_missed(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            for question in Question:
                if question not in one.endpoint.questions:
                    assert isinstance(one.ask(question), Missed), question

    def test_an_answer_says_when_it_was_asked_for(self, bench: SourceBench) -> None:
        """What changed after `started` is not in it: so it is neither before the call nor later
        than the answer."""
        with watched(bench) as (one,):
            one.answered()
            for question in sorted(one.endpoint.questions):
                before = one.census.now()
                poll = one.ask(question)
                assert isinstance(poll, Snapshot), poll
                assert before <= poll.started <= one.census.now()

    def test_the_states_of_its_vms_are_told_with_what_absence_means(
        self, bench: SourceBench
    ) -> None:
        with watched(bench) as (one,):
            answer = one.answered().answer
            assert isinstance(answer, VmStatesAnswer)
            assert answer.vms
            assert not answer.unreadable
            assert all(isinstance(report.status, VmStatus) for report in answer.vms.values())
            assert answer.absence is bench.source.absence or not answer.complete

    def test_another_host_is_missed(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            poll = one.endpoint.fetch("no such host", Question.VMS, TIMEOUT_SECS)
            assert isinstance(poll, Missed), poll
            assert (poll.host, poll.question) == ("no such host", Question.VMS)

    def test_many_questions_at_once_are_all_answered(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            questions = sorted(one.endpoint.questions)
            polls = one.ask_all(questions)
            assert [type(poll) for poll in polls] == [Snapshot] * len(questions), polls

    def test_open_returns_at_once_though_the_host_hangs(self, bench: SourceBench) -> None:
        bench.hang()
        began = list[str]()
        census = Census(bench.clock)
        census.spawn(began.append, "another task")  # it has its turn once anything yields
        one = Watched(bench, bench.hosts[0], census)
        assert began == [], "open has yielded"
        one.endpoint.close()

    def test_a_host_that_hangs_is_missed_in_time(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            bench.hang()
            asked = one.census.now()
            poll = one.missed(secs=0.5)
            assert poll.kind is Miss.TIMEOUT, poll
            assert one.census.now() <= asked + 2 * 0.5 + 1  # beyond that it counts as a bug of ours

    def test_a_host_that_is_not_there_is_missed_with_its_reason(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            bench.refuse()
            until(one.census, lambda: isinstance(one.ask(secs=0.5), Missed), "a miss")
            poll = one.missed(secs=0.5)
            assert poll.kind in (Miss.NETWORK, Miss.TIMEOUT), poll
            assert (poll.host, poll.question) == (one.host.id, Question.VMS)
            assert poll.reason

    def test_a_host_that_is_back_is_answered_for_again(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            bench.refuse()
            until(one.census, lambda: isinstance(one.ask(secs=0.5), Missed), "a miss")
            bench.recover()
            assert one.answered().host == one.host.id

    def test_before_it_is_opened_and_after_it_is_closed_all_is_missed(
        self, bench: SourceBench
    ) -> None:
        census = Census(bench.clock)
        endpoint = bench.endpoint(bench.hosts[0], census)
        assert isinstance(endpoint.fetch(bench.hosts[0].id, Question.VMS, 0.2), Missed)
        endpoint.close()
        with watched(bench) as (one,):
            one.answered()
            one.endpoint.close()
            assert isinstance(one.ask(), Missed)
            assert not one.endpoint.pushing(one.host.id)
            one.endpoint.close()  # harmless

    def test_closing_ends_a_call_under_way(self, bench: SourceBench) -> None:
        with watched(bench, *bench.hosts) as (one, other):
            one.answered()
            bench.hang()
            polls = list[Poll]()
            fetch = one.endpoint.fetch
            one.census.spawn(lambda: polls.append(fetch(one.host.id, Question.VMS, 3600.0)))
            pass_time(one.census, 0.1)
            assert polls == []
            one.endpoint.close()
            until(one.census, lambda: len(polls) == 1, "the end of the call")
            assert isinstance(polls[0], Missed), polls
            other.endpoint.close()
            until(one.census, lambda: one.census.under_way() == [], "the end of its tasks")

    def test_closing_ends_all_that_it_began(self, bench: SourceBench) -> None:
        with watched(bench, *bench.hosts) as both:
            for one in both:
                one.answered()
        until(both[0].census, lambda: both[0].census.under_way() == [], "the end of its tasks")
        with watched(bench) as (one,):  # also of what has hardly begun
            pass
        until(one.census, lambda: one.census.under_way() == [], "the end of its tasks")

    def test_closing_one_of_two_leaves_the_other(self, bench: SourceBench) -> None:
        with watched(bench, *bench.hosts) as (one, other):
            one.answered()
            other.answered()
            one.endpoint.close()
            assert isinstance(other.ask(), Snapshot)

    def test_what_a_host_says_by_itself_is_told_in_order_and_for_that_host(
        self, bench: SourceBench
    ) -> None:
        with watched(bench, *bench.hosts) as (one, other):
            one.answered()
            other.answered()
            if not bench.source.pushes:
                assert (one.pushes, other.pushes) == ([], [])
                return
            until(one.census, lambda: one.endpoint.pushing(one.host.id), "pushes")
            vm, statuses = bench.speak(one.host)
            until(one.census, lambda: len(one.statuses(vm)) >= len(statuses), "the pushes")
            assert one.statuses(vm) == statuses
            assert {push.host for push in one.pushes} == {one.host.id}
            assert other.pushes == []

    def test_whether_a_host_is_pushing_follows_the_connection(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            if not bench.source.pushes:
                assert not one.endpoint.pushing(one.host.id)
                return
            until(one.census, lambda: one.endpoint.pushing(one.host.id), "pushes")
            bench.refuse()
            until(one.census, lambda: not one.endpoint.pushing(one.host.id), "silence")

    def test_after_a_reconnect_it_asks_for_a_resync(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            if not bench.source.pushes:
                return
            until(one.census, lambda: one.endpoint.pushing(one.host.id), "pushes")
            before = len(one.resyncs)
            bench.refuse()
            until(one.census, lambda: isinstance(one.ask(secs=0.5), Missed), "a miss")
            bench.recover()
            until(one.census, lambda: len(one.resyncs) > before, "a resync")
            assert set(one.resyncs) == {one.host.id}

    def test_only_calls_of_its_allow_list_are_sent(self, bench: SourceBench) -> None:
        with watched(bench) as (one,):
            one.answered()
            for question in sorted(one.endpoint.questions):
                one.answered(question)
        sent = bench.sent()
        assert sent <= bench.source.allowed, sent - bench.source.allowed
        assert sent or not bench.source.allowed

    def test_the_urls_of_its_hosts_are_good_and_others_are_told(self, bench: SourceBench) -> None:
        for host in bench.hosts:
            assert bench.source.check(host.url) is None
            assert host.url.partition(":")[0] in bench.source.schemes
        assert bench.source.check(f"{bench.source.schemes[0]}:")
