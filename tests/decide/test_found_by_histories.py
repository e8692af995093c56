"""What random histories have found, each as small as it could be made."""

from vurti.decide import Rules
from vurti.model import (
    Absence,
    Awaited,
    ExitReason,
    ExitStatus,
    Expect,
    IntentKind,
    Miss,
    Missed,
    Question,
    Reload,
    Vm,
    VmFacts,
    VmStatus,
)
from vurti.testing.fold import Fold, down, report

S = VmStatus
ALL = Rules(intents=tuple(IntentKind))


def expecting(fold: Fold) -> list[tuple[str, str]]:
    return [(one.kind.value, one.thing) for one in fold.view.expectations]


def destroying(fold: Fold) -> list[str | None]:
    kinds = fold.view.intents.of("v")
    return [host for kind, host in kinds if kind is IntentKind.DESTROY_VM]


def test_contract_9_a_restart_neither_announces_nor_ends_what_was_announced() -> None:
    fold = Fold(Vm("v", status=S.POWERING_UP, run_on="A"))
    fold.give(Expect("s", Awaited.START, "v"))
    fold.give(Expect("p", Awaited.POWER_OFF, "v"))
    decision = fold.restart()
    assert decision.expectations == ()
    assert expecting(fold) == [("start", "v"), ("power_off", "v")]


def test_devices_that_could_not_be_told_are_asked_for_at_the_hosts_next_answer() -> None:
    said, fold = report(S.UP, device_hash="1"), Fold()
    for _ in range(3):  # from the third on, there is nothing to look at
        decision = fold.poll("A", v=said)
    assert decision.queries == ()
    fold.give(Missed("A", Question.DEVICES, Miss.BAD_REPLY, "", fold.at, ("v",)))
    assert [query.question for query in fold.poll("A", v=said).queries] == ["devices"]


def test_what_is_left_is_not_to_be_destroyed_once_its_host_says_that_the_vm_arrives_there() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="B"), rules=ALL)
    fold.poll("A", v=down())
    assert destroying(fold) == ["A"]
    fold.push("A", v=S.MIGRATING_TO)
    assert destroying(fold) == []


def test_a_vm_seen_first_at_its_destination_is_with_its_source_once_that_one_speaks() -> None:
    fold = Fold(Vm("v", status=S.DOWN), facts=(VmFacts("v", ha=True),), rules=ALL)
    fold.push("B", v=S.MIGRATING_TO)
    fold.push("A", v=S.MIGRATING_FROM)
    assert fold.vm("v") == Vm(
        "v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B", boot_time=fold.wall + 1001
    )
    fold.push("B", v=down())
    fold.push("A", v=S.UP)
    told = [event.after for event in fold.events if isinstance(event.after, Vm)]
    assert S.DOWN not in [vm.status for vm in told]


def test_a_vm_that_returns_to_where_it_was_last_seen_is_with_its_source_until_it_is_there() -> None:
    for first, second in ("AB", "BA"):
        fold = Fold(Vm("v", status=S.UP, run_on="B"))
        fold.restart()
        words = {"A": S.MIGRATING_FROM, "B": S.MIGRATING_TO}
        for _ in range(2):
            for host in (first, second):
                fold.poll(host, v=words[host])
        vm = fold.vm("v")
        assert vm is not None
        assert (vm.status, vm.run_on, vm.migrating_to) == (S.MIGRATING_FROM, "A", "B")


def test_where_a_migration_goes_is_what_the_host_that_receives_it_says_not_what_was_announced() -> (
    None
):
    for first in ("A", "B"):
        fold = Fold(Vm("v", status=S.UP, run_on="B"))
        fold.give(Expect("m", Awaited.MIGRATE, "v", host="C"))
        words = {"A": S.MIGRATING_TO, "B": S.MIGRATING_FROM}
        for host in (first, "AB".replace(first, "")):
            fold.push(host, v=words[host])
        fold.push("B", v=down(reason=ExitReason.MIGRATION_SUCCEEDED))
        vm = fold.vm("v")
        assert vm is not None
        assert (vm.status, vm.run_on) == (S.MIGRATING_TO, "A")


