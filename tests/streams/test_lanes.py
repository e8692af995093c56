"""A subscriber harms nobody but itself, whatever it does, and is named: contract 12."""

import time
from collections.abc import Callable, Iterator

import pytest
from greenlet import GreenletExit
from loguru import logger
from reactivex import Observable, abc, merge
from reactivex import operators as ops

from vurti.clock.gevent_clock import GeventClock
from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event, VmKnown, event
from vurti.streams.bulkhead import LiveStream
from vurti.streams.lane import Lane
from vurti.streams.limits import Limits, SubscriberSettings
from vurti.streams.naming import named
from vurti.streams.operator import Operator
from vurti.streams.operators import settle, window
from vurti.streams.scheduler import Time
from vurti.testing import vm


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{level} {message}")
    logger.enable("vurti")
    yield lines
    logger.remove(sink)


class Fleet:
    """VMs that come, and a stream of them."""

    def __init__(self, **limits: float) -> None:
        self.clock = VirtualClock()
        self.vms = dict[str, str]()
        self.live = LiveStream(self.clock, self.known, name="vms", **limits)
        self.observable = self.live.observable

    def known(self) -> list[Event]:
        return [VmKnown(after=vm(name, status)) for name, status in self.vms.items()]

    def set(self, name: str, status: str = "Up") -> None:
        before = vm(name, self.vms[name]) if name in self.vms else None
        self.vms[name] = status
        if (change := event(before, vm(name, status))) is not None:
            self.live.emit(change)

    def run(self, secs: float = 100.0) -> None:
        self.clock.run(until=self.clock.now() + secs)


def raising(error: BaseException) -> Callable[[Event], None]:
    def raises(_: Event) -> None:
        raise error

    return raises


def test_contract_12_one_that_stalls_behind_an_operator_holds_up_no_other_behind_the_same() -> None:
    fleet, heard = Fleet(), list[tuple[float, str]]()
    never = fleet.clock.signal()
    fleet.observable.pipe(settle(3)).subscribe(lambda _: never.wait())
    fleet.observable.pipe(settle(3)).subscribe(lambda e: heard.append((fleet.clock.now(), e.thing)))
    fleet.set("vm1")
    fleet.run(10.0)
    fleet.set("vm2")
    fleet.run(10.0)
    assert heard == [(3.0, "vm1"), (13.0, "vm2")]
    never.set()
    fleet.run()
    assert fleet.clock.stray() == []


def test_contract_12_one_that_waits_within_an_item_is_told_nothing_meanwhile() -> None:
    fleet, inside, most = Fleet(), list[str](), list[int]()

    def slow(change: Event) -> None:
        inside.append(change.thing)
        most.append(len(inside))
        fleet.clock.sleep_until(fleet.clock.now() + 2.5)
        inside.remove(change.thing)

    fleet.observable.pipe(window(1)).subscribe(slow)
    for number in range(10):
        fleet.set(f"vm{number}")
        fleet.run(0.7)
    fleet.run()
    assert most == [1] * 10


def test_contract_12_what_is_raised_in_an_alarm_is_counted_and_cut_off_as_any_other() -> None:
    fleet, wrong = Fleet(errors_max=3), list[str]()

    def raises(change: Event) -> None:
        wrong.append(change.thing)
        raise ValueError("mine")

    fleet.observable.pipe(settle(3)).subscribe(raises)
    for number in range(10):
        fleet.set(f"vm{number}")
        fleet.run(10.0)
    assert wrong == ["vm0", "vm1", "vm2"]
    limits = fleet.live.limits
    assert (limits.errors, limits.cut_off, fleet.live.subscribers) == (3, 1, 0)
    assert (fleet.clock.errors, fleet.clock.stray()) == ([], [])


@pytest.mark.parametrize(
    "before", [ops.filter(lambda event: event.thing == "vm1"), settle(1), ops.map(lambda one: one)]
)
def test_contract_12_what_an_operator_keeps_from_one_that_raises_ends_no_row_of_its_errors(
    before: Operator,
) -> None:
    fleet = Fleet(errors_max=3)
    fleet.observable.pipe(before).subscribe(raising(ValueError("mine")))
    for number in range(10):
        fleet.set("vm1", ("Up", "Down")[number % 2])
        fleet.run(0.5)
        for other in range(5):
            fleet.set(f"other{other}", ("Up", "Down")[number % 2])
        fleet.run(2.0)
    limits = fleet.live.limits
    assert (limits.errors, limits.cut_off, fleet.live.subscribers) == (3, 1, 0)


