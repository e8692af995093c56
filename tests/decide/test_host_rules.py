"""The life-cycle of hosts: R1, R2, R4 to R7, R11 to R13, and the grace of §4."""

import pytest

from vurti.decide import Rules
from vurti.decide.vds.grace import grace_secs
from vurti.model import (
    Host,
    Miss,
    Push,
    Question,
    Reload,
    Snapshot,
    Vds,
    VdsStatus,
    Vm,
    VmStatesAnswer,
    VmStatistics,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.testing.fold import Fold, report

H = VdsStatus
V = Vm("v", status=VmStatus.UP, run_on="A")


def statuses(fold: Fold, host: str = "A") -> list[str]:
    """The statuses of a host after each of its events."""
    vdss = [event.after for event in fold.events if isinstance(event.after, Vds)]
    return [vds.status.value for vds in vdss if vds.id == host]


def lose(fold: Fold, host: str, times: int = 3) -> None:
    for _ in range(times):
        fold.miss(host)


def test_contract_14_a_host_that_is_given_up_was_heard_when_it_answered_last() -> None:
    fold = Fold(V)
    fold.at += 5
    fold.poll("A", v=VmStatus.UP)
    answered = fold.wall + fold.at
    fold.at += 100
    given_up = [fold.miss("A") for _ in range(3)][-1]
    assert statuses(fold)[-1] == "NonResponsive"
    assert [one.heard_at for one in given_up.statistics] == [answered]


@pytest.mark.parametrize(("vms", "secs"), [(0, 60), (15, 67), (40, 80)])
def test_each_vm_adds_half_a_second_to_the_grace(vms: int, secs: int) -> None:
    assert grace_secs(Rules(), vms) == secs


def test_a_new_host_is_up_once_it_told_what_it_is_and_how_it_is() -> None:
    fold = Fold(hosts=[Vds("A")])
    decision = fold.poll("A")
    assert [query.question for query in decision.queries] == ["caps"]
    decision = fold.caps("A")
    assert [query.question for query in decision.queries] == ["stats"]
    fold.stats("A")
    assert statuses(fold)[-1] == "Up"


def test_a_new_host_need_not_tell_twice_what_it_is_but_one_that_has_changed_does() -> None:
    fold = Fold(hosts=[Vds("A")])
    assert [(query.question, query.anew) for query in fold.poll("A").queries] == [("caps", False)]
    changed = fold.give(Push("A", {}, 7, host_conn=True))
    assert [(query.question, query.anew) for query in changed.queries] == [("caps", True)]


def test_a_new_host_that_tells_first_how_it_is_need_not_tell_twice_what_it_is() -> None:
    fold = Fold(hosts=[Vds("A")])
    assert [(query.question, query.anew) for query in fold.stats("A").queries] == [("caps", False)]


def test_a_host_that_says_that_it_has_changed_is_asked_what_it_is_now() -> None:
    fold = Fold(V)
    fold.poll("A", v=VmStatus.UP)
    events = len(fold.events)
    decision = fold.give(Push("A", {}, 7, host_conn=True))
    assert [(query.host, query.question) for query in decision.queries] == [("A", "caps")]
    assert len(fold.events) == events
    assert fold.give(Push("A", {}, 8)).queries == ()


def test_a_host_whose_pushes_have_a_clock_that_begins_anew_was_booted() -> None:
    fold = Fold(V)
    told = [fold.give(Push("A", {}, time)).events for time in (200_000, 300_000, 241_000, 500)]
    assert [event.reason for event in told[-1]] == ["the clock of its pushes began anew"]
    assert told[:-1] == [(), (), ()]  # a little back is no more than that
    assert fold.give(Push("A", {}, 600)).events == ()


def test_the_first_missed_question_makes_a_host_connecting_and_says_why() -> None:
    fold = Fold(V)
    fold.poll("A", v=VmStatus.UP)
    fold.miss("A", Miss.NETWORK)
    assert statuses(fold) == ["Connecting"]
    assert "network" in fold.events[-1].reason
    assert fold.vm("v") == V


def test_many_failures_within_the_grace_do_not_end_it() -> None:
    fold = Fold()
    fold.poll("A")
    lose(fold, "A", 30)
    assert statuses(fold) == ["Connecting"]


def test_after_the_grace_a_host_is_nonresponsive_and_its_vms_unknown_where_they_were() -> None:
    fold = Fold(V, Vm("w", status=VmStatus.UP, run_on="B"))
    fold.poll("A", v=VmStatus.UP)
    lose(fold, "A")
    fold.wait(61)
    assert statuses(fold) == ["Connecting", "NonResponsive"]
    assert fold.vm("v") == Vm("v", status=VmStatus.UNKNOWN, run_on="A")
    assert fold.vm("w").status is VmStatus.UP  # type: ignore[union-attr]


def test_both_limits_must_be_exceeded_time_alone_does_not_end_the_grace() -> None:
    fold = Fold()
    fold.poll("A")
    fold.wait(200)
    fold.miss("A")
    assert statuses(fold) == ["Connecting"]
    lose(fold, "A", 2)
    assert statuses(fold) == ["Connecting", "NonResponsive"]


def test_a_host_that_answers_again_is_up_and_its_vms_are_restored() -> None:
    fold = Fold(V)
    fold.poll("A", v=VmStatus.UP)
    lose(fold, "A")
    fold.wait(61)
    fold.poll("A", v=VmStatus.UP)
    assert fold.vm("v") == V
    fold.caps("A")
    decision = fold.stats("A")
    # Its capabilities are told in between, which is a change of its record and not of its status.
    assert statuses(fold) == ["Connecting", "NonResponsive", "NonResponsive", "Up"]
    assert "vms" in [query.question for query in decision.queries]
    assert not [key for key in fold.timers if key.kind == "grace"]


def test_capabilities_from_before_a_failure_do_not_bring_a_host_up() -> None:
    fold = Fold(hosts=[Vds("A")])
    fold.caps("A")
    fold.miss("A")
    fold.stats("A")
    assert statuses(fold)[-1] != "Up"


def test_contract_1_statistics_that_hang_do_not_count_against_a_host_that_answers() -> None:
    fold = Fold()
    for _ in range(10):
        fold.poll("A")
        fold.miss("A", Miss.TIMEOUT, Question.VM_STATISTICS, started=fold.at - 5)
    assert fold.events == []


def test_statistics_that_hang_on_a_host_that_says_nothing_else_do_count() -> None:
    fold = Fold()
    fold.poll("A")
    fold.miss("A", Miss.TIMEOUT, Question.VM_STATISTICS, started=fold.at + 1)
    assert statuses(fold) == ["Connecting"]


def test_a_bad_reply_changes_no_status_and_counts_no_failure() -> None:
    fold = Fold()
    for _ in range(5):
        fold.miss("A", Miss.BAD_REPLY)
    assert fold.events == []
    assert fold.view.heard("A").failures == 0


def test_contract_13_a_question_that_we_did_not_ask_counts_for_nothing() -> None:
    fold = Fold()
    for _ in range(20):
        decision = fold.miss("A", Miss.BUSY)
        assert decision.changes == decision.events == decision.memory == ()


def test_contract_18_a_host_that_answers_garbage_for_ever_is_nonresponsive_in_the_end() -> None:
    fold = Fold(rules=Rules(quiet_secs=0))
    for _ in range(3):
        fold.miss("A", Miss.DECODE)
    assert statuses(fold) == ["Connecting", "NonResponsive"]


def test_a_recovering_host_is_initializing_for_three_minutes_and_not_longer() -> None:
    fold = Fold()
    fold.miss("A", Miss.RECOVERING, Question.CAPABILITIES)
    fold.wait(100)
    fold.miss("A", Miss.RECOVERING, Question.CAPABILITIES)
    assert statuses(fold) == ["Initializing"]
    fold.wait(80)
    assert statuses(fold) == ["Initializing", "NonOperational"]


def test_an_answer_of_unusable_types_makes_a_host_error() -> None:
    fold = Fold()
    fold.miss("A", Miss.MISMATCH, Question.VDS_STATISTICS)
    assert statuses(fold) == ["Error"]


@pytest.mark.parametrize("status", [H.DOWN, H.MAINTENANCE, H.REBOOT, H.KDUMPING, H.INSTALLING])
def test_a_host_that_is_not_expected_to_answer_is_not_judged_by_its_silence(status: H) -> None:
    fold = Fold(hosts=[Vds("A", status=H.UP)])
    fold.view.vdss["A"] = type(fold.view.vdss["A"])(Vds("A", status=status))
    lose(fold, "A", 9)
    assert fold.events == []


@pytest.mark.parametrize(
    ("recorded", "worth"),
    [
        (H.ERROR, "Up"),
        (H.NON_RESPONSIVE, "Unassigned"),
        (H.CONNECTING, "Unassigned"),
        (H.UP, "Up"),
        (H.MAINTENANCE, "Maintenance"),
        (H.NON_OPERATIONAL, "NonOperational"),
    ],
)
def test_at_start_what_was_being_waited_for_is_over(recorded: H, worth: str) -> None:
    assert Fold(hosts=[Vds("A", status=recorded)]).vds("A").status == worth  # type: ignore[union-attr]


def test_rules_that_come_with_a_reload_are_judged_by_from_then_on() -> None:
    fold = Fold()
    hosts = tuple((fold.view.hosts or {}).values())
    fold.give(Reload(hosts, rules=Rules(attempts_max=0, grace_secs=0).model_dump(mode="json")))
    fold.wait(40)
    lose(fold, "A", times=2)
    assert statuses(fold)[-1] == "NonResponsive"
    fold.give(Reload(hosts))
    assert fold.view.rules.grace_secs == 0


def test_a_host_that_is_no_longer_watched_takes_its_vms_with_it() -> None:
    fold = Fold(V)
    fold.poll("A", v=VmStatus.UP)
    fold.give(Reload((Host("B"), Host("C"))))
    assert [event.kind for event in fold.events] == ["VmRemoved", "VdsRemoved"]
    decision = fold.poll("A", v=VmStatus.UP)
    assert decision.events == ()
    assert [one.rejected for one in decision.evidence] == [True]


def test_a_watched_host_is_added_once_and_keeps_its_history_when_its_cluster_changes() -> None:
    fold = Fold()
    hosts = (Host("A", cluster="east"), Host("B"), Host("C"), Host("D"))
    fold.give(Reload(hosts))
    fold.give(Reload(hosts))
    assert [event.kind for event in fold.events] == ["VdsStateChanged", "VdsAdded"]
    assert fold.vds("A") == Vds("A", "east", H.UP)


def test_statistics_that_bring_the_states_along_are_judged_like_states() -> None:
    fold = Fold(V)
    fold.poll("A", v=VmStatus.UP)
    fold.at += 1
    states = VmStatesAnswer({"v": report(VmStatus.PAUSED)})
    answer = VmStatisticsAnswer({"v": VmStatistics(cpu_percent=3.0)}, states)
    decision = fold.give(Snapshot("A", fold.at, answer))
    assert fold.vm("v").status is VmStatus.PAUSED  # type: ignore[union-attr]
    assert decision.statistics[0].vms == {"v": VmStatistics(cpu_percent=3.0)}
