"""Contract 1, 2, 4 and 5, and §7 of the rules, by tables of words."""

import pytest

from vurti.events import (
    VmAdded,
    VmEvent,
    VmMigrated,
    VmRebooted,
    VmSplitBrainDetected,
    VmStateChanged,
    VmTakenOver,
    VmWatchdogFired,
)
from vurti.model import (
    Absence,
    Begun,
    ExitReason,
    ExitStatus,
    Miss,
    PauseStatus,
    Snapshot,
    Vds,
    VdsStatus,
    Vm,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.testing.fold import Fold, down, paused, report

S = VmStatus
UP_ON_A = Vm("v", status=S.UP, run_on="A")
VANISHES = Absence.UNEXPLAINED
CRASH = down(ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION)
GONE_BY_MIGRATION = down(reason=ExitReason.MIGRATION_SUCCEEDED)
ARRIVED = report(S.UP, begun=Begun.MIGRATED)
BOOTED = report(S.UP, begun=Begun.BOOTED)


def kinds(fold: Fold) -> list[str]:
    return [event.kind for event in fold.events if isinstance(event, VmEvent)]


def statuses(fold: Fold) -> list[tuple[str, str | None]]:
    """(status, host) after each event of a VM."""
    vms = [event.after for event in fold.events if isinstance(event.after, Vm)]
    return [(vm.status.value, vm.run_on) for vm in vms]


# ------------------------------------------------------------------ appeared, and its own host


def test_a_running_vm_that_nobody_knew_is_added_where_it_runs() -> None:
    fold = Fold()
    fold.poll("A", v=S.UP)
    assert kinds(fold) == ["VmAdded"]
    assert fold.vm("v") == UP_ON_A


def test_a_definition_that_does_not_run_is_added_as_down_without_a_host() -> None:
    fold = Fold()
    fold.poll("A", absence=VANISHES, v=down(ExitStatus.UNKNOWN, ExitReason.UNKNOWN))
    assert statuses(fold) == [("Down", None)]


def test_a_remainder_of_an_unknown_vm_on_a_host_that_lists_ended_ones_is_not_added() -> None:
    fold = Fold()
    fold.poll("A", v=down())
    fold.push("A", w=S.DOWN)
    assert fold.events == []


@pytest.mark.parametrize(
    ("known", "said", "status"),
    [
        (S.UP, S.PAUSED, S.PAUSED),
        (S.PAUSED, S.UP, S.UP),
        (S.UP, S.POWERING_DOWN, S.POWERING_DOWN),
        (S.POWERING_DOWN, S.UP, S.UP),
        (S.WAIT_FOR_LAUNCH, S.POWERING_UP, S.POWERING_UP),
        (S.UNKNOWN, S.UP, S.UP),
        (S.UNKNOWN, S.WAIT_FOR_LAUNCH, S.WAIT_FOR_LAUNCH),
        (S.UP, S.NOT_RESPONDING, S.NOT_RESPONDING),
        (S.UP, S.MIGRATING_FROM, S.MIGRATING_FROM),
        (S.UP, S.MIGRATING_TO, S.UP),
    ],
)
def test_its_own_host_says_how_a_vm_is(known: S, said: S, status: S) -> None:
    fold = Fold(Vm("v", status=known, run_on="A"))
    fold.push("A", v=said)
    vm = fold.vm("v")
    assert vm is not None
    assert (vm.status, vm.run_on) == (status, "A")
    assert len(fold.events) == (known is not status)


def test_contract_10_an_answer_that_says_nothing_new_changes_nothing() -> None:
    fold = Fold(UP_ON_A)
    for _ in range(3):
        decision = fold.poll("A", v=S.UP)
        assert decision.changes == decision.events == decision.statistics == ()


def test_a_push_says_nothing_about_the_fields_that_it_leaves_out() -> None:
    fold = Fold(Vm("v", name="db", status=S.PAUSED, run_on="A", pause_status=PauseStatus.ENOSPC))
    fold.push("A", v=VmReport(status=S.PAUSED))
    assert fold.events == []


def test_a_pause_tells_its_reason_and_its_end_clears_it() -> None:
    fold = Fold(UP_ON_A)
    fold.push("A", v=paused(PauseStatus.ENOSPC))
    fold.push("A", v=S.UP)
    first, second = fold.events
    assert "ENOSPC" in first.reason
    assert second.rule == "7.2 recovered from pause error"
    assert fold.vm("v") == UP_ON_A


def test_a_guest_reboot_is_told_at_once_and_a_loop_of_them_is_summed_up() -> None:
    fold = Fold(UP_ON_A)
    for _ in range(5):
        fold.push("A", v=VmReport(rebooted=True))
    assert [type(event) for event in fold.events] == [VmRebooted]
    fold.wait(30)
    assert [event.times for event in fold.events] == [1, 4]
    fold.wait(90)
    assert len(fold.events) == 2
    assert not fold.pending


def test_a_watchdog_that_fires_is_news_of_its_own() -> None:
    fold = Fold(UP_ON_A)
    fold.push("A", v=VmReport(watchdog="reset"))
    (event,) = fold.events
    assert isinstance(event, VmWatchdogFired)
    assert "reset" in event.reason


# ------------------------------------------------------------------ down


@pytest.mark.parametrize(
    ("said", "status", "crashed"),
    [
        (down(), S.DOWN, False),
        (down(reason=ExitReason.ADMIN_SHUTDOWN), S.DOWN, False),
        (CRASH, S.DOWN, True),
        (down(ExitStatus.UNKNOWN, ExitReason.UNKNOWN), S.DOWN, False),
        (down(reason=ExitReason.SAVE_STATE_SUCCEEDED), S.SUSPENDED, False),
    ],
)
def test_the_word_of_its_own_host_ends_a_vm(said: VmReport, status: S, crashed: bool) -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=said)
    (event,) = fold.events
    assert statuses(fold) == [(status.value, None)]
    assert ("crashed" in event.marks) is crashed
    vm = fold.vm("v")
    assert vm is not None
    assert (vm.exit_status, vm.exit_reason) == (said.exit_status, said.exit_reason)