def test_contract_3_an_answer_that_a_later_one_has_overtaken_says_nothing_more() -> None:
    fold = Fold(Vm("v", status=S.WAIT_FOR_LAUNCH, run_on="A"))
    asked = fold.at
    fold.poll("A", v=S.WAIT_FOR_LAUNCH)  # no change, so the record has not changed since
    decision = fold.poll("A", started=asked, v=down(), w=S.UP)
    assert fold.events == []
    assert [(one.thing, one.rejected) for one in decision.evidence] == [("v", True), ("w", True)]


def test_contract_9_what_is_to_be_run_again_is_not_to_be_restarted_besides_at_a_start() -> None:
    crash = down(ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION)
    fold = Fold(Vm("v", status=S.POWERING_UP, run_on="A"), rules=ALL)
    fold.give(Expect("s", Awaited.START, "v", host="A"))
    fold.reload = Reload(fold.reload.hosts, (VmFacts("v", ha=True),))
    fold.give(fold.reload)
    fold.push("A", v=crash)
    fold.restart()
    kinds = {kind for kind, _ in fold.view.intents.of("v")}
    assert kinds == {IntentKind.RERUN_VM, IntentKind.DESTROY_VM}


def test_a_vm_that_begins_anew_while_its_tpm_data_are_fetched_is_not_ended_by_the_run_before() -> (
    None
):
    fold = Fold(Vm("v", status=S.UP, run_on="A"), facts=(VmFacts("v", has_tpm=True),), rules=ALL)
    fold.push("A", v=down())
    fold.push("A", v=S.WAIT_FOR_LAUNCH)
    fold.wait(100)
    told = [event.after for event in fold.events if isinstance(event.after, Vm)]
    assert [vm.status for vm in told] == [S.DOWN, S.WAIT_FOR_LAUNCH]
    assert destroying(fold) == []
    assert {key.kind for key in fold.timers} & {"held", "forget"} == set()


def test_the_end_that_is_held_back_at_one_host_is_none_of_a_vm_that_another_holds_by_now() -> None:
    fold = Fold(
        Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"),
        facts=(VmFacts("v", has_tpm=True),),
    )
    fold.push("A", v=down())
    fold.push("B", v=S.UP)
    assert fold.view.remembered("v").held is None
    assert {key.kind for key in fold.timers} & {"held"} == set()


def test_a_job_ends_once_where_its_vm_ends_and_begins_anew_in_one_answer() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="C"))
    fold.give(Expect("j", Awaited.JOB, "v", job="merge"))
    fold.poll("C", absence=Absence.UNEXPLAINED)
    decision = fold.poll("A", v=report(S.UP, jobs={}))
    assert [(one.id, one.outcome.value) for one in decision.expectations] == [("j", "failed")]
    assert [event.kind for event in decision.events] == [
        "VmStateChanged", "VmExpectationEnded", "VmStateChanged",
    ]  # fmt: skip


def test_a_vm_that_nobody_holds_is_where_a_host_says_that_it_migrates_it_away() -> None:
    fold = Fold(Vm("v", status=S.DOWN))
    fold.poll("B", v=S.MIGRATING_FROM)
    vm = fold.vm("v")
    assert vm is not None
    assert (vm.status, vm.run_on) == (S.MIGRATING_FROM, "B")


def test_a_vm_that_vanished_and_is_being_launched_elsewhere_does_not_wait_for_its_grace() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    fold.poll("A", absence=Absence.UNEXPLAINED)
    fold.poll("B", v=S.WAIT_FOR_LAUNCH)
    vm = fold.vm("v")
    assert vm is not None
    assert (vm.status, vm.run_on) == (S.WAIT_FOR_LAUNCH, "B")


def test_a_vm_that_has_arrived_does_not_arrive_there_again_when_it_leaves() -> None:
    fold = Fold()
    for word in (S.MIGRATING_TO, S.UP, S.MIGRATING_FROM):
        fold.push("A", v=word)
    fold.push("A", v=down(reason=ExitReason.MIGRATION_SUCCEEDED))
    vm = fold.vm("v")
    assert vm is not None
    assert (vm.status, vm.run_on, vm.migrating_to) == (S.MIGRATING_FROM, "A", None)
    assert [event.kind for event in fold.events] == ["VmAdded", "VmStateChanged"]
