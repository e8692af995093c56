"""What a decision in the making has concluded is what it is asked of from then on."""

from vurti.decide.draft import Draft
from vurti.model import Stamped, Tick, TimerKey, Vm, VmStatus
from vurti.testing.fold import Fold


def test_what_is_forgotten_is_not_known_any_more_in_the_same_decision() -> None:
    fold = Fold(Vm("v", status=VmStatus.UP, run_on="A"))
    vm, vds = fold.vm("v"), fold.vds("A")
    assert vm is not None
    assert vds is not None
    draft = Draft(fold.view, Stamped(1, fold.at, 0.0, Tick(TimerKey("any", ""))))
    assert (draft.vm("v"), draft.vds("A")) == (vm, vds)
    draft.change(None, thing=vm, rule="r", reason="forgotten")
    draft.change(None, thing=vds, rule="r", reason="forgotten")
    assert (draft.vm("v"), draft.vds("A")) == (None, None)
    assert draft.vms_on("A") == {}
