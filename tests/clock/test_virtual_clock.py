"""What virtual time has beyond the port: it is driven, deterministic, and tells what is left."""

import time

import pytest

from vurti.clock import Timeout
from vurti.clock.virtual_clock import VirtualClock


def test_a_year_passes_in_no_time() -> None:
    clock, began = VirtualClock(), time.monotonic()
    seen: list[float] = []

    def body() -> None:
        for day in range(365):
            clock.sleep_until(day * 86_400.0)
            seen.append(clock.now())

    clock.spawn(body)
    clock.run()

    assert seen[-1] == 364 * 86_400.0
    assert time.monotonic() - began < 60


def test_running_until_a_time_does_what_is_due_then_and_nothing_later() -> None:
    clock = VirtualClock()
    seen: list[float] = []
    for when in (1.0, 2.0, 3.0):
        clock.call_at(when, lambda: seen.append(clock.now()))

    clock.run(until=2.0)
    assert (seen, clock.now()) == ([1.0, 2.0], 2.0)
    clock.run(until=2.5)
    assert clock.now() == 2.5
    clock.run()
    assert seen == [1.0, 2.0, 3.0]


def test_what_is_due_at_once_happens_in_the_order_of_scheduling() -> None:
    clock = VirtualClock()
    seen: list[int] = []
    for number in range(100):
        clock.call_at(5.0, lambda number=number: seen.append(number))  # type: ignore[misc]  # bound early

    clock.run()

    assert seen == list(range(100))


def test_the_wall_clock_steps_and_monotonic_time_does_not() -> None:
    clock = VirtualClock(start=10.0, start_wall=1000.0)
    clock.run(until=15.0)
    assert (clock.now(), clock.wall()) == (15.0, 1005.0)
    clock.step_wall(-3600.0)
    assert (clock.now(), clock.wall()) == (15.0, -2595.0)


def test_whoever_waits_outside_of_tasks_drives() -> None:
    clock = VirtualClock()
    signal = clock.signal()
    clock.call_at(3.0, signal.set)

    assert signal.wait()
    assert clock.now() == 3.0
    clock.sleep_until(4.0)
    assert clock.now() == 4.0
    with pytest.raises(Timeout), clock.timeout(2.0):
        clock.sleep_until(100.0)
    assert clock.now() == 6.0


def test_waiting_for_what_can_never_come_is_an_error() -> None:
    clock = VirtualClock()
    with pytest.raises(RuntimeError, match="for ever"):
        clock.signal().wait()


def test_an_instant_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vurti.clock.virtual_clock.SAME_INSTANT_MAX", 1000)
    clock = VirtualClock()

    def busy() -> None:
        while True:
            clock.sleep_until(0)

    clock.spawn(busy)
    with pytest.raises(RuntimeError, match=r"never ends.*busy"):
        clock.run()


def test_driving_from_within_a_task_is_an_error() -> None:
    clock = VirtualClock()
    clock.spawn(clock.run)
    clock.run()
    assert "driven already" in str(clock.errors[0])


def test_what_is_left_over_is_named_until_it_is_gone() -> None:
    clock = VirtualClock()

    def sleeper() -> None:
        clock.sleep_until(100.0)

    task = clock.spawn(sleeper)
    appointment = clock.call_at(50.0, lambda: None, name="alarm")
    clock.run(until=10.0)
    assert [name.rpartition(".")[2] for name in clock.stray()] == ["sleeper", "alarm"]

    task.kill()
    appointment.cancel()
    assert clock.stray() == []


def test_what_tasks_raised_is_kept() -> None:
    clock = VirtualClock()

    def wrong() -> None:
        raise ValueError("a bug")

    clock.spawn(wrong)
    clock.run()

    assert [str(error) for error in clock.errors] == ["a bug"]


@pytest.mark.parametrize("set_at", [1.0, 3.0])
def test_a_thrown_timeout_leaves_no_wake_up_behind(set_at: float) -> None:
    """A task whose wait was cut short must not be resumed by what it had waited for."""
    clock = VirtualClock()
    seen: list[tuple[str, float]] = []
    signal = clock.signal()

    def body() -> None:
        try:
            with clock.timeout(1.0):
                signal.wait(until=5.0)
        except Timeout:
            seen.append(("timeout", clock.now()))
        clock.sleep_until(9.0)
        seen.append(("slept", clock.now()))

    clock.spawn(body)
    clock.call_at(set_at, signal.set)
    clock.run()

    assert seen == [("timeout", 1.0), ("slept", 9.0)]


def test_what_is_called_at_a_time_may_kill_a_task() -> None:
    clock = VirtualClock()
    seen: list[float] = []

    def body() -> None:
        try:
            clock.sleep_until(100.0)
        finally:
            seen.append(clock.now())

    task = clock.spawn(body)
    clock.call_at(3.0, task.kill)
    clock.run()

    assert (seen, clock.stray(), clock.now()) == ([3.0], [], 3.0)


def test_cancelled_timeouts_do_not_fill_the_agenda_and_the_rest_keeps_its_order() -> None:
    clock = VirtualClock()
    seen: list[int] = []
    most = 0

    def asker() -> None:
        nonlocal most
        for _ in range(1000):
            with clock.timeout(5000.0):
                clock.sleep_until(clock.now() + 1.0)
            most = max(most, clock.standing)

    for number in range(100):
        clock.call_at(1100.0 + number % 3, lambda number=number: seen.append(number))
    clock.spawn(asker)
    clock.run()

    assert most < 400
    assert seen == sorted(range(100), key=lambda number: (number % 3, number))
    assert (clock.standing, clock.stray(), clock.now()) == (0, [], 1102.0)