def test_contract_12_one_that_hears_something_well_in_between_begins_a_new_row() -> None:
    fleet, heard = Fleet(errors_max=3), list[str]()

    def moody(change: Event) -> None:
        heard.append(change.thing)
        if len(heard) % 3:
            raise ValueError("mine")

    fleet.observable.pipe(settle(1)).subscribe(moody)
    for number in range(12):
        fleet.set(f"vm{number}")
        fleet.run(5.0)
    assert (len(heard), fleet.live.limits.errors, fleet.live.subscribers) == (12, 8, 1)


def test_contract_12_one_that_is_cut_off_leaves_no_alarm_of_its_operators() -> None:
    fleet = Fleet(errors_max=1)
    held = fleet.observable.pipe(settle(3600))
    fleet.observable.pipe(ops.merge(held)).subscribe(raising(ValueError("mine")))
    fleet.run(0.0)  # reactivex subscribes to what it merges by the scheduler
    fleet.set("vm1")
    fleet.run(0.0)
    limits = fleet.live.limits
    assert (limits.errors, limits.cut_off, fleet.live.subscribers) == (1, 1, 0)
    assert (fleet.clock.errors, fleet.clock.stray()) == ([], [])


def test_contract_12_one_that_leaves_leaves_no_alarm_of_a_careless_operator() -> None:
    fleet = Fleet()

    def careless(source: Observable[Event]) -> Observable[Event]:
        """It sets an alarm and never takes it back."""

        def subscribe(
            observer: abc.ObserverBase[Event], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            Time(scheduler, "careless").at(3600.0, observer.on_completed)
            return source.subscribe(observer, scheduler=scheduler)

        return Observable(subscribe)

    leaving = fleet.observable.pipe(careless).subscribe()
    fleet.run(0.0)
    assert fleet.clock.stray() != []
    leaving.dispose()
    fleet.run(0.0)
    assert fleet.clock.stray() == []


def test_contract_12_an_operator_that_fails_ends_its_subscription_and_no_other() -> None:
    fleet, heard, failed = Fleet(), list[str](), list[Exception]()
    wrong = ValueError("of the operator")
    fleet.observable.pipe(ops.map(raising(wrong))).subscribe(on_error=failed.append)
    fleet.observable.subscribe(lambda change: heard.append(change.thing))
    for name in ("vm1", "vm2"):
        fleet.set(name)
        fleet.run()
    assert (failed, heard, fleet.live.subscribers) == ([wrong], ["vm1", "vm2"], 1)


def test_contract_12_one_that_raises_at_the_end_is_logged_as_any_other(log: list[str]) -> None:
    fleet = Fleet()

    def ends() -> None:
        raise ValueError("mine")

    fleet.observable.subscribe(on_completed=ends)
    fleet.live.complete()
    fleet.run()
    assert (fleet.live.limits.errors, fleet.clock.errors) == (1, [])
    assert "ERROR subscriber" in log[0]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GreenletExit()])
def test_contract_12_what_is_no_exception_ends_the_subscription_and_goes_on(
    error: BaseException,
) -> None:
    """A Ctrl-C may hit any code, and must not be swallowed by it."""
    fleet, heard = Fleet(), list[str]()
    fleet.observable.subscribe(raising(error))
    fleet.observable.subscribe(lambda change: heard.append(change.thing))
    fleet.set("vm1")
    if isinstance(error, GreenletExit):  # the end of that greenlet, and of nothing else
        fleet.run()
    else:
        with pytest.raises(type(error)):
            fleet.run()
    fleet.set("vm2")
    fleet.run()
    assert heard == ["vm1", "vm2"]
    assert (fleet.live.limits.cut_off, fleet.live.subscribers) == (1, 1)


