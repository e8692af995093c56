"""Contract 4 and 5: the hand-over of a VM as a machine of phases and words, fed by both hosts.

Each cell says into which phase a word leads, where the VM then is, and what is told. It is the same
for hosts that list ended VMs (vdsm) and for hosts that do not (libvirt), and across them.
"""

import pytest

from vurti.decide.vm.phase import Phase, phase
from vurti.model import Absence, Begun, ExitReason, Vm, VmStatus
from vurti.testing.fold import Fold, down, report

S = VmStatus
LISTS, KEEPS = Absence.GONE, Absence.UNEXPLAINED
GONE_BY_MIGRATION = down(reason=ExitReason.MIGRATION_SUCCEEDED)
BOOTED = report(S.UP, begun=Begun.BOOTED)
ARRIVED = report(S.UP, begun=Begun.MIGRATED)


def settled(fold: Fold) -> None:
    fold.poll("A", v=S.UP)


def leaving(fold: Fold) -> None:
    fold.push("A", v=S.MIGRATING_FROM)


def arriving(fold: Fold) -> None:
    fold.push("B", v=S.MIGRATING_TO)


def leaving_to_b(fold: Fold) -> None:
    leaving(fold)
    arriving(fold)


def left(fold: Fold) -> None:
    fold.push("A", v=GONE_BY_MIGRATION)


def handed_over(fold: Fold) -> None:
    leaving_to_b(fold)
    fold.push("A", v=GONE_BY_MIGRATION)


def claimed(fold: Fold) -> None:
    fold.poll("B", v=BOOTED)


def denied(fold: Fold) -> None:
    claimed(fold)
    fold.poll("A", v=S.UP)


def split(fold: Fold) -> None:
    denied(fold)
    fold.poll("B", v=BOOTED)


BEGINNINGS = {
    Phase.SETTLED: settled,
    Phase.LEAVING: leaving,
    Phase.ARRIVING: arriving,
    Phase.LEFT: left,
    Phase.HANDED_OVER: handed_over,
    Phase.CLAIMED: claimed,
    Phase.DENIED: denied,
    Phase.SPLIT: split,
}


def now(fold: Fold) -> Phase:
    return phase(fold.vm("v"), fold.view.remembered("v"))


def place(fold: Fold) -> str:
    vm = fold.vm("v")
    assert vm is not None
    return f"{vm.status} on {vm.run_on}"


@pytest.mark.parametrize("reached", BEGINNINGS)
def test_each_phase_is_reached_by_what_hosts_say(reached: Phase) -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    BEGINNINGS[reached](fold)
    assert now(fold) is reached


WORDS = {
    "the destination receives it": lambda fold, absence: fold.push("B", v=S.MIGRATING_TO),
    "the destination runs it": lambda fold, absence: fold.push("B", v=ARRIVED),
    "another boots it": lambda fold, absence: fold.poll("B", absence=absence, v=BOOTED),
    "the source is done": lambda fold, absence: fold.push("A", v=GONE_BY_MIGRATION),
    "the source goes on": lambda fold, absence: fold.poll("A", absence=absence, v=S.UP),
    "the source has ended it": lambda fold, absence: fold.poll("A", absence=absence, v=down()),
}

