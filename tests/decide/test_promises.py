"""What is announced and what is intended: when it has come, and when it has lost its ground."""

import pytest

from vurti.decide import Rules
from vurti.events import Mark, VmExpectationEnded
from vurti.model import (
    Awaited,
    Cancel,
    ExitReason,
    ExitStatus,
    Expect,
    Expectation,
    IntentKind,
    IntentState,
    Miss,
    Outcome,
    Reload,
    Vm,
    VmFacts,
    VmStatus,
)
from vurti.testing.fold import Fold, down, paused

S = VmStatus
ALL = Rules(intents=tuple(IntentKind))
CRASH = down(ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION)


def expect(fold: Fold, kind: Awaited, vm: str = "v", **more: str) -> str:
    """Announce it, and give the id."""
    id_ = f"{kind}-{len(fold.decisions)}"
    fold.give(Expect(id_, kind, vm, **more))  # type: ignore[arg-type]  # only texts are given here
    return id_


def known(fold: Fold, *facts: VmFacts) -> None:
    """What a manager knows of VMs."""
    fold.give(Reload(tuple((fold.view.hosts or {}).values()), facts))


def outcomes(fold: Fold) -> list[tuple[str, str]]:
    """Each end of an expectation, in its order."""
    ended = [one for decision in fold.decisions for one in decision.expectations]
    return [(one.kind.value, one.outcome.value) for one in ended if one.outcome != "open"]


def intents(fold: Fold) -> list[tuple[str, str, str | None]]:
    """Each intent that was raised or ended, in its order."""
    told = [one for decision in fold.decisions for one in decision.intents]
    return [(one.kind.value, one.state.value, one.host) for one in told]


VMS = {
    "none": None,
    "down": Vm("v", status=S.DOWN),
    "launching": Vm("v", status=S.WAIT_FOR_LAUNCH, run_on="A"),
    "powering_up": Vm("v", status=S.POWERING_UP, run_on="A"),
    "up": Vm("v", status=S.UP, run_on="A"),
    "up_on_b": Vm("v", status=S.UP, run_on="B"),
    "paused": Vm("v", status=S.PAUSED, run_on="A"),
    "paused_on_b": Vm("v", status=S.PAUSED, run_on="B"),
    "leaving": Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"),
    "arriving": Vm("v", status=S.MIGRATING_TO, run_on="B", migrating_to="B"),
    "unknown": Vm("v", status=S.UNKNOWN, run_on="A"),
    "unknown_on_b": Vm("v", status=S.UNKNOWN, run_on="B"),
    "on_c": Vm("v", status=S.UP, run_on="C"),
    "going_down": Vm("v", status=S.POWERING_DOWN, run_on="A"),
    "rebooting": Vm("v", status=S.REBOOT_IN_PROGRESS, run_on="A"),
    "saving": Vm("v", status=S.SAVING_STATE, run_on="A"),
    "suspended": Vm("v", status=S.SUSPENDED),
}


@pytest.mark.parametrize(
    ("kind", "before", "after", "outcome"),
    [
        ("start", "down", "launching", None),
        ("start", "launching", "powering_up", None),
        ("start", "powering_up", "up", "met"),
        ("start", "down", "up", "met"),
        ("start", "powering_up", "paused", "failed"),
        ("start", "powering_up", "down", "failed"),
        ("start", "powering_up", "unknown", "failed"),
        ("start", "unknown", "launching", None),
        ("migrate", "up", "leaving", None),
        ("migrate", "leaving", "arriving", None),
        ("migrate", "leaving", "unknown_on_b", None),
        ("migrate", "arriving", "up_on_b", "met"),
        ("migrate", "leaving", "up_on_b", "met"),
        ("migrate", "leaving", "paused_on_b", "met"),
        ("migrate", "leaving", "up", "failed"),
        ("migrate", "leaving", "paused", "failed"),
        ("migrate", "leaving", "unknown", "failed"),
        ("migrate", "leaving", "down", "failed"),
        ("migrate", "leaving", "on_c", "failed"),
        ("shut_down", "up", "going_down", None),
        ("shut_down", "going_down", "down", "met"),
        ("shut_down", "going_down", "up", "failed"),
        ("power_off", "up", "down", "met"),
        ("power_off", "up", "paused", None),
        ("cold_reboot", "up", "down", "met"),
        ("reboot", "up", "rebooting", None),
        ("reboot", "rebooting", "up", "met"),
        ("reboot", "rebooting", "down", "failed"),
        ("suspend", "saving", "suspended", "met"),
        ("suspend", "saving", "down", "failed"),
        ("suspend", "saving", "up", "failed"),
        ("job", "up", "down", "failed"),
        ("job", "up", "paused", None),
    ],
)
def test_what_a_change_means_for_what_was_announced(
    kind: str, before: str, after: str, outcome: str | None
) -> None:
    from vurti.decide.promises.expected import outcome as judged

    announced = Expectation("x", Awaited(kind), "v", 0, 60, host="B" if kind == "migrate" else None)
    assert judged(announced, VMS[before], VMS[after]) == outcome


def test_the_end_of_an_expectation_is_an_event_of_its_vm() -> None:
    fold = Fold(Vm("v", status=S.POWERING_UP, run_on="A"))
    expect(fold, Awaited.START)
    fold.push("A", v=S.UP)
    last = fold.events[-1]
    assert isinstance(last, VmExpectationEnded)
    assert last.marks == (Mark.EXPECTATION_MET,)
    assert outcomes(fold) == [("start", "met")]
    assert not fold.pending


def test_what_never_comes_is_told_once_its_time_is_over() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    fold.give(Expect("m", Awaited.MIGRATE, "v", host="B", secs=30))
    fold.wait(29)
    assert outcomes(fold) == []
    fold.wait(2)
    assert outcomes(fold) == [("migrate", "expired")]
    assert fold.events[-1].marks == (Mark.EXPECTATION_EXPIRED,)


