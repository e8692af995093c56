"""One order for everything that reaches a scope."""

import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Decision, Reload, Stamped, Tick, TimerKey
from vurti.streams.decided import decided
from vurti.streams.sequencer import Sequencer
from vurti.testing import missed


def wrong(_stamped: Stamped) -> None:
    raise ZeroDivisionError


def tick(name: str) -> Tick:
    return Tick(TimerKey("test", name))


def test_inputs_are_numbered_and_stamped_with_both_clocks_in_the_order_they_came() -> None:
    clock = VirtualClock(start=5.0, start_wall=1000.0)
    sequencer, seen = Sequencer(clock, first=41), list[Stamped]()
    sequencer.stamped.subscribe(seen.append)

    sequencer.put(tick("a"))
    clock.run(until=6.0)
    sequencer.put(tick("b"))

    assert seen == [
        Stamped(41, 5.0, 1000.0, tick("a")),
        Stamped(42, 6.0, 1001.0, tick("b")),
    ]
    assert sequencer.number == 42


def test_what_a_subscriber_puts_is_served_after_the_current_input_is_done() -> None:
    sequencer, seen = Sequencer(VirtualClock()), list[str]()

    def first(stamped: Stamped) -> None:
        seen.append(f"first {stamped.number}")
        if stamped.number == 1:
            sequencer.put(tick("b"))
            sequencer.put(tick("c"))

    sequencer.stamped.subscribe(first)
    sequencer.stamped.subscribe(lambda stamped: seen.append(f"second {stamped.number}"))
    sequencer.put(tick("a"))

    assert seen == [f"{who} {number}" for number in (1, 2, 3) for who in ("first", "second")]
    assert (sequencer.queued, sequencer.peak) == (0, 2)


def test_a_subscriber_that_yields_is_not_entered_by_another_task() -> None:
    clock = VirtualClock()
    sequencer, seen = Sequencer(clock), list[str]()

    def slow(stamped: Stamped) -> None:
        seen.append(f"begin {stamped.number}")
        clock.sleep_until(clock.now() + 1)
        seen.append(f"end {stamped.number}")

    sequencer.stamped.subscribe(slow)
    for name in "abc":
        clock.spawn(sequencer.put, tick(name))
    clock.run()

    assert seen == [f"{what} {number}" for number in (1, 2, 3) for what in ("begin", "end")]
    assert sequencer.peak == 2


@given(st.lists(st.lists(st.integers(0, 5), max_size=4), max_size=20))
def test_numbers_have_no_gap_and_each_producer_keeps_its_order(batches: list[list[int]]) -> None:
    clock = VirtualClock()
    sequencer, seen = Sequencer(clock), list[Stamped]()
    sequencer.stamped.subscribe(seen.append)

    def producer(name: int, delays: list[int]) -> None:
        for index, delay in enumerate(delays):
            clock.sleep_until(clock.now() + delay)
            sequencer.put(tick(f"{name}.{index}"))

    for name, delays in enumerate(batches):
        clock.spawn(producer, name, delays)
    clock.run()

    assert [stamped.number for stamped in seen] == list(range(1, len(seen) + 1))
    names = [stamped.input.key.thing for stamped in seen if isinstance(stamped.input, Tick)]
    for name, delays in enumerate(batches):
        own = [text for text in names if text.startswith(f"{name}.")]
        assert own == [f"{name}.{index}" for index in range(len(delays))]


def test_a_subscriber_that_raises_stops_the_scope_loudly() -> None:
    sequencer = Sequencer(VirtualClock())
    sequencer.stamped.subscribe(wrong)

    with pytest.raises(ZeroDivisionError):
        sequencer.put(tick("a"))
    with pytest.raises(RuntimeError, match="stopped serving"):
        sequencer.put(tick("b"))
    assert isinstance(sequencer.broken, ZeroDivisionError)


def test_who_listens_for_bugs_gets_it_once_and_later_inputs_are_counted() -> None:
    bugs = list[Exception]()
    sequencer = Sequencer(VirtualClock(), on_bug=bugs.append)
    sequencer.stamped.subscribe(wrong)
    for name in "abc":
        sequencer.put(tick(name))

    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    assert sequencer.refused == 2


def test_the_end_of_one_hosts_stream_is_not_the_end_of_the_scope() -> None:
    sequencer, seen = Sequencer(VirtualClock()), list[Stamped]()
    sequencer.stamped.subscribe(seen.append)
    sequencer.follow(rx.of(missed("timeout", host="alpha", started=0.0)))
    sequencer.follow(rx.of(missed("timeout", host="beta", started=0.0)))

    assert [stamped.input.host for stamped in seen if hasattr(stamped.input, "host")] == [
        "alpha",
        "beta",
    ]


def test_closing_completes_the_stream() -> None:
    sequencer, seen = Sequencer(VirtualClock()), list[str]()
    sequencer.stamped.subscribe(on_completed=lambda: seen.append("completed"))
    sequencer.close()
    assert seen == ["completed"]


class Counting:
    """A view that counts what it took in."""

    def __init__(self) -> None:
        self.applied = list[int]()

    def apply(self, decision: Decision) -> None:
        self.applied.append(decision.number)


def test_the_view_has_taken_a_decision_in_before_anybody_hears_of_it() -> None:
    sequencer, view = Sequencer(VirtualClock()), Counting()
    seen = list[tuple[int, int]]()

    def decide(view: Counting, stamped: Stamped) -> Decision:
        assert stamped.number not in view.applied
        return Decision(stamped.number, stamped.at, stamped.wall)

    decisions = sequencer.stamped.pipe(decided(view, decide))
    decisions.subscribe(lambda decision: seen.append((decision.number, view.applied[-1])))
    sequencer.put(tick("a"))
    sequencer.put(Reload(()))

    assert seen == [(1, 1), (2, 2)]


def test_a_bug_in_decide_surfaces_and_the_view_is_untouched() -> None:
    sequencer, view = Sequencer(VirtualClock()), Counting()

    def misjudge(_view: Counting, _stamped: Stamped) -> Decision:
        raise KeyError("a bug")

    sequencer.stamped.pipe(decided(view, misjudge)).subscribe()
    with pytest.raises(KeyError, match="a bug"):
        sequencer.put(tick("a"))
    assert view.applied == []
