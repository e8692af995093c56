"""A fleet that connects at once: a few at a time, in order, and no one hangs on for long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.clock.virtual_clock import VirtualClock
from vurti.sources.gate import Gate, gate_of


class Bench:
    """Visitors of a gate, with what happened when."""

    def __init__(self, at_once: int = 2, turn_secs: float = 1.0) -> None:
        self.clock = VirtualClock()
        self.began = self.clock.now()
        self.gate = Gate(self.clock, at_once, turn_secs)
        self.entered: list[tuple[str, float]] = []
        self.inside = self.most = 0

    def visit(self, name: str, secs: float) -> None:
        turn = self.gate.enter()
        self.entered.append((name, self.clock.now() - self.began))
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.clock.sleep_until(self.clock.now() + secs)
        self.inside -= 1
        self.gate.leave(turn)

    def run(self, *visits: float, until: float = 1000) -> list[tuple[str, float]]:
        for at, secs in enumerate(visits):
            self.clock.spawn(self.visit, str(at), secs)
        self.clock.run(until=self.began + until)
        return self.entered


def moments(*pairs: tuple[str, float]) -> list[tuple[str, object]]:
    return [(name, pytest.approx(secs, abs=1e-6)) for name, secs in pairs]


def test_first_come_first_served_and_only_so_many_at_once() -> None:
    bench = Bench()
    entered = bench.run(0.5, 0.3, 0.5, 0.1, 0.1)
    assert entered == moments(("0", 0), ("1", 0), ("2", 0.3), ("3", 0.5), ("4", 0.6))
    assert bench.most == 2


def test_who_hangs_makes_room_after_its_turn() -> None:
    entered = Bench().run(500, 500, 0.1, 0.1, 500, 0.1)
    assert entered == moments(
        ("0", 0), ("1", 0), ("2", 1.0), ("3", 1.0), ("4", 1.1), ("5", 1.1)
    )  # fmt: skip


def test_many_that_hang_delay_the_others_by_their_turns_shared_among_the_places() -> None:
    bench = Bench(at_once=10)
    entered = bench.run(*[500] * 50, 0.1)
    assert entered[-1] == moments(("50", 5.0))[0]


def test_one_that_is_ended_while_it_waits_keeps_nobody_out() -> None:
    bench = Bench(at_once=1)
    bench.clock.spawn(bench.visit, "first", 0.5)
    waiting = bench.clock.spawn(bench.visit, "never", 0.5)
    bench.clock.spawn(bench.visit, "last", 0.5)
    bench.clock.run(until=bench.began + 0.1)
    bench.clock.spawn(waiting.kill)
    bench.clock.run(until=bench.began + 9)
    assert bench.entered == moments(("first", 0), ("last", 0.5))


def test_a_turn_that_was_over_already_is_left_without_harm() -> None:
    bench = Bench(at_once=1)
    entered = bench.run(1.5, 0.8, 0.1)
    assert entered == moments(("0", 0), ("1", 1.0), ("2", 1.8))


@settings(max_examples=50)
@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.integers(1, 5))
def test_everyone_has_a_turn_in_the_order_they_came(visits: list[float], at_once: int) -> None:
    bench = Bench(at_once)
    entered = bench.run(*visits)
    assert [name for name, _ in entered] == [str(at) for at in range(len(visits))]
    assert entered[-1][1] <= len(visits) / at_once + 1
    assert bench.inside == 0


def test_all_that_connect_by_one_clock_have_one_gate() -> None:
    one, other = VirtualClock(), VirtualClock()
    assert gate_of(one) is gate_of(one)
    assert gate_of(one) is not gate_of(other)


def test_all_for_whom_there_is_room_enter_in_one_turn_of_the_loop() -> None:
    bench = Bench(at_once=8)
    turns = [bench.gate.enter() for _ in range(8)]
    for number in range(8):
        bench.clock.spawn(bench.visit, str(number), 1.0)
    bench.clock.run(until=bench.began + 0.1)
    for turn in turns:
        bench.gate.leave(turn)
    waiting = list(bench.gate._queue)
    assert [signal.is_set() for signal in waiting] == [True] * 8


def test_turns_get_longer_while_all_connect_late_and_shorter_when_it_goes_quickly() -> None:
    bench = Bench(at_once=1)

    def connect(secs: float) -> float:
        turn = bench.gate.enter()
        bench.clock.sleep_until(bench.clock.now() + secs)
        bench.gate.leave(turn, connected=True)
        return bench.gate.turn_secs

    turns: list[float] = []
    took = (0.8, 1.2, 2.5, 4.5, 9.0, 3.0, 2.4, 1.0, 0.1, 0.1)
    bench.clock.spawn(lambda: turns.extend(connect(secs) for secs in took))
    bench.clock.run(until=bench.began + 100)
    assert turns == [1, 2, 4, 5, 5, 5, 2.5, 1.25, 1, 1]
    assert Bench(at_once=2).run(500, 500, 0.1)[-1] == moments(("2", 1.0))[0]