def test_the_end_of_a_vm_where_it_is_not_recorded_means_nothing() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("B", v=CRASH)
    assert fold.events == []


def test_a_vm_that_is_down_already_keeps_its_exit_data() -> None:
    was = Vm("v", status=S.DOWN, exit_status=ExitStatus.NORMAL, exit_message="first")
    fold = Fold(was)
    fold.poll("A", v=CRASH)
    assert fold.vm("v") == was


# ------------------------------------------------------------------ vanished


def test_contract_2_a_push_never_proves_absence() -> None:
    fold = Fold(UP_ON_A, Vm("w", status=S.UP, run_on="A"))
    fold.push("A", w=S.PAUSED)
    assert fold.vm("v") == UP_ON_A


def test_contract_2_where_ended_vms_are_listed_one_that_is_missing_was_lost() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A")
    (event,) = fold.events
    assert event.rule == "7.5 assumed crashed"
    assert statuses(fold) == [("Down", None)]
    assert fold.vm("v").exit_status is ExitStatus.ERROR  # type: ignore[union-attr]  # just seen


def test_contract_2_a_vm_that_vanishes_unexplained_is_unknown_before_it_is_down() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", absence=VANISHES)
    assert statuses(fold) == [("Unknown", "A")]
    fold.poll("A", absence=VANISHES)
    fold.wait(8.9)
    assert len(fold.events) == 1
    fold.wait(0.2)
    assert statuses(fold) == [("Unknown", "A"), ("Down", None)]
    assert fold.vm("v").exit_status is ExitStatus.UNKNOWN  # type: ignore[union-attr]


def test_contract_2_a_vanished_vm_that_is_listed_again_is_back_and_its_timer_is_gone() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", absence=VANISHES)
    fold.poll("A", absence=VANISHES, v=S.UP)
    fold.wait(60)
    assert statuses(fold) == [("Unknown", "A"), ("Up", "A")]


def test_a_push_that_explains_a_vanished_vm_ends_the_doubt() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", absence=VANISHES)
    fold.push("A", v=CRASH)
    fold.wait(60)
    assert statuses(fold) == [("Unknown", "A"), ("Down", None)]
    assert fold.vm("v").exit_reason is ExitReason.LOST_QEMU_CONNECTION  # type: ignore[union-attr]


def test_contract_18_a_vm_whose_record_cannot_be_read_is_not_absent() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", unreadable=("v",))
    assert fold.events == []


def test_a_vm_that_was_powering_down_and_is_missing_has_shut_down() -> None:
    fold = Fold(Vm("v", status=S.POWERING_DOWN, run_on="A"))
    fold.poll("A", absence=VANISHES)
    vm = fold.vm("v")
    assert vm is not None
    assert (vm.status, vm.exit_status) == (S.DOWN, ExitStatus.NORMAL)


# ------------------------------------------------------------------ contract 4: migration