def test_contract_12_one_may_subscribe_within_an_item_and_first_hears_how_things_stand() -> None:
    fleet, heard = Fleet(), list[str]()

    def first(change: Event) -> None:
        if change.thing == "vm1":
            fleet.observable.subscribe(lambda e: heard.append(f"{e.kind} {e.thing}"))

    fleet.observable.subscribe(first)
    fleet.set("vm1")
    fleet.run()
    fleet.set("vm2")
    fleet.run()
    assert heard == ["VmKnown vm1", "VmAdded vm2"]


def test_contract_12_one_may_leave_within_an_item_and_another_of_its_own_stays() -> None:
    fleet, heard = Fleet(), list[str]()

    def once(change: Event) -> None:
        heard.append(f"once {change.thing}")
        leaving.dispose()

    leaving = fleet.observable.pipe(settle(1)).subscribe(once)
    fleet.observable.subscribe(lambda change: heard.append(change.thing))
    for name in ("vm1", "vm2", "vm3"):
        fleet.set(name)
    fleet.run()
    assert heard == ["vm1", "vm2", "vm3", "once vm1"]
    assert (fleet.live.subscribers, fleet.clock.stray()) == (1, [])


def test_contract_11_and_12_one_that_is_behind_by_more_things_than_there_may_be_is_cut_off(
    log: list[str],
) -> None:
    fleet, other = Fleet(queue_max=2, things_max=5), list[str]()
    never = fleet.clock.signal()
    fleet.observable.pipe(named("billing")).subscribe(lambda _: never.wait())
    fleet.observable.subscribe(lambda change: other.append(change.thing))
    fleet.set("vm0")
    fleet.run()
    for number in range(1, 6):
        fleet.set(f"vm{number}")
        fleet.run()
    assert (fleet.live.waiting, fleet.live.limits.over, fleet.live.limits.cut_off) == (5, 3, 0)
    fleet.set("vm6")
    fleet.run()
    assert (fleet.live.limits.cut_off, fleet.live.subscribers, fleet.live.limits.peak) == (1, 1, 6)
    assert fleet.live.limits.dropped == 6
    assert other == [f"vm{number}" for number in range(7)]
    assert log == [
        "ERROR subscriber billing is cut off: 6 items wait for it, each of another thing;"
        " 6 items that waited for it are dropped\n"
    ]
    never.set()
    fleet.run()
    assert fleet.clock.stray() == []


def test_what_is_known_at_first_counts_as_beyond_no_bound() -> None:
    fleet = Fleet(queue_max=2)
    for number in range(10):
        fleet.set(f"vm{number}")
    fleet.observable.subscribe(lambda _: None)
    assert (fleet.live.waiting, fleet.live.limits.over) == (10, 0)


def burning(fleet: Fleet, secs: float) -> Callable[[Event], None]:
    """Computes for so long in one go."""
    return lambda _: fleet.clock.stall(secs)


def test_contract_12_one_that_burns_the_cpu_is_named_now_and_then(log: list[str]) -> None:
    fleet = Fleet(busy_secs=0.1)
    fleet.observable.pipe(named("reports")).subscribe(burning(fleet, 0.5))
    for number in range(6):
        fleet.set(f"vm{number}")
        fleet.run(9.5)
    assert fleet.live.limits.busy == 6
    assert log == [
        "WARNING subscriber reports kept everything else from running for 0.5 s\n",
        "WARNING subscriber reports kept everything else from running for 0.5 s"
        " (and 3 times more since this was last said)\n",
    ]


def test_contract_12_one_that_waits_is_not_taken_for_one_that_burns_the_cpu() -> None:
    fleet = Fleet(busy_secs=0.1, slow_secs=1.0)
    fleet.observable.subscribe(lambda _: fleet.clock.sleep_until(fleet.clock.now() + 5.0))
    fleet.set("vm1")
    fleet.run()
    assert (fleet.live.limits.busy, fleet.live.limits.slow) == (0, 1)