UP_ON_A, UP_ON_B, DOWN = "Up on A", "Up on B", "Down on None"
HANDED = "MigratingTo on B"
TABLE: dict[tuple[Phase, str], tuple[Phase, str, list[str]]] = {
    # ---- nobody but its host has spoken
    (Phase.SETTLED, "the destination receives it"): (Phase.ARRIVING, UP_ON_A, []),
    (Phase.SETTLED, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.SETTLED, "another boots it"): (Phase.CLAIMED, UP_ON_A, []),
    (Phase.SETTLED, "the source is done"): (Phase.LEFT, UP_ON_A, []),
    (Phase.SETTLED, "the source goes on"): (Phase.SETTLED, UP_ON_A, []),
    (Phase.SETTLED, "the source has ended it"): (Phase.SETTLED, DOWN, ["VmStateChanged"]),
    # ---- its source said that it leaves
    (Phase.LEAVING, "the destination receives it"): (
        Phase.ARRIVING, "MigratingFrom on A", ["VmStateChanged"],
    ),
    (Phase.LEAVING, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.LEAVING, "another boots it"): (Phase.CLAIMED, "MigratingFrom on A", []),
    (Phase.LEAVING, "the source is done"): (Phase.LEFT, "MigratingFrom on A", []),
    (Phase.LEAVING, "the source goes on"): (Phase.SETTLED, UP_ON_A, ["VmStateChanged"]),
    (Phase.LEAVING, "the source has ended it"): (Phase.SETTLED, DOWN, ["VmStateChanged"]),
    # ---- its destination spoke first
    (Phase.ARRIVING, "the destination receives it"): (Phase.ARRIVING, UP_ON_A, []),
    (Phase.ARRIVING, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.ARRIVING, "another boots it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.ARRIVING, "the source is done"): (Phase.HANDED_OVER, HANDED, ["VmMigrated"]),
    (Phase.ARRIVING, "the source goes on"): (Phase.ARRIVING, UP_ON_A, []),
    (Phase.ARRIVING, "the source has ended it"): (Phase.ARRIVING, DOWN, ["VmStateChanged"]),
    # ---- its source has let go of it, and nobody has said who has it
    (Phase.LEFT, "the destination receives it"): (Phase.LEFT, UP_ON_A, []),
    (Phase.LEFT, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.LEFT, "another boots it"): (Phase.CLAIMED, UP_ON_A, []),
    (Phase.LEFT, "the source is done"): (Phase.LEFT, UP_ON_A, []),
    (Phase.LEFT, "the source goes on"): (Phase.SETTLED, UP_ON_A, []),
    (Phase.LEFT, "the source has ended it"): (Phase.SETTLED, DOWN, ["VmStateChanged"]),
    # ---- both have told of it: the destination only has to say how it is
    (Phase.HANDED_OVER, "the destination receives it"): (Phase.HANDED_OVER, HANDED, []),
    (Phase.HANDED_OVER, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmStateChanged"]),
    (Phase.HANDED_OVER, "another boots it"): (Phase.SETTLED, UP_ON_B, ["VmStateChanged"]),
    (Phase.HANDED_OVER, "the source is done"): (Phase.HANDED_OVER, HANDED, []),
    (Phase.HANDED_OVER, "the source goes on"): (Phase.CLAIMED, HANDED, []),
    (Phase.HANDED_OVER, "the source has ended it"): (Phase.HANDED_OVER, HANDED, []),
    # ---- another host says that it runs it, without any sign of a hand-over
    (Phase.CLAIMED, "the destination receives it"): (Phase.CLAIMED, UP_ON_A, []),
    (Phase.CLAIMED, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.CLAIMED, "another boots it"): (Phase.CLAIMED, UP_ON_A, []),
    (Phase.CLAIMED, "the source is done"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.CLAIMED, "the source goes on"): (Phase.DENIED, UP_ON_A, []),
    (Phase.CLAIMED, "the source has ended it"): (
        Phase.SETTLED, UP_ON_B, ["VmStateChanged", "VmStateChanged"],
    ),
    # ---- and its own host says that it does
    (Phase.DENIED, "the destination receives it"): (Phase.DENIED, UP_ON_A, []),
    (Phase.DENIED, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.DENIED, "another boots it"): (Phase.SPLIT, UP_ON_A, ["VmSplitBrainDetected"]),
    (Phase.DENIED, "the source is done"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.DENIED, "the source goes on"): (Phase.DENIED, UP_ON_A, []),
    (Phase.DENIED, "the source has ended it"): (
        Phase.SETTLED, UP_ON_B, ["VmStateChanged", "VmStateChanged"],
    ),
    # ---- both insist
    (Phase.SPLIT, "the destination receives it"): (Phase.SPLIT, UP_ON_A, []),
    (Phase.SPLIT, "the destination runs it"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.SPLIT, "another boots it"): (Phase.SPLIT, UP_ON_A, []),
    (Phase.SPLIT, "the source is done"): (Phase.SETTLED, UP_ON_B, ["VmMigrated"]),
    (Phase.SPLIT, "the source goes on"): (Phase.SPLIT, UP_ON_A, []),
    (Phase.SPLIT, "the source has ended it"): (
        Phase.SETTLED, UP_ON_B, ["VmStateChanged", "VmStateChanged"],
    ),
}  # fmt: skip


def test_contract_4_the_table_of_hand_overs_has_every_phase_and_word() -> None:
    assert TABLE.keys() == {(was, word) for was in Phase for word in WORDS}


@pytest.mark.parametrize("absence", [LISTS, KEEPS])
@pytest.mark.parametrize(("was", "word"), TABLE)
def test_contract_4_each_word_in_each_phase_leads_where_the_table_says(
    was: Phase, word: str, absence: Absence
) -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    BEGINNINGS[was](fold)
    told = len(fold.events)
    WORDS[word](fold, absence)
    assert (now(fold), place(fold), [e.kind for e in fold.events[told:]]) == TABLE[(was, word)]
