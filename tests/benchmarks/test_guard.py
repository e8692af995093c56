"""What must not become dear again. Calls of functions are counted, which are the same in each run,
or two ways are timed in turns in this process: the least of each counts, with a wide margin."""

import gc
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest
from msgspec.structs import replace

from benchmarks import deciding, decoding, limits, side_by_side
from benchmarks.peer import book
from benchmarks.registry import OURS, Figure
from vurti.decide import decide
from vurti.model import Snapshot, Stamped, Vm, VmStatus
from vurti.testing.fold import Fold

ROUNDS = 7


def calls(run: Callable[[], object]) -> int:
    """How many functions were called, those of C included. What other tests left behind is not
    collected meanwhile: its finalizers would count."""
    counted = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    gc.disable()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(None)
        gc.enable()
    return counted


def calls_to_decide(vms: int, changing: int) -> int:
    """Of the last of some answers, the others of which said the same."""
    fold = Fold(*[Vm(f"v{n}", status=VmStatus.UP, run_on="A") for n in range(vms)])
    told = [*deciding.answers(vms, 0, 3), *deciding.answers(vms, changing, 1)]
    counted = 0
    for number, one in enumerate(told):
        fold.at += 1
        times = dict.fromkeys(one.vms, number)
        snapshot = Snapshot("A", fold.at - 0.1, replace(one, times=times))
        stamped = Stamped(number, fold.at, fold.at, snapshot)
        counted = calls(partial(decide, fold.view, stamped))
        fold.view.apply(decide(fold.view, stamped))
    return counted


def test_deciding_about_what_has_not_changed_calls_as_few_functions_for_any_number_of_vms() -> None:
    few, many = calls_to_decide(30, 0), calls_to_decide(3000, 0)
    assert few == many
    assert few < 90  # 46 on Python 3.11


def test_each_change_and_each_vm_beside_it_costs_its_own_and_no_more() -> None:
    one, four, many = (calls_to_decide(*size) for size in ((300, 1), (300, 4), (3000, 1)))
    assert (four - one) / 3 < 350  # 196
    assert (many - one) / 2700 < 7  # 4


def test_the_calls_that_are_counted_are_the_same_each_time() -> None:
    assert calls_to_decide(30, 1) == calls_to_decide(30, 1)


@pytest.mark.slow
def test_making_states_of_an_answer_costs_little_more_than_decoding_a_few_fields_of_it() -> None:
    bodies = decoding.bodies(book.vdsm(30), 60)
    ways = {
        OURS: partial(decoding.all_read, bodies, decoding.vdsm_states),
        "msgspec": partial(decoding.all_read, bodies, lambda: limits.reader(limits.MSGSPEC_LIST)),
    }
    assert least_ratio(ways, "msgspec", len(bodies)) < 6


@pytest.mark.slow
def test_deciding_about_the_unchanged_costs_little_more_than_comparing_it() -> None:
    ways = {
        OURS: partial(deciding.folded, 300, 0, 200),
        "compare": partial(deciding.compared, 300, 0, 200, deciding.as_a_whole),
    }
    assert least_ratio(ways, "compare", 200) < 5


def least_ratio(ways: dict[str, side_by_side.Way], other: str, items: int) -> float:
    """The least of ours by the least of the other: what disturbs a round disturbs no other."""
    figures: list[Figure] = list(side_by_side.rounds(ROUNDS, "row", ways, items))
    least = {way: min(one.value for one in figures if one.way == way) for way in (OURS, other)}
    return least[OURS] / least[other]