@pytest.mark.parametrize(
    ("busy_max", "every_secs", "cut_off"), [(3, 10.0, 1), (3, 30.0, 0), (0, 1.0, 0)]
)
def test_contract_12_one_that_burns_the_cpu_too_often_in_a_minute_is_cut_off(
    busy_max: int, every_secs: float, cut_off: int
) -> None:
    fleet = Fleet(busy_secs=0.1, busy_max=busy_max)
    fleet.observable.subscribe(burning(fleet, 0.2))
    for number in range(10):
        fleet.set(f"vm{number}")
        fleet.run(every_secs)
    assert fleet.live.limits.cut_off == cut_off
    assert fleet.live.limits.busy == (4 if cut_off else 10)


def test_contract_12_in_real_time_one_that_computes_is_told_from_one_that_waits() -> None:
    clock = GeventClock()
    live, done = LiveStream(clock, busy_secs=0.02, slow_secs=0.02), clock.signal()

    def computes(change: Event) -> None:
        if change.thing == "vm1":
            until = time.monotonic() + 0.05
            while time.monotonic() < until:
                pass
        elif change.thing == "vm2":
            clock.sleep_until(clock.now() + 0.05)
        else:
            done.set()

    live.observable.subscribe(computes)
    for name in ("vm1", "vm2", "vm3"):
        change = event(None, vm(name))
        assert change is not None
        live.emit(change)
    assert done.wait(until=clock.now() + 30)
    assert live.limits.busy >= 1  # vm2 as well, where the machine is that busy
    assert live.limits.slow <= 1


def test_a_subscriber_is_named_by_its_function_and_by_the_line_that_subscribed_it() -> None:
    fleet = Fleet()

    class Billing:
        def charge(self, change: Event) -> None: ...

    fleet.observable.subscribe(Billing().charge)
    fleet.observable.pipe(settle(3)).pipe(ops.filter(lambda _: True)).subscribe(print)
    first, second = (one.lane.name for one in fleet.live.bulkheads)
    assert first.startswith("Billing.charge at ") or ".Billing.charge at " in first
    assert __file__ in first
    assert first.endswith(" (1 of vms)")
    assert second.startswith(f"print at {__file__}:")


def test_two_streams_that_are_merged_are_heard_in_one_place() -> None:
    """Each of them waits while something of the other is being heard."""
    fleet, other, most, inside = Fleet(), Fleet(), list[int](), list[str]()
    other.live = LiveStream(fleet.clock, name="others")

    def slow(change: Event) -> None:
        inside.append(change.thing)
        most.append(len(inside))
        fleet.clock.sleep_until(fleet.clock.now() + 1.0)
        inside.pop()

    both = fleet.observable.pipe(ops.merge(other.live.observable))
    both.subscribe(slow)
    fleet.run(0.0)  # reactivex subscribes to what it merges by the scheduler
    for number in range(5):
        fleet.set(f"a{number}")
        other.set(f"b{number}")
    fleet.run()
    assert most == [1] * 10
    assert len({id(one.lane) for live in (fleet.live, other.live) for one in live.bulkheads}) == 1


def test_alarms_and_items_are_served_in_the_order_in_which_they_became_due() -> None:
    clock, told = VirtualClock(), list[str]()

    class Waiting:
        def __init__(self, *times: float) -> None:
            self.times = list(times)

        @property
        def front_at(self) -> float | None:
            return self.times[0] if self.times else None

        def serve(self) -> None:
            told.append(f"item {self.times.pop(0):g}")

        @property
        def waiting(self) -> int:
            return len(self.times)

        def dispose(self) -> None:
            self.times.clear()

    lane = Lane(clock, Limits(SubscriberSettings()), "one")
    lane.attach(Waiting(1.0, 4.0, 5.0))
    lane.attach(Waiting(2.0, 4.5))
    for due in (3.0, 4.0, 6.0):
        lane.ring(due, lambda due=due: told.append(f"alarm {due:g}"))
    clock.run()
    assert told == [
        "item 1", "item 2", "alarm 3", "alarm 4", "item 4", "item 4.5", "item 5", "alarm 6",
    ]  # fmt: skip


def test_merge_of_a_stream_with_itself_is_one_lane() -> None:
    fleet, heard = Fleet(), list[str]()
    merge(fleet.observable, fleet.observable).subscribe(lambda change: heard.append(change.thing))
    fleet.set("vm1")
    fleet.run()
    assert heard == ["vm1", "vm1"]
