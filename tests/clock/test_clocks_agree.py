"""Both clocks keep the port's promises: the same cases, in real and in virtual time."""

from collections.abc import Callable

import pytest

from vurti.clock import Clock, Timeout
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.virtual_clock import VirtualClock

SOON, LATER, FAR = 0.02, 0.05, 30.0


@pytest.fixture(params=[GeventClock, VirtualClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def inside(clock: Clock, body: Callable[[], object]) -> None:
    """Run it in a task and wait for its end: the cases say what they saw through their closures."""
    assert clock.spawn(body).join(until=clock.now() + FAR)


def test_a_sleeper_wakes_at_its_time_and_never_before(clock: Clock) -> None:
    seen: list[float] = []

    def body() -> None:
        when = clock.now() + SOON
        clock.sleep_until(when)
        seen.append(clock.now() - when)

    inside(clock, body)

    assert len(seen) == 1
    assert seen[0] >= 0


def test_sleeping_until_the_past_yields_once(clock: Clock) -> None:
    seen: list[str] = []

    def body() -> None:
        clock.spawn(seen.append, "other")
        seen.append("before")
        clock.sleep_until(clock.now() - 1)
        seen.append("after")

    inside(clock, body)

    assert seen == ["before", "other", "after"]


def test_a_task_starts_with_the_next_yield(clock: Clock) -> None:
    seen: list[str] = []

    def body() -> None:
        task = clock.spawn(seen.append, "task")
        seen.append("spawner")
        task.join()

    inside(clock, body)

    assert seen == ["spawner", "task"]


def test_sleepers_wake_in_the_order_of_their_times(clock: Clock) -> None:
    seen: list[str] = []
    start = clock.now()

    def sleeper(name: str, secs: float) -> None:
        clock.sleep_until(start + secs)
        seen.append(name)

    def body() -> None:
        tasks = [clock.spawn(sleeper, "late", LATER), clock.spawn(sleeper, "early", SOON)]
        for task in tasks:
            task.join()

    inside(clock, body)

    assert seen == ["early", "late"]


def test_a_timeout_is_raised_inside_its_block(clock: Clock) -> None:
    seen: list[str] = []

    def body() -> None:
        try:
            with clock.timeout(SOON):
                clock.sleep_until(clock.now() + FAR)
        except Timeout:
            seen.append("timeout")

    inside(clock, body)

    assert seen == ["timeout"]


def test_a_timeout_never_fires_after_its_block(clock: Clock) -> None:
    seen: list[str] = []

    def body() -> None:
        with clock.timeout(SOON):
            pass
        clock.sleep_until(clock.now() + LATER)
        seen.append("undisturbed")

    inside(clock, body)

    assert seen == ["undisturbed"]


def test_the_inner_of_two_timeouts_leaves_the_outer_alone(clock: Clock) -> None:
    seen: list[str] = []

    def body() -> None:
        with clock.timeout(FAR):
            try:
                with clock.timeout(SOON):
                    clock.sleep_until(clock.now() + FAR)
            except Timeout:
                seen.append("inner")
            seen.append("on")

    inside(clock, body)

    assert seen == ["inner", "on"]


def test_the_outer_timeout_ends_its_block_even_if_an_inner_one_swallows_it(clock: Clock) -> None:
    seen: list[str] = []

    def impatient() -> None:
        try:
            with clock.timeout(FAR):
                clock.sleep_until(clock.now() + FAR)
        except Timeout:
            seen.append("swallowed")

    def body() -> None:
        try:
            with clock.timeout(SOON):
                impatient()
        except Timeout:
            seen.append("outer")

    inside(clock, body)

    assert seen == ["swallowed", "outer"]


def test_a_signal_wakes_all_who_wait_even_if_it_is_cleared_at_once(clock: Clock) -> None:
    seen: list[bool] = []
    signal = clock.signal()

    def body() -> None:
        tasks = [clock.spawn(lambda: seen.append(signal.wait())) for _ in range(3)]
        clock.sleep_until(clock.now() + SOON)
        signal.set()
        signal.clear()
        for task in tasks:
            task.join()

    inside(clock, body)

    assert seen == [True, True, True]
    assert not signal.is_set()


def test_waiting_for_a_signal_ends_at_its_deadline(clock: Clock) -> None:
    seen: list[bool] = []
    signal = clock.signal()

    def body() -> None:
        until = clock.now() + SOON
        seen.append(signal.wait(until))
        seen.append(clock.now() >= until)
        seen.append(signal.wait(until))
        signal.set()
        seen.append(signal.wait(until))

    inside(clock, body)

    assert seen == [False, True, False, True]


@pytest.mark.parametrize("secs", [LATER, None])
def test_whoever_asks_for_a_signal_that_is_set_goes_on_though_another_stops_waiting_for_it(
    clock: Clock, secs: float | None
) -> None:
    seen: list[bool] = []
    signal = clock.signal()

    def asker() -> None:
        waiter = clock.spawn(signal.wait)
        clock.sleep_until(clock.now())
        clock.spawn(waiter.kill)
        clock.sleep_until(clock.now())
        signal.set()  # the one who waits ends before it is told
        seen.append(signal.wait(None if secs is None else clock.now() + secs))

    task = clock.spawn(asker)

    inside(clock, lambda: seen.append(task.join(until=clock.now() + 1)))
    assert seen == [True, True]


def test_a_killed_task_ends_where_it_waits_and_has_ended_when_kill_returns(clock: Clock) -> None:
    seen: list[str] = []

    def victim() -> None:
        try:
            clock.sleep_until(clock.now() + FAR)
        finally:
            clock.sleep_until(clock.now() + SOON)
            seen.append("cleaned")

    def body() -> None:
        task = clock.spawn(victim)
        clock.sleep_until(clock.now() + SOON)
        task.kill()
        seen.append("killed")
        assert task.join(until=clock.now())
        task.kill()

    inside(clock, body)

    assert seen == ["cleaned", "killed"]


def test_a_task_killed_before_its_start_never_runs(clock: Clock) -> None:
    seen: list[str] = []

    def body() -> None:
        clock.spawn(seen.append, "ran").kill()
        clock.sleep_until(clock.now() + SOON)
        seen.append("end")

    inside(clock, body)

    assert seen == ["end"]


def test_a_task_that_kills_itself_goes_on_to_its_next_wait(clock: Clock) -> None:
    seen: list[str] = []
    tasks: list[object] = []

    def body() -> None:
        me = clock.spawn(suicide)
        tasks.append(me)
        me.join()
        seen.append("joined")

    def suicide() -> None:
        tasks[0].kill()  # type: ignore[attr-defined]  # the Task that body put there
        seen.append("still here")
        clock.sleep_until(clock.now() + FAR)
        seen.append("never")

    inside(clock, body)

    assert seen == ["still here", "joined"]


def test_a_task_that_kills_itself_and_ends_disturbs_nobody(clock: Clock) -> None:
    seen: list[str] = []
    tasks: list[object] = []

    def body() -> None:
        tasks.append(clock.spawn(lambda: tasks[0].kill()))  # type: ignore[attr-defined]  # a Task
        clock.sleep_until(clock.now() + SOON)
        seen.append("undisturbed")

    inside(clock, body)

    assert seen == ["undisturbed"]


def test_joining_ends_at_its_deadline(clock: Clock) -> None:
    seen: list[bool] = []

    def body() -> None:
        task = clock.spawn(clock.sleep_until, clock.now() + FAR)
        seen.append(task.join(until=clock.now() + SOON))
        task.kill()
        seen.append(task.join(until=clock.now() + SOON))

    inside(clock, body)

    assert seen == [False, True]


def test_what_a_task_raises_is_logged_and_disturbs_nobody(clock: Clock, logged: list[str]) -> None:
    seen: list[str] = []

    def wrong() -> None:
        raise ValueError("a bug")

    def body() -> None:
        assert clock.spawn(wrong).join()
        seen.append("on")

    inside(clock, body)

    assert seen == ["on"]
    assert [line for line in logged if "a task raised" in line and "wrong" in line]


def test_a_worker_returns_and_raises_what_the_call_does(
    clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    worker = clock.worker()
    seen: list[object] = []

    def wrong(key: str) -> None:
        raise KeyError(key)

    def body() -> None:
        seen.append(worker.run(divmod, 7, 2))
        try:
            worker.run(wrong, key="lost")
        except KeyError as error:
            seen.append(error.args)
        worker.close()

    inside(clock, body)

    assert seen == [(3, 1), ("lost",)]
    assert "Traceback" not in capfd.readouterr().err


def test_a_worker_does_one_call_at_a_time_in_order(clock: Clock) -> None:
    worker = clock.worker()
    seen: list[int] = []

    def body() -> None:
        tasks = [clock.spawn(worker.run, seen.append, number) for number in range(20)]
        for task in tasks:
            task.join()
        worker.close()

    inside(clock, body)

    assert seen == list(range(20))
