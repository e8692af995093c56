"""Corners of the rules about VMs: each is here since a rule could be broken and no test failed."""

import pytest

from vurti.decide import Rules
from vurti.decide.vm.hardware import merged_devices
from vurti.decide.vm.phase import Phase, phase
from vurti.events import Mark
from vurti.model import (
    Absence,
    Awaited,
    Begun,
    ExitReason,
    ExitStatus,
    Expect,
    IntentKind,
    Origin,
    PauseStatus,
    Vm,
    VmDevice,
    VmFacts,
    VmReport,
    VmStatus,
)
from vurti.testing.fold import Fold, down, paused, report

S = VmStatus
ALL = Rules(intents=tuple(IntentKind))
UP_ON_A = Vm("v", status=S.UP, run_on="A")
BOOTED = report(S.UP, begun=Begun.BOOTED)
CRASH = down(ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION)
TPM = (VmFacts("v", has_tpm=True),)


def place(fold: Fold) -> tuple[str, str | None]:
    vm = fold.vm("v")
    assert vm is not None
    return vm.status.value, vm.run_on


def now(fold: Fold) -> Phase:
    return phase(fold.vm("v"), fold.view.remembered("v"))


def test_a_host_that_received_a_vm_and_runs_it_by_now_is_asked_before_another_is_believed() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=S.MIGRATING_TO)
    fold.poll("A", v=S.UP)
    decision = fold.poll("B", v=BOOTED)
    assert [query.host for query in decision.queries] == ["A"]
    assert place(fold) == ("Up", "A")


def test_a_destination_that_is_paused_in_post_copy_is_not_handed_the_vm_again() -> None:
    fold = Fold(Vm("v", status=S.MIGRATING_TO, run_on="B", migrating_to="B"))
    fold.push("B", v=paused(PauseStatus.POSTCOPY))
    assert fold.events == []


def test_a_vm_whose_source_was_lost_and_is_back_in_post_copy_is_handed_over() -> None:
    fold = Fold(Vm("v", status=S.UNKNOWN, run_on="A", migrating_to="B"))
    fold.push("A", v=paused(PauseStatus.POSTCOPY))
    assert place(fold) == ("MigratingTo", "B")


def test_a_lost_vm_that_was_to_be_started_and_to_be_rebooted_cold_is_to_be_run_again() -> None:
    fold = Fold(Vm("v", status=S.POWERING_UP, run_on="A"), rules=ALL)
    fold.give(Expect("s", Awaited.START, "v"))
    fold.give(Expect("c", Awaited.COLD_REBOOT, "v"))
    fold.poll("A")
    assert [kind for kind, _ in fold.view.intents.of("v")] == [IntentKind.RERUN_VM]


def test_a_host_that_keeps_definitions_keeps_tpm_data_so_nobody_waits_for_them() -> None:
    fold = Fold(UP_ON_A, facts=TPM)
    fold.poll("A", absence=Absence.UNEXPLAINED, v=down())
    assert place(fold) == ("Down", None)


def test_an_end_that_is_told_again_and_again_is_not_held_back_longer_for_that() -> None:
    fold = Fold(UP_ON_A, facts=TPM)
    for _ in range(6):
        fold.poll("A", v=down())
        fold.wait(9)
    assert place(fold) == ("Up", "A")
    fold.wait(2)
    assert place(fold) == ("Down", None)


def test_contract_5_a_claim_that_is_older_than_its_denial_is_no_split_brain() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("B", v=BOOTED)
    asked = fold.at + 0.1
    fold.poll("A", v=S.UP)
    fold.poll("B", started=asked, v=BOOTED)
    assert now(fold) is Phase.DENIED
    fold.poll("B", v=BOOTED)
    assert now(fold) is Phase.SPLIT


