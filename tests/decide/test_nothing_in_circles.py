"""What decides leaves nothing behind that only the collector of circles could free."""

import gc
from collections.abc import Iterator

import pytest

from vurti.model import PauseStatus, Question, VmFacts, VmStatus
from vurti.model.vm import Vm
from vurti.testing.fold import Fold, down, paused

UP = VmStatus.UP


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_whatever_is_decided_nothing_is_left_in_a_circle(no_collector: None) -> None:
    fold = Fold(Vm("v", status=UP, run_on="A"), facts=(VmFacts("v", ha=True),))
    gc.collect()
    fold.push("A", v=VmStatus.POWERING_DOWN)
    fold.poll("A", v=paused(PauseStatus.EIO))
    fold.poll("B", v=UP)
    fold.miss("A", question=Question.VMS)
    fold.poll("A", v=down())
    fold.stats("A")
    fold.wait(600)
    assert fold.events
    assert gc.collect() == 0
