"""Live streams: late subscribers miss nothing, bad ones harm only themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops

from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event, VmAdded, VmKnown, VmRemoved, VmStateChanged, event
from vurti.model import Poll, Vm
from vurti.streams.bulkhead import LiveStream, PollStream
from vurti.streams.operators import settle
from vurti.streams.sums import add_up
from vurti.testing import missed, poll, vm

STATUSES = ("Up", "Down", "Paused", "PoweringUp")


class Fleet:
    """Some VMs, and a live stream of what becomes of them."""

    def __init__(self, clock: Clock, **more: int) -> None:
        self.vms = dict[str, Vm]()
        self.live = LiveStream(clock, self.known, **more)

    def known(self) -> list[Event]:
        return [VmKnown(after=one) for one in self.vms.values()]

    def set(self, name: str, status: str | None) -> None:
        before = self.vms.pop(name, None)
        after = vm(name, status) if status else None
        if after is not None:
            self.vms[name] = after
        if (change := event(before, after)) is not None:
            self.live.emit(change)


class Follower:
    """What one subscriber believes, from its events alone."""

    def __init__(self) -> None:
        self.vms = dict[str, Vm]()
        self.heard = list[Event]()

    def hear(self, change: Event) -> None:
        self.heard.append(change)
        if not isinstance(change, VmKnown):
            assert self.vms.get(change.thing) == change.before, "a gap"
        self.vms.pop(change.thing, None)
        if isinstance(change.after, Vm):
            self.vms[change.thing] = change.after


def test_a_late_subscriber_first_hears_how_things_stand_and_then_what_changes() -> None:
    clock = VirtualClock()
    fleet, follower = Fleet(clock), Follower()
    fleet.set("vm1", "Up")
    fleet.live.observable.subscribe(follower.hear)
    fleet.set("vm1", "Paused")
    fleet.set("vm2", "Up")
    clock.run()

    assert [type(one) for one in follower.heard] == [VmKnown, VmStateChanged, VmAdded]
    assert follower.vms == fleet.vms


def test_emitting_never_waits_for_a_subscriber() -> None:
    clock = VirtualClock()
    fleet, follower = Fleet(clock), Follower()
    fleet.live.observable.subscribe(follower.hear)
    fleet.set("vm1", "Up")
    assert follower.heard == []
    clock.run()
    assert len(follower.heard) == 1


def test_a_subscriber_that_raises_harms_only_itself_and_is_cut_off_after_errors_max() -> None:
    clock = VirtualClock()
    fleet, follower = Fleet(clock, errors_max=3), Follower()
    raised = list[str]()

    def wrong(change: Event) -> None:
        raised.append(change.thing)
        raise ValueError("mine")

    fleet.live.observable.subscribe(wrong)
    fleet.live.observable.pipe(ops.filter(lambda _: True)).subscribe(wrong)
    fleet.live.observable.subscribe(follower.hear)
    for number in range(10):
        fleet.set(f"vm{number}", "Up")
    clock.run()

    assert len(raised) == 6
    assert len(follower.heard) == 10
    limits = fleet.live.limits
    assert (limits.errors, limits.cut_off, fleet.live.subscribers) == (6, 2, 1)
    assert clock.errors == []


def test_errors_count_only_in_a_row() -> None:
    clock = VirtualClock()
    fleet, heard = Fleet(clock, errors_max=2), list[str]()

    def moody(change: Event) -> None:
        heard.append(change.thing)
        if len(heard) % 2:
            raise ValueError("mine")

    fleet.live.observable.subscribe(moody)
    for number in range(10):
        fleet.set(f"vm{number}", "Up")
    clock.run()

    assert len(heard) == 10
    assert fleet.live.subscribers == 1


def test_a_subscriber_that_stalls_finds_each_things_events_added_up() -> None:
    clock = VirtualClock()
    fleet, follower = Fleet(clock, queue_max=4, slow_secs=10), Follower()
    slow = Follower()

    def stall(change: Event) -> None:
        slow.hear(change)
        clock.sleep_until(clock.now() + 100.0)

    fleet.live.observable.subscribe(stall)
    fleet.live.observable.subscribe(follower.hear)

    def live() -> None:
        for number in range(50):
            fleet.set("vm1", STATUSES[number % 4])
            fleet.set("vm2", "Up")
            clock.sleep_until(clock.now() + 1)

    clock.spawn(live)
    clock.run()

    assert len(follower.heard) == 51
    assert len(slow.heard) < 10
    assert slow.vms == follower.vms == fleet.vms
    assert fleet.live.limits.sums > 20
    assert fleet.live.limits.slow == len(slow.heard)


def test_disposing_ends_the_telling_and_leaves_nothing() -> None:
    clock = VirtualClock()
    fleet, follower = Fleet(clock), Follower()
    subscription = fleet.live.observable.subscribe(follower.hear)
    fleet.set("vm1", "Up")
    fleet.set("vm2", "Up")
    subscription.dispose()
    clock.run()

    assert (follower.heard, fleet.live.subscribers, clock.stray()) == ([], 0, [])


def test_a_subscriber_may_dispose_from_within() -> None:
    clock = VirtualClock()
    fleet, heard = Fleet(clock), list[str]()

    def once(change: Event) -> None:
        heard.append(change.thing)
        subscription.dispose()

    subscription = fleet.live.observable.subscribe(once)
    fleet.set("vm1", "Up")
    fleet.set("vm2", "Up")
    clock.run()

    assert (heard, fleet.live.subscribers, clock.stray()) == (["vm1"], 0, [])


def test_completion_comes_behind_all_that_was_said() -> None:
    clock = VirtualClock()
    fleet, told = Fleet(clock), list[str]()
    fleet.set("vm0", "Up")
    fleet.live.observable.subscribe(
        lambda change: told.append(change.thing), on_completed=lambda: told.append("end")
    )
    fleet.set("vm1", "Up")
    fleet.live.complete()
    clock.run()
    assert told == ["vm0", "vm1", "end"]

    late = list[str]()
    fleet.live.observable.subscribe(
        lambda change: late.append(change.thing), on_completed=lambda: late.append("end")
    )
    clock.run()
    assert late == ["vm0", "vm1", "end"]


def test_operators_piped_from_a_live_stream_take_its_clock() -> None:
    clock = VirtualClock()
    fleet, heard = Fleet(clock), list[tuple[float, str]]()
    quiet = fleet.live.observable.pipe(settle(3)).pipe(ops.filter(lambda _: True))
    quiet.subscribe(lambda change: heard.append((clock.now(), change.kind)))
    fleet.set("vm1", "Up")
    clock.run(until=1.0)
    fleet.set("vm1", "Paused")
    clock.run()

    assert heard == [(4.0, "VmAdded")]
    assert fleet.live.observable is fleet.live.observable


def test_a_slow_reader_of_polls_gets_the_latest_of_each_host_and_question() -> None:
    clock = VirtualClock()
    live, heard = PollStream(clock, queue_max=2), list[Poll]()
    live.observable.subscribe(heard.append)
    for number in range(5):
        live.emit(poll(vm("vm1"), host="alpha", started=float(number)))
        live.emit(missed("timeout", host="beta", started=float(number)))
    live.emit(missed("timeout", host="alpha", question="stats", started=9.0))
    clock.run()

    assert [(one.host, one.started) for one in heard] == [
        ("alpha", 4.0),
        ("beta", 4.0),
        ("alpha", 9.0),
    ]


def test_a_gone_thing_that_was_never_told_of_stays_untold() -> None:
    known = VmKnown(after=vm("vm1"))
    gone = event(vm("vm1"), None)
    assert isinstance(gone, VmRemoved)
    assert add_up(known, gone) is None


def test_what_is_known_and_its_change_are_what_is_known_now() -> None:
    change = event(vm("vm1", "Up"), vm("vm1", "Down"), seq=7, rule="7.2")
    assert change is not None
    total = add_up(VmKnown(after=vm("vm1", "Up"), seq=6), change)
    assert total == VmKnown(after=vm("vm1", "Down"), seq=7, seq_first=7, rule="7.2")


@given(
    queue_max=st.integers(1, 6),
    moves=st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["v1", "v2", "v3"]), st.sampled_from([*STATUSES, None])),
            st.just("subscribe"),
            st.just("rest"),
        ),
        max_size=60,
    ),
)
def test_whenever_one_subscribes_and_however_slow_one_ends_with_the_truth(
    queue_max: int, moves: list[object]
) -> None:
    clock = VirtualClock()
    fleet, followers = Fleet(clock, queue_max=queue_max), list[Follower]()
    for move in moves:
        if move == "subscribe":
            followers.append(Follower())
            fleet.live.observable.subscribe(followers[-1].hear)
        elif move == "rest":
            clock.run()
        elif isinstance(move, tuple):
            fleet.set(*move)
    clock.run()

    for follower in followers:
        assert follower.vms == fleet.vms


def test_in_real_time_a_stalled_subscriber_delays_nobody() -> None:
    clock = GeventClock()
    fleet, follower, done = Fleet(clock), Follower(), clock.signal()
    release = clock.signal()

    def count(change: Event) -> None:
        follower.hear(change)
        if len(follower.heard) == 100:
            done.set()

    def stall(_change: Event) -> None:
        release.wait()

    fleet.live.observable.subscribe(stall)
    fleet.live.observable.subscribe(count)
    for number in range(100):
        fleet.set(f"vm{number}", "Up")

    assert done.wait(until=clock.now() + 30)
    release.set()


@pytest.mark.parametrize("count", [1, 250])
def test_a_long_queue_lets_others_run_in_between(count: int) -> None:
    clock = VirtualClock()
    fleet, order = Fleet(clock, queue_max=1000), list[str]()
    fleet.live.observable.subscribe(lambda change: order.append(change.thing))
    for number in range(count):
        fleet.set(f"vm{number}", "Up")
    clock.spawn(order.append, "other")
    clock.run()

    assert order.index("other") == min(count, 100)