def test_contract_5_an_answer_from_before_a_claim_denies_nothing() -> None:
    fold = Fold(UP_ON_A)
    asked = fold.at
    fold.poll("B", v=BOOTED)
    fold.poll("A", started=asked, v=S.UP)
    assert now(fold) is Phase.CLAIMED


def test_that_a_host_only_receives_a_vm_is_forgotten_once_it_hands_it_over() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=S.MIGRATING_TO)
    fold.push("C", v=S.MIGRATING_TO)
    fold.push("A", v=down(reason=ExitReason.MIGRATION_SUCCEEDED))
    assert place(fold) == ("MigratingTo", "C")
    fold.push("B", v=BOOTED)
    assert place(fold) == ("MigratingTo", "C")


def test_contract_5_of_two_that_claim_a_vm_that_ended_one_is_believed_and_the_other_asked() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("B", v=BOOTED)
    fold.poll("C", v=BOOTED)
    fold.poll("A", v=CRASH)
    assert place(fold) == ("Up", "B")
    assert [claim.host for claim in fold.view.remembered("v").claims] == ["C"]


@pytest.mark.parametrize(
    "said", [report(S.MIGRATING_TO, device_hash="1"), VmReport(device_hash="1")]
)
def test_a_host_that_only_receives_a_vm_is_not_asked_for_its_devices(said: VmReport) -> None:
    fold = Fold(Vm("v", status=S.MIGRATING_TO, run_on="B", migrating_to="B"))
    assert fold.push("B", v=said).queries == ()


def test_a_device_that_no_manager_gave_is_gone_once_it_is_not_told_also_one_without_address() -> (
    None
):
    managed, found = VmDevice("tpm", id="1", managed=True), VmDevice("console", address="0")
    assert merged_devices((managed, found), ()) == (managed,)


def test_at_a_start_the_lost_vms_of_higher_priority_are_to_be_restarted_first() -> None:
    crashed = [Vm(vm, status=S.DOWN, exit_status=ExitStatus.ERROR) for vm in "uvw"]
    facts = [
        VmFacts(vm, ha=True, priority=priority) for vm, priority in (("u", 1), ("v", 9), ("w", 5))
    ]
    fold = Fold(*crashed, facts=facts, rules=ALL)
    assert [one.thing for one in fold.decisions[0].intents] == ["v", "w", "u"]


def test_a_guest_that_is_paused_while_it_powers_down_has_not_failed_to() -> None:
    fold = Fold(Vm("v", status=S.POWERING_DOWN, run_on="A"))
    fold.push("A", v=paused())
    assert [event.marks for event in fold.events] == [(Mark.PAUSED,)]


def test_a_managers_own_vm_that_cannot_go_on_is_a_dead_copy_and_no_word_of_where_it_runs() -> None:
    own = (VmFacts("v", origin=Origin.HOSTED_ENGINE),)
    fold = Fold(UP_ON_A, facts=own, rules=ALL)
    fold.poll("B", v=paused(PauseStatus.EIO))
    assert place(fold) == ("Up", "A")
    assert list(fold.view.intents.of("v")) == [(IntentKind.DESTROY_VM, "B")]


def test_a_vm_that_ends_with_an_error_while_its_guest_sleeps_has_crashed() -> None:
    fold = Fold(Vm("v", status=S.SUSPENDED, run_on="A"))  # as libvirt tells of pm-suspended ones
    fold.push("A", v=CRASH)
    assert [event.marks for event in fold.events] == [(Mark.CRASHED, Mark.ENDED_WITH_ERROR)]


def test_what_is_to_be_run_again_is_not_any_more_once_anything_becomes_of_it() -> None:
    fold = Fold(Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"), rules=ALL)
    fold.give(Expect("m", Awaited.MIGRATE, "v", host="B"))
    fold.push("A", v=S.UP)
    assert list(fold.view.intents.of("v")) == [(IntentKind.RERUN_VM, None)]
    fold.push("A", v=paused())
    assert list(fold.view.intents.of("v")) == []