MIGRATIONS = {
    "all pushes, in libvirt's order": [
        ("push", "B", report(S.MIGRATING_TO, begun=Begun.MIGRATED)),
        ("push", "A", S.MIGRATING_FROM),
        ("push", "B", ARRIVED),
        ("push", "A", GONE_BY_MIGRATION),
    ],
    "the source's end before the destination's begin": [
        ("push", "B", report(S.MIGRATING_TO, begun=Begun.MIGRATED)),
        ("push", "A", S.MIGRATING_FROM),
        ("push", "A", GONE_BY_MIGRATION),
        ("push", "B", ARRIVED),
    ],
    "the source alone speaks before the arrival": [
        ("push", "A", S.MIGRATING_FROM),
        ("push", "A", GONE_BY_MIGRATION),
        ("push", "B", ARRIVED),
    ],
    "polls alone, destination first": [
        ("poll", "B", ARRIVED),
        ("poll", "A", GONE_BY_MIGRATION),
    ],
    "polls alone, source first": [
        ("poll", "A", GONE_BY_MIGRATION),
        ("poll", "B", ARRIVED),
    ],
    "polls alone, the source vanishes first": [
        ("poll", "A", None),
        ("poll", "B", ARRIVED),
    ],
    "polls alone, arriving seen, then the source vanishes": [
        ("poll", "B", report(S.MIGRATING_TO)),
        ("poll", "A", None),
        ("poll", "B", ARRIVED),
    ],
    "a source that does not say how runs begin": [
        ("push", "A", S.MIGRATING_FROM),
        ("poll", "B", report(S.UP)),
        ("poll", "A", GONE_BY_MIGRATION),
    ],
}


@pytest.mark.parametrize("name", MIGRATIONS)
def test_contract_4_a_migration_is_one_story_and_says_never_down(name: str) -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", absence=VANISHES, v=S.UP)
    fold.poll("B", absence=VANISHES)
    for way, host, said in MIGRATIONS[name]:
        if way == "push":
            fold.push(host, v=said)
        else:
            words = {} if said is None else {"v": said}
            fold.poll(host, absence=VANISHES, **words)
    fold.wait(60)
    assert kinds(fold).count("VmMigrated") == 1
    assert "Down" not in [status for status, _ in statuses(fold)]
    assert fold.vm("v") == Vm("v", status=S.UP, run_on="B")


def test_contract_4_the_sources_last_word_never_says_down() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="B"))
    fold.poll("A", v=GONE_BY_MIGRATION)
    assert fold.events == []


def test_a_vm_migrated_to_a_host_that_is_not_watched_is_unknown_and_not_down() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", absence=VANISHES, v=GONE_BY_MIGRATION)
    fold.wait(11)
    assert statuses(fold) == [("Unknown", None)]


def test_an_aborted_migration_leaves_the_vm_at_its_source_without_a_word_of_migration() -> None:
    fold = Fold(UP_ON_A)
    fold.push("B", v=report(S.MIGRATING_TO, begun=Begun.MIGRATED))
    fold.push("B", v=CRASH)
    fold.push("A", v=S.UP)
    fold.poll("A", v=S.UP)
    fold.poll("B")
    assert fold.events == []
    assert fold.view.vm_memory == {}


def test_a_migration_that_fails_in_its_last_phase_goes_on_at_its_source() -> None:
    fold = Fold(UP_ON_A)
    fold.push("A", v=S.MIGRATING_FROM)
    fold.push("A", v=S.UP)
    assert statuses(fold) == [("MigratingFrom", "A"), ("Up", "A")]
    assert fold.events[-1].rule == "7.2 migration failed"


