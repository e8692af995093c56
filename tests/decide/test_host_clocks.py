"""Hosts whose clock goes on with every answer, as vdsm's: that it goes on is no news, that it goes
back is a word too old to count."""

from vurti.decide.view import HostClockMemo
from vurti.model import Decision, Snapshot, VdsStatus, Vm, VmStatesAnswer, VmStatus
from vurti.testing.fold import Fold, report

S = VmStatus
UP, PAUSED = report(S.UP), report(S.PAUSED)


def told(fold: Fold, time: int | None, complete: bool = True, **vms: VmStatus) -> Decision:
    """A host answers at this time of its own clock."""
    fold.at += 1
    times = {} if time is None else dict.fromkeys(vms, time)
    reports = {vm: report(status) for vm, status in vms.items()}
    return fold.give(Snapshot("A", fold.at - 0.1, VmStatesAnswer(reports, complete, times=times)))


def fleet() -> Fold:
    return Fold(Vm("v", status=S.UP, run_on="A"), Vm("w", status=S.UP, run_on="A"))


def status(fold: Fold, vm: str = "v") -> VmStatus:
    known = fold.vm(vm)
    assert known is not None
    return known.status


def test_contract_10_an_answer_in_which_only_the_hosts_clock_has_gone_on_is_no_news() -> None:
    fold = fleet()
    for time in (1000, 2000, 3000):
        decision = told(fold, time, v=S.UP, w=S.UP)
        assert decision.changes == decision.events == ()
    assert not [memo for memo in decision.memory if isinstance(memo, HostClockMemo)]
    assert decision.evidence == ()


def test_a_host_that_was_away_may_repeat_its_last_answer_by_a_clock_that_began_anew() -> None:
    fold = fleet()
    for time in (5000, 6000, 7000):
        told(fold, time, v=S.UP, w=S.UP)
    for _ in range(3):
        fold.miss("A")
    fold.caps("A")
    fold.stats("A")
    known = fold.vds("A")
    assert known is not None
    assert known.status is VdsStatus.UP
    assert told(fold, 100, v=S.UP, w=S.UP).events == ()
    told(fold, 200, v=S.PAUSED, w=S.UP)
    assert status(fold) is S.PAUSED


def test_contract_3_a_push_older_than_an_answer_that_only_repeated_itself_is_dropped() -> None:
    fold = fleet()
    for time in (1000, 2000, 3000):
        told(fold, time, v=S.UP, w=S.UP)
    decision = fold.push("A", notify_time=2500, v=S.PAUSED)
    assert [one.rejected for one in decision.evidence] == [True]
    fold.push("A", notify_time=3500, v=S.PAUSED)
    assert status(fold) is S.PAUSED


def test_contract_3_an_answer_older_than_a_push_is_dropped_though_it_repeats_the_last_one() -> None:
    fold = fleet()
    told(fold, 1000, v=S.UP, w=S.UP)
    told(fold, 2000, v=S.UP, w=S.UP)
    fold.push("A", notify_time=4000, v=S.UP)
    decision = told(fold, 3000, v=S.UP, w=S.UP)
    assert [(one.thing, one.rejected) for one in decision.evidence if one.rejected] == [("v", True)]


def test_contract_3_what_was_too_old_to_count_counts_once_it_is_said_in_earnest() -> None:
    fold = fleet()
    told(fold, 1000, v=S.UP, w=S.UP)
    told(fold, 9000, v=S.UP, w=S.UP)
    for time in (5000, 5001, 8999):  # it was not heard, so it was not said before either
        told(fold, time, v=S.PAUSED, w=S.UP)
        assert status(fold) is S.UP
    told(fold, 9001, v=S.PAUSED, w=S.UP)
    assert status(fold) is S.PAUSED


def test_contract_3_a_rejected_answer_does_not_turn_back_what_binds_its_host() -> None:
    fold = fleet()
    for time in (9000, 9001, 5000):
        told(fold, time, v=S.UP, w=S.UP)
    fold.push("A", notify_time=6000, v=S.PAUSED)
    assert status(fold) is S.UP


def test_contract_3_an_answer_that_is_not_complete_binds_its_host_as_well() -> None:
    fold = fleet()
    told(fold, 1000, v=S.UP, w=S.UP)
    told(fold, 3000, complete=False, v=S.UP)
    fold.push("A", notify_time=2000, v=S.PAUSED)
    assert status(fold) is S.UP


def test_contract_3_the_clock_in_a_listing_of_a_host_that_was_away_binds_it_no_more() -> None:
    fold = fleet()
    for time in (900_000, 900_001):
        told(fold, time, v=S.UP, w=S.UP)
    while (vds := fold.vds("A")) is not None and vds.status is not VdsStatus.NON_RESPONSIVE:
        fold.miss("A")
    fold.caps("A")
    fold.stats("A")
    told(fold, 50, v=S.PAUSED, w=S.UP)
    assert (status(fold), status(fold, "w")) == (S.PAUSED, S.UP)


def test_a_host_that_ceases_to_tell_its_clock_is_not_heard_of_what_it_had_told_by_it() -> None:
    fold = fleet()
    told(fold, 1000, v=S.UP, w=S.UP)
    told(fold, 2000, v=S.UP, w=S.UP)
    told(fold, None, v=S.PAUSED, w=S.UP)
    assert status(fold) is S.UP
