"""What is shared by all of one clock is there as long as one of them has it."""

import gc
from weakref import ref

from vurti.clock.virtual_clock import VirtualClock
from vurti.sources.gate import Gate, gate_of
from vurti.sources.shared import SharedBy


def test_all_of_one_key_share_one_and_those_of_another_share_another() -> None:
    first, second = VirtualClock(), VirtualClock()
    one = gate_of(first)
    assert gate_of(first) is one
    assert gate_of(second) is not one


def test_it_goes_with_the_last_who_has_it_and_so_does_its_key() -> None:
    clock, shared = VirtualClock(), SharedBy(Gate)
    one = shared(clock)  # which has the clock
    gone = ref(clock), ref(one)
    del clock, one
    gc.collect()
    assert [made() for made in gone] == [None, None]


def test_who_comes_after_the_last_gets_another() -> None:
    clock = VirtualClock()
    made: list[object] = []
    shared = SharedBy(lambda clock: made.append(clock) or Gate(clock))  # type: ignore[func-returns-value]
    shared(clock)
    gc.collect()
    shared(clock)
    assert made == [clock, clock]