def test_a_vm_handed_over_to_a_silent_destination_is_unknown_there() -> None:
    hosts = [Vds("A", status=VdsStatus.UP), Vds("B", status=VdsStatus.NON_RESPONSIVE)]
    fold = Fold(Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"), hosts=hosts)
    _silence(fold, "B")
    fold.poll("A", v=GONE_BY_MIGRATION)
    assert statuses(fold)[-1] == ("Unknown", "B")


def _silence(fold: Fold, host: str) -> None:
    while fold.vds(host).status is not VdsStatus.NON_RESPONSIVE:  # type: ignore[union-attr]
        fold.miss(host)


CRASHES_AND_STARTS = {
    "pushes": [("push", "A", CRASH), ("push", "B", BOOTED)],
    "polls, the old host first": [("poll", "A", CRASH), ("poll", "B", BOOTED)],
    "polls, the new host first": [("poll", "B", BOOTED), ("poll", "A", CRASH)],
    "polls, the new host twice": [
        ("poll", "B", BOOTED),
        ("poll", "B", BOOTED),
        ("poll", "A", CRASH),
    ],
    "the old host lists it no more": [("poll", "B", BOOTED), ("poll", "A", None)],
    "the old host lists it no more, first": [("poll", "A", None), ("poll", "B", BOOTED)],
}


@pytest.mark.parametrize("absence", list(Absence))
@pytest.mark.parametrize("name", CRASHES_AND_STARTS)
def test_contract_4_a_crash_here_and_a_start_there_is_not_a_migration(
    name: str, absence: Absence
) -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", absence=absence, v=S.UP)
    fold.poll("B", absence=absence)
    for way, host, said in CRASHES_AND_STARTS[name]:
        if way == "push":
            fold.push(host, v=said)
        else:
            words = {} if said is None else {"v": said}
            fold.poll(host, absence=absence, **words)
    fold.wait(60)
    assert {type(event) for event in fold.events} == {VmStateChanged}
    assert [s for s in statuses(fold) if s[0] != "Unknown"] == [("Down", None), ("Up", "B")]


# ------------------------------------------------------------------ contract 5: two hosts at once


def test_contract_5_a_claim_has_the_recorded_host_asked_and_changes_nothing() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("B")
    decision = fold.poll("B", v=BOOTED)
    assert [query.host for query in decision.queries] == ["A"]
    assert fold.events == []


def test_contract_5_two_hosts_that_insist_in_turn_are_split_brain_and_told_once() -> None:
    fold = Fold(UP_ON_A)
    for _ in range(4):
        fold.poll("B", v=BOOTED)
        fold.poll("A", v=S.UP)
    assert [type(event) for event in fold.events] == [VmSplitBrainDetected]
    assert fold.vm("v") == UP_ON_A
    (event,) = fold.events
    assert "A" in event.reason
    assert "B" in event.reason


def test_contract_5_split_brain_that_ended_and_comes_again_is_told_again() -> None:
    fold = Fold(UP_ON_A)
    for _ in range(2):
        for _ in range(3):
            fold.poll("B", v=BOOTED)
            fold.poll("A", v=S.UP)
        fold.poll("B")
    assert len(fold.events) == 2


def test_contract_5_when_the_recorded_copy_ends_the_other_one_is_taken() -> None:
    fold = Fold(UP_ON_A)
    for _ in range(3):
        fold.poll("B", v=BOOTED)
        fold.poll("A", v=S.UP)
    fold.poll("A", v=CRASH)
    assert statuses(fold)[-2:] == [("Down", None), ("Up", "B")]
    assert "VmMigrated" not in kinds(fold)


def test_a_paused_second_copy_of_a_running_vm_is_not_believed() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("B", v=paused())
    assert fold.events == []


def test_a_vm_whose_host_does_not_answer_is_taken_over_by_the_host_that_runs_it() -> None:
    fold = Fold(UP_ON_A)
    _silence(fold, "A")
    fold.poll("B", v=S.UP)
    assert isinstance(fold.events[-1], VmTakenOver)
    assert fold.vm("v") == Vm("v", status=S.UP, run_on="B")


# ------------------------------------------------------------------ contract 3: staleness


def test_contract_3_an_answer_asked_for_before_the_last_change_is_dropped_for_that_vm() -> None:
    fold = Fold(UP_ON_A, Vm("w", status=S.UP, run_on="A"))
    asked = fold.at + 0.5
    fold.push("A", v=CRASH)
    decision = fold.poll("A", started=asked, v=S.UP, w=S.PAUSED)
    assert fold.vm("v").status is S.DOWN  # type: ignore[union-attr]
    assert fold.vm("w").status is S.PAUSED  # type: ignore[union-attr]
    assert [one.thing for one in decision.evidence if one.rejected] == ["v"]


def test_contract_3_a_vm_just_started_is_not_lost_by_an_older_answer() -> None:
    fold = Fold(Vm("v", status=S.DOWN))
    asked = fold.at + 0.5
    fold.push("A", v=S.WAIT_FOR_LAUNCH)
    fold.poll("A", started=asked)
    assert fold.vm("v").status is S.WAIT_FOR_LAUNCH  # type: ignore[union-attr]


def test_contract_3_a_push_older_in_its_hosts_own_time_is_dropped() -> None:
    fold = Fold(UP_ON_A)
    fold.push("A", notify_time=5000, v=S.UP)
    fold.push("A", notify_time=4000, v=S.PAUSED)
    fold.push("A", v=S.POWERING_DOWN)
    fold.push("A", notify_time=6000, v=S.UP)
    assert [status for status, _ in statuses(fold)] == ["PoweringDown", "Up"]


def test_contract_3_clocks_of_different_hosts_are_never_compared() -> None:
    fold = Fold(Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"))
    fold.push("A", notify_time=900_000, v=S.MIGRATING_FROM)
    fold.push("B", notify_time=10, v=S.UP)
    assert fold.vm("v").run_on == "B"  # type: ignore[union-attr]


def test_contract_3_the_clock_of_a_host_that_was_away_may_begin_anew() -> None:
    fold = Fold(UP_ON_A)
    fold.push("A", notify_time=900_000, v=S.UP)
    _silence(fold, "A")
    fold.caps("A")
    fold.stats("A")
    fold.push("A", notify_time=50, v=S.PAUSED)
    assert fold.vm("v").status is S.PAUSED  # type: ignore[union-attr]


# ------------------------------------------------------------------ contract 9: restart


def test_contract_9_after_a_restart_nothing_is_added_or_removed_again() -> None:
    fold = Fold()
    fold.poll("A", v=S.UP, w=S.UP)
    fold.poll("B", x=S.UP)
    before = len(fold.events)
    fold.restart()
    fold.poll("A", v=S.UP, w=S.UP)
    fold.poll("B", x=S.UP)
    assert len(fold.events) == before


def test_contract_6_what_changed_while_vurti_was_down_is_one_event_marked_restart() -> None:
    fold = Fold()
    fold.poll("A", v=S.UP)
    fold.restart()
    fold.poll("A", v=CRASH)
    fold.poll("A", v=S.UP)
    assert [(event.kind, event.restart, event.seq) for event in fold.events] == [
        ("VmAdded", False, 1),
        ("VmStateChanged", True, 2),
        ("VmStateChanged", False, 3),
    ]
    assert len({event.id for event in fold.events}) == 3


def test_a_vm_that_no_host_lists_any_more_is_forgotten_in_due_time() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", absence=VANISHES, v=down())
    fold.wait(86_401)
    assert fold.vm("v") is not None
    fold.poll("A", absence=VANISHES)
    fold.wait(86_401)
    assert fold.vm("v") is None
    assert kinds(fold) == ["VmStateChanged", "VmRemoved"]


def test_contract_7_a_forgotten_vm_that_comes_again_never_uses_an_events_id_twice() -> None:
    fold = Fold()
    for _ in range(3):
        fold.poll("A", v=S.UP)
        fold.poll("A", v=down())
        fold.poll("A")
        fold.wait(86_401)
    events = [event for event in fold.events if isinstance(event, VmEvent)]
    assert [event.seq for event in events] == list(range(1, 10))
    assert len({event.id for event in events}) == 9


def test_contract_1_a_missed_question_removes_nothing_and_changes_no_vm() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=S.UP)
    for kind in Miss:
        fold.miss("A", kind)
    assert fold.vm("v") == UP_ON_A
    assert not [event for event in fold.events if isinstance(event, VmStateChanged)]


def test_a_vm_that_is_only_arriving_is_added_when_it_has_arrived() -> None:
    fold = Fold()
    fold.push("B", v=report(S.MIGRATING_TO))
    assert fold.events == []
    fold.push("B", v=ARRIVED)
    assert [type(event) for event in fold.events] == [VmAdded]


def test_an_old_migration_is_no_evidence_at_the_first_answer_of_a_host() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("B", v=ARRIVED)
    assert not [event for event in fold.events if isinstance(event, VmMigrated)]


def test_contract_3_words_that_were_stale_once_count_when_they_are_said_in_earnest() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=S.UP)
    asked = fold.at + 0.5
    fold.push("A", v=paused())
    fold.poll("A", started=asked, v=S.UP)
    fold.poll("A", v=S.UP)
    assert fold.vm("v") == UP_ON_A


def test_a_host_that_repeats_the_very_same_answer_still_takes_back_what_it_had_pushed() -> None:
    fold = Fold(UP_ON_A)
    answer = VmStatesAnswer({"w": report(S.UP)})
    for _ in range(3):
        fold.at += 1
        fold.give(Snapshot("B", fold.at - 0.1, answer))
    fold.push("B", v=report(S.MIGRATING_TO))
    assert fold.view.remembered("v").incoming == "B"
    fold.at += 1
    fold.give(Snapshot("B", fold.at - 0.1, answer))
    assert fold.view.vm_memory == {}