def test_a_start_of_a_vm_that_nobody_knows_ends_in_an_event_without_a_record() -> None:
    fold = Fold()
    expect(fold, Awaited.START, "new")
    fold.wait(601)
    fold.poll("A", new=S.UP)
    ended, added = fold.events
    assert (ended.thing, ended.seq) == ("new", 1)
    assert (added.kind, added.seq) == ("VmAdded", 2)
    assert ended.id != added.id


def test_what_is_announced_again_replaces_what_was() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    expect(fold, Awaited.MIGRATE, host="B")
    expect(fold, Awaited.MIGRATE, host="C")
    assert outcomes(fold) == [("migrate", "cancelled")]
    assert [one.host for one in fold.view.expectations] == ["C"]


def test_the_same_announcement_taken_in_twice_counts_once() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    for _ in range(2):
        fold.give(Expect("same", Awaited.MIGRATE, "v", host="B"))
    assert len(list(fold.view.expectations)) == 1


def test_what_is_so_already_is_met_at_once() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="B"))
    expect(fold, Awaited.MIGRATE, host="B")
    assert outcomes(fold) == [("migrate", "met")]


def test_what_is_cancelled_is_not_waited_for() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    id_ = expect(fold, Awaited.SHUT_DOWN)
    fold.give(Cancel(id_))
    assert outcomes(fold) == [("shut_down", "cancelled")]
    assert not fold.pending


def test_what_is_announced_of_a_host_that_is_not_watched_fails_at_once() -> None:
    fold = Fold()
    expect(fold, Awaited.MAINTENANCE, "nowhere")
    assert outcomes(fold) == [("maintenance", "failed")]


def test_contract_9_an_announcement_outlives_a_restart_for_as_long_as_was_left_to_it() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    fold.give(Expect("m", Awaited.MIGRATE, "v", host="B", secs=100))
    fold.wait(40)
    fold.restart()
    fold.wait(59)
    assert outcomes(fold) == []
    fold.wait(2)
    assert outcomes(fold) == [("migrate", "expired")]


def test_nothing_is_intended_unless_it_is_switched_on() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    known(fold, VmFacts("v", ha=True))
    fold.push("A", v=CRASH)
    assert intents(fold) == []
    assert Mark.HA_FAILED in fold.events[-1].marks


def test_a_restart_is_taken_back_once_the_vm_runs_again() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"), rules=ALL)
    known(fold, VmFacts("v", ha=True))
    fold.push("A", v=CRASH)
    fold.poll("B", v=S.UP)
    assert intents(fold) == [
        ("destroy_vm", "open", "A"),
        ("restart_vm", "open", None),
        ("restart_vm", "withdrawn", None),
    ]


def test_what_is_left_of_a_vm_is_not_to_be_destroyed_once_it_is_gone() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"), rules=ALL)
    fold.poll("A", v=CRASH)
    fold.poll("A", v=CRASH)
    fold.poll("A")
    assert intents(fold) == [("destroy_vm", "open", "A"), ("destroy_vm", "withdrawn", "A")]


def test_an_intent_that_nothing_becomes_of_is_valid_no_longer() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"), rules=ALL)
    known(fold, VmFacts("v", ha=True))
    fold.poll("A")
    fold.wait(601)
    assert intents(fold) == [("restart_vm", "open", None), ("restart_vm", "expired", None)]
    assert not fold.view.intents.of("v")


def test_a_restart_and_a_rerun_are_never_intended_together() -> None:
    fold = Fold(Vm("v", status=S.POWERING_UP, run_on="A"), rules=ALL)
    known(fold, VmFacts("v", ha=True))
    expect(fold, Awaited.START, host="A")
    fold.poll("A")
    assert intents(fold) == [("rerun_vm", "open", None)]
    assert outcomes(fold) == [("start", "failed")]


def test_a_vm_that_began_anew_elsewhere_is_not_to_be_restarted() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"), rules=ALL)
    known(fold, VmFacts("v", ha=True))
    fold.poll("B", v=S.UP)
    fold.poll("A", v=CRASH)
    assert fold.vm("v") is not None
    assert ("restart_vm", "open", None) not in intents(fold)


def test_a_host_that_keeps_definitions_has_nothing_to_be_destroyed() -> None:
    from vurti.model import Absence

    fold = Fold(Vm("v", status=S.UP, run_on="A"), rules=ALL)
    fold.poll("A", absence=Absence.UNEXPLAINED, v=CRASH)
    assert intents(fold) == []


def test_an_unknown_vm_is_offered_until_a_manager_knows_it() -> None:
    fold = Fold(rules=ALL)
    fold.push("A", v=S.UP)
    known(fold, VmFacts("v"))
    assert intents(fold) == [("register_vm", "open", None), ("register_vm", "withdrawn", None)]
    assert [one.state for one in fold.decisions[-1].intents] == [IntentState.WITHDRAWN]


def test_a_host_that_is_lost_fails_what_was_announced_of_its_vms() -> None:
    fold = Fold(Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"))
    expect(fold, Awaited.MIGRATE, host="B")
    for _ in range(3):
        fold.miss("A", Miss.NETWORK)
    fold.wait(100)
    fold.miss("A", Miss.NETWORK)
    assert outcomes(fold) == [("migrate", Outcome.FAILED.value)]


def test_a_vm_that_is_paused_ends_the_waiting_for_its_start() -> None:
    fold = Fold(Vm("v", status=S.POWERING_UP, run_on="A"))
    expect(fold, Awaited.START, host="A")
    fold.push("A", v=paused())
    assert outcomes(fold) == [("start", "failed")]
