"""Contract 4 and 9: a VM that was migrated while vurti did not run."""

import pytest

from vurti.model import Absence, Begun, Vm, VmStatus
from vurti.testing.fold import Fold, report

VANISHES = Absence.UNEXPLAINED
ARRIVED = report(VmStatus.UP, begun=Begun.MIGRATED)


@pytest.mark.parametrize("first", ["source", "destination", "destination, and again"])
def test_a_migration_while_vurti_was_down_is_one_whoever_answers_first(first: str) -> None:
    fold = Fold()
    fold.poll("A", absence=VANISHES, v=VmStatus.UP)
    fold.restart()
    if first != "source":
        fold.poll("B", absence=VANISHES, v=ARRIVED)
    fold.poll("A", absence=VANISHES)
    if first != "destination":
        fold.poll("B", absence=VANISHES, v=ARRIVED)
    seen = ["VmStateChanged"] if first == "source" else []
    assert [event.kind for event in fold.events] == ["VmAdded", *seen, "VmMigrated"]
    assert fold.vm("v") == Vm("v", status=VmStatus.UP, run_on="B")


def test_what_asked_too_early_for_a_migration_while_vurti_was_down_is_asked_again() -> None:
    fold = Fold()
    fold.poll("A", absence=VANISHES, v=VmStatus.UP)
    fold.restart()
    asked = fold.at
    fold.poll("A", absence=VANISHES, started=asked)
    fold.poll("B", absence=VANISHES, started=asked, v=ARRIVED)
    fold.poll("B", absence=VANISHES, v=ARRIVED)
    assert [event.kind for event in fold.events] == ["VmAdded", "VmStateChanged", "VmMigrated"]
