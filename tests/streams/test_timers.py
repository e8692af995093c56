"""Timers of decisions, the wheel that they and the scheduler share, and the scheduler itself."""

from datetime import timedelta

import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops
from reactivex.testing import ReactiveTest, TestScheduler

from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event, event
from vurti.model import Tick, Timer, TimerKey
from vurti.streams.operators import settle
from vurti.streams.scheduler import ClockScheduler
from vurti.streams.timers import Timers
from vurti.streams.wheel import Wheel
from vurti.testing import vm

GRACE, VANISHED = TimerKey("grace", "alpha"), TimerKey("vanished", "vm1")


def kind_of(event: Event) -> str:
    return event.kind


class Heard:
    """Timers and the Ticks that they gave, with the time of each."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.ticks = list[tuple[float, TimerKey]]()
        self.timers = Timers(self.clock, self._put)

    def _put(self, tick: Tick) -> None:
        self.ticks.append((self.clock.now(), tick.key))


def test_a_timer_that_comes_due_becomes_its_tick_once() -> None:
    heard = Heard()
    heard.timers.apply([Timer(GRACE, 5.0), Timer(VANISHED, 3.0)])
    assert len(heard.timers) == 2
    heard.clock.run()

    assert heard.ticks == [(3.0, VANISHED), (5.0, GRACE)]
    assert len(heard.timers) == 0
    assert heard.clock.stray() == []


def test_setting_a_timer_again_replaces_it() -> None:
    heard = Heard()
    heard.timers.apply([Timer(GRACE, 5.0)])
    heard.timers.apply([Timer(GRACE, 8.0), Timer(VANISHED, 9.0), Timer(VANISHED, 2.0)])
    heard.clock.run()

    assert heard.ticks == [(2.0, VANISHED), (8.0, GRACE)]


def test_a_timer_that_was_taken_back_never_ticks() -> None:
    heard = Heard()
    heard.timers.apply([Timer(GRACE, 5.0), Timer(VANISHED, 3.0)])
    heard.timers.apply([Timer(GRACE, None), Timer(TimerKey("grace", "unknown"), None)])
    heard.clock.run()

    assert heard.ticks == [(3.0, VANISHED)]


def test_a_timer_in_the_past_ticks_soon_but_not_at_once() -> None:
    heard = Heard()
    heard.clock.run(until=10.0)
    heard.timers.apply([Timer(GRACE, 5.0)])
    assert heard.ticks == []
    heard.clock.run()

    assert heard.ticks == [(10.0, GRACE)]


def test_a_tick_may_set_timers_itself() -> None:
    clock, seen = VirtualClock(), list[float]()

    def put(tick: Tick) -> None:
        seen.append(clock.now())
        if len(seen) < 3:
            timers.apply([Timer(tick.key, clock.now() + 2.0)])

    timers = Timers(clock, put)
    timers.apply([Timer(GRACE, 1.0)])
    clock.run()

    assert seen == [1.0, 3.0, 5.0]
    assert clock.stray() == []


def test_closing_takes_all_back() -> None:
    heard = Heard()
    heard.timers.apply([Timer(GRACE, 5.0), Timer(VANISHED, 3.0)])
    heard.clock.run(until=1.0)
    heard.timers.close()
    heard.clock.run()

    assert (heard.ticks, heard.clock.stray(), heard.clock.now()) == ([], [], 1.0)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),  # when it is set
            st.sampled_from("abc"),
            st.one_of(st.none(), st.integers(0, 30)),
        ),
        max_size=40,
    )
)
def test_exactly_those_timers_tick_that_were_not_replaced_before_their_time(
    moves: list[tuple[int, str, int | None]],
) -> None:
    heard, model = Heard(), dict[str, float]()
    expected = list[tuple[float, str]]()

    def pass_to(now: float) -> None:
        for name, due in sorted(model.items(), key=lambda item: item[1]):
            if due <= now:
                expected.append((due, name))
                del model[name]

    for at, name, due in sorted(moves, key=lambda move: move[0]):
        heard.clock.run(until=float(at))
        pass_to(at)
        heard.timers.apply([Timer(TimerKey("t", name), due)])
        model.pop(name, None)
        if due is not None:
            model[name] = max(due, at)
    heard.clock.run()
    pass_to(1e9)

    got = [(when, key.thing) for when, key in heard.ticks]
    assert sorted(got) == sorted(expected)
    assert [when for when, _ in got] == sorted(when for when, _ in got)


def test_ten_thousand_alarms_need_one_task() -> None:
    clock, seen = VirtualClock(), list[int]()
    wheel = Wheel(clock)
    for number in range(10_000):
        wheel.at(float(number % 100), lambda number=number: seen.append(number))  # type: ignore[misc]  # bound early
    assert len(clock.stray()) == 1
    clock.run()

    assert len(seen) == 10_000
    assert clock.stray() == []


def test_cancelled_alarms_do_not_pile_up() -> None:
    wheel = Wheel(VirtualClock())
    wheel.at(1e6, lambda: None)
    for _ in range(10_000):
        wheel.at(1e5, lambda: None).cancel()

    assert len(wheel) == 1
    assert len(wheel._heap) < 200


def test_an_alarm_that_raises_does_not_silence_the_others() -> None:
    clock, seen = VirtualClock(), list[float]()
    wheel = Wheel(clock)
    wheel.at(1.0, lambda: 1 / 0)  # type: ignore[arg-type]  # it never returns
    wheel.at(2.0, lambda: seen.append(clock.now()))
    clock.run()

    assert seen == [2.0]
    assert [type(error) for error in clock.errors] == [ZeroDivisionError]


def test_the_scheduler_takes_all_forms_of_time() -> None:
    clock, seen = VirtualClock(start=100.0), list[tuple[str, float]]()
    scheduler = ClockScheduler(clock)

    def say(_scheduler: object, state: str | None) -> None:
        seen.append((state or "", clock.now()))

    scheduler.schedule_relative(3, say, "relative")
    scheduler.schedule_relative(timedelta(seconds=2), say, "timedelta")
    scheduler.schedule_absolute(104.0, say, "absolute")
    scheduler.schedule_absolute(scheduler.now + timedelta(seconds=5), say, "datetime")
    scheduler.schedule(say, "at once")
    scheduler.schedule_relative(1, say, "never").dispose()
    assert seen == []
    clock.run()

    assert seen == [
        ("at once", 100.0),
        ("timedelta", 102.0),
        ("relative", 103.0),
        ("absolute", 104.0),
        ("datetime", 105.0),
    ]
    assert scheduler.waiting == 0


def test_a_step_of_the_wall_clock_moves_no_timer() -> None:
    clock, seen = VirtualClock(), list[float]()
    ClockScheduler(clock).schedule_relative(10, lambda *_: seen.append(clock.now()))
    clock.run(until=5.0)
    clock.step_wall(-3600.0)
    clock.run()
    assert seen == [10.0]


def test_an_idle_scheduler_is_not_mistaken_for_none() -> None:
    assert bool(ClockScheduler(VirtualClock()))


def test_a_periodic_action_keeps_its_period_until_it_is_disposed() -> None:
    clock, seen = VirtualClock(), list[float]()
    repeated = ClockScheduler(clock).schedule_periodic(2, lambda _: seen.append(clock.now()))
    clock.run(until=7.0)
    repeated.dispose()
    clock.run()

    assert seen == [2.0, 4.0, 6.0]
    assert clock.stray() == []


def test_operators_that_take_time_refuse_to_start_without_a_scheduler() -> None:
    seen = list[Exception]()
    rx.never().pipe(settle(3)).subscribe(on_error=seen.append)
    assert [type(error) for error in seen] == [TypeError]
    assert "settle takes time" in str(seen[0])


def test_our_operators_run_on_any_scheduler_of_reactivex() -> None:
    """Not only on ours: whoever tests with the TestScheduler of reactivex may go on so."""
    down = event(vm("vm1", "Up"), vm("vm1", "Down"))
    assert down is not None
    scheduler = TestScheduler()
    source = scheduler.create_hot_observable(
        ReactiveTest.on_next(250, down), ReactiveTest.on_completed(400)
    )
    result = scheduler.start(lambda: source.pipe(settle(30.0), ops.map(kind_of)))
    assert result.messages == [
        ReactiveTest.on_next(280, "VmStateChanged"),
        ReactiveTest.on_completed(400),
    ]


@pytest.mark.parametrize("secs", [0, -1])
def test_a_time_of_nothing_is_refused(secs: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        settle(secs)
