"""Streams of the configuration, live: of a reload a subscriber sees nothing but its sense."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from reactivex import operators as ops

from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event, VmKnown, event
from vurti.model import Miss, Missed, Question
from vurti.operators import Entry, Flow, Operator, StepSettings, register
from vurti.streams.bulkhead import LiveStream, PollStream
from vurti.streams.chain import read
from vurti.streams.definition import Definition
from vurti.streams.named import Difference, NamedStreams
from vurti.streams.own import forget
from vurti.testing import vds, vm


def made(before: Any, after: Any) -> Event:
    one = event(before, after)
    assert one is not None
    return one


def moves(name: str = "vm1") -> tuple[Event, Event]:
    up, down = vm(name, "Up"), vm(name, "Down")
    return made(up, down), made(down, up)


D, U = moves()
HOST = made(vds("alpha", "Up"), vds("alpha", "Down"))


def stream(*sources: str, chain: Any = ()) -> Definition:
    steps, flaws = read(list(chain))
    assert flaws == ()
    return Definition(sources, steps)


SETTLE = {"op": "settle", "secs": 10}
QUIET = stream("vms", chain=[SETTLE])


class Bed:
    """Named streams over roots that a test feeds by hand."""

    def __init__(self, **definitions: Definition) -> None:
        self.clock = VirtualClock()
        self.known: list[Event] = []
        self.vms = LiveStream(self.clock, lambda: tuple(self.known), name="vms")
        self.hosts = LiveStream(self.clock, name="hosts")
        self.polls = PollStream(self.clock, name="polls")
        roots = {"vms": self.vms, "hosts": self.hosts, "polls": self.polls}
        self.streams = NamedStreams(self.clock, roots, definitions)

    def hear(self, name: str) -> list[Any]:
        """What the stream says from now on; its end is "|"."""
        heard: list[Any] = []
        self.streams[name].subscribe(heard.append, on_completed=lambda: heard.append("|"))
        return heard

    def hear_and_leave(self, name: str) -> Any:
        """The line of a subscriber that leaves at once."""
        before = set(self.streams.lines)
        subscription = self.streams[name].subscribe(lambda _: None)
        (line,) = set(self.streams.lines) - before
        subscription.dispose()
        return line

    def wait(self, secs: float = 0.0) -> None:
        self.clock.run(until=self.clock.now() + secs)

    def say(self, *events: Event) -> None:
        for one in events:
            self.vms.emit(one)
        self.wait()


def test_a_stream_begins_with_what_is_known_and_follows_through_its_chain() -> None:
    bed = Bed(quiet=QUIET, down=stream("quiet", chain=[{"op": "only", "statuses": ["Down"]}]))
    bed.known = [VmKnown(after=vm("vm1", "Down"))]
    heard = bed.hear("down")
    bed.say(D)
    bed.wait(20)
    assert heard == [*bed.known, D]


def test_an_untouched_stream_keeps_what_it_holds_and_its_subscribers_over_a_reload() -> None:
    bed = Bed(quiet=QUIET, other=stream("vms"))
    observable, heard, others = bed.streams["quiet"], bed.hear("quiet"), bed.hear("other")
    bed.say(D)
    bed.wait(4)
    told = bed.streams.reload({"quiet": stream("vms", chain=[SETTLE]), "new": stream("hosts")})
    assert told == Difference(added=("new",), removed=("other",), kept=("quiet",))
    assert bed.streams["quiet"] is observable
    bed.wait(5.9)
    assert heard == []
    bed.wait(0.2)
    assert heard == [D]
    assert others == [D, "|"]


def test_a_changed_stream_says_what_it_holds_and_goes_on_by_its_new_chain() -> None:
    bed = Bed(quiet=QUIET)
    heard = bed.hear("quiet")
    bed.say(D)
    told = bed.streams.reload({"quiet": stream("vms", chain=[{"op": "settle", "secs": 1}])})
    assert told == Difference(changed=("quiet",))
    bed.wait()
    assert heard == [D]
    bed.say(U)
    bed.wait(1.1)
    assert heard == [D, U]


def test_a_removed_stream_says_what_it_holds_and_completes_for_good() -> None:
    bed = Bed(quiet=QUIET)
    observable, heard = bed.streams["quiet"], bed.hear("quiet")
    bed.say(D)
    bed.streams.reload({})
    bed.wait()
    assert heard == [D, "|"]
    late: list[str] = []
    observable.subscribe(on_completed=lambda: late.append("|"))
    assert late == ["|"]
    with pytest.raises(KeyError):
        bed.streams["never"]


def test_one_that_comes_again_is_the_same_observable() -> None:
    bed = Bed(quiet=QUIET)
    observable = bed.streams["quiet"]
    bed.streams.reload({})
    bed.streams.reload({"quiet": QUIET})
    assert bed.streams["quiet"] is observable
    heard = bed.hear("quiet")
    bed.say(D)
    bed.wait(11)
    assert heard == [D]


def test_what_stands_behind_a_changed_stream_keeps_its_own_state() -> None:
    bed = Bed(
        first=stream("vms", chain=[{"op": "settle", "secs": 5}]),
        second=stream("first", chain=[SETTLE]),
    )
    heard = bed.hear("second")
    bed.say(D)
    bed.wait(6)  # now the second holds it
    told = bed.streams.reload({"first": stream("vms"), "second": stream("first", chain=[SETTLE])})
    assert told == Difference(changed=("first",), kept=("second",))
    bed.wait(8.9)
    assert heard == []
    bed.wait(0.2)
    assert heard == [D]


def test_another_source_loses_nothing_of_the_old_one_and_begins_with_what_is_known() -> None:
    bed = Bed(news=QUIET)
    bed.known = [VmKnown(after=vm("vm1", "Up"))]
    heard = bed.hear("news")
    bed.vms.emit(D)  # it waits in the bulkhead of vms: nobody has had his turn
    bed.streams.reload({"news": stream("hosts")})
    bed.hosts.emit(HOST)
    bed.say(U)
    assert heard == [*bed.known, D, HOST]
    assert bed.vms.subscribers == 0


def test_a_source_that_is_added_leaves_the_others_as_they_are() -> None:
    bed = Bed(news=stream("vms"))
    bed.known = [VmKnown(after=vm("vm1", "Up"))]
    heard = bed.hear("news")
    bed.say(D)
    bed.streams.reload({"news": stream("vms", "hosts")})
    bed.hosts.emit(HOST)
    bed.wait()
    bed.say(U)
    assert heard == [*bed.known, D, HOST, U]
    assert bed.vms.subscribers == 1


SPLIT = {"op": "split", "into": {"down": "status == 'Down'"}}


def test_a_split_gives_streams_of_their_own_and_a_part_that_goes_completes() -> None:
    bed = Bed(all=stream("vms", chain=[SPLIT]), down=stream("all.down"))
    parts = {name: bed.hear(name) for name in ("all", "all.down", "all.rest", "down")}
    bed.say(D, U)
    assert parts == {"all": [D, U], "all.down": [D], "all.rest": [U], "down": [D]}
    up = {"op": "split", "into": {"up": "status == 'Up'"}}
    bed.streams.reload({"all": stream("vms", chain=[up]), "down": stream("all.rest")})
    bed.say(D)
    assert parts == {
        "all": [D, U, D], "all.down": [D, "|"], "all.rest": [U, D], "down": [D, D],
    }  # fmt: skip


def test_streams_of_polls_are_the_polls_under_another_name() -> None:
    bed = Bed(mine=stream("polls"))
    heard = bed.hear("mine")
    missed = Missed("alpha", Question.VMS, Miss.TIMEOUT)
    bed.polls.emit(missed)
    bed.wait()
    assert heard == [missed]


def test_a_stalling_subscriber_of_a_timed_stream_delays_no_other() -> None:
    bed = Bed(quiet=QUIET)
    heard: list[float] = []
    bed.streams["quiet"].subscribe(lambda _: bed.clock.sleep_until(bed.clock.now() + 1000))
    bed.streams["quiet"].subscribe(lambda _: heard.append(bed.clock.now()))
    bed.say(D)
    bed.wait(11)
    assert heard == [10.0]


def test_the_end_of_the_sources_is_the_end_of_the_stream() -> None:
    bed = Bed(quiet=stream("vms", "hosts", chain=[SETTLE]))
    heard = bed.hear("quiet")
    bed.say(D)
    bed.vms.complete()
    bed.wait()
    assert heard == []
    bed.hosts.complete()
    bed.wait()
    assert heard == [D, "|"]
    assert bed.streams.subscribers == 0


class FragileSettings(StepSettings):
    """Raise at events of vm13."""

    op: str = "fragile"


def fragile() -> Operator:
    """Raise at events of vm13."""

    def look(one: Event) -> None:
        if one.thing == "vm13":
            raise RuntimeError("unlucky")

    return ops.do_action(look)


@pytest.fixture
def own() -> Iterator[None]:
    register(Entry("fragile", fragile, FragileSettings, gives=Flow.BROKEN))
    yield
    forget("fragile")


@pytest.mark.usefixtures("own")
def test_an_operator_that_raises_begins_anew_and_ends_its_stream_only_after_ten_times() -> None:
    bed = Bed(mine=stream("vms", chain=[{"op": "fragile"}]), other=stream("vms"))
    heard, others = bed.hear("mine"), bed.hear("other")
    bad = moves("vm13")[0]
    bed.say(D, bad, U, *[bad] * 9, D)
    assert heard == [D, U, D]
    bed.say(*[bad] * 10, U)
    assert heard == [D, U, D, "|"]
    assert others[-1] is U
    assert bed.vms.subscribers == 1


class MoodySettings(StepSettings):
    """Refuse to be made more than twice."""

    op: str = "moody"


MADE: list[int] = []


def moody() -> Operator:
    """Refuse to be made more than twice."""
    MADE.append(1)
    if len(MADE) > 2:
        raise RuntimeError("not now")
    return ops.do_action(lambda _: None)


def test_an_operator_that_cannot_be_made_at_a_reload_ends_its_stream_and_no_other() -> None:
    MADE.clear()
    register(Entry("moody", moody, MoodySettings))
    try:
        bed = Bed(mine=stream("vms", chain=[{"op": "moody"}]), other=stream("vms"))
        heard, others = bed.hear("mine"), bed.hear("other")
        bed.say(D)
        changed = Definition(("vms", "hosts"), bed.streams.definitions["mine"].steps)
        told = bed.streams.reload({"mine": changed, "other": stream("vms")})
        assert told == Difference(changed=("mine",), kept=("other",))
        bed.say(U)
    finally:
        forget("moody")
    assert heard == [D, "|"]
    assert others == [D, U]


def test_reload_under_load_loses_no_event_and_repeats_none() -> None:
    """Two definitions in turn, with every event told by one chain or the other."""
    one = {"all": stream("vms"), "mine": stream("all", chain=[SETTLE])}
    two = {
        "all": stream("vms", chain=[{"op": "only", "kinds": ["VmStateChanged"]}]),
        "mine": stream("all", "hosts"),
    }
    bed = Bed(**one, still=stream("vms"))
    heard, still = bed.hear("mine"), bed.hear("still")
    said = [made(vm(f"vm{n}", "Up"), vm(f"vm{n}", "Down")) for n in range(500)]
    for number, event_ in enumerate(said):
        bed.vms.emit(event_)
        if number % 7 == 0:
            bed.wait(0.01)
        if number % 5 == 0:
            bed.streams.reload({**((two, one)[number // 5 % 2]), "still": stream("vms")})
    bed.wait(30)
    assert sorted(one.thing for one in heard) == sorted(one.thing for one in said)
    assert still == said


def test_two_hundred_reloads_leave_nothing_behind() -> None:
    one = {"a": stream("vms", chain=[SETTLE]), "b": stream("a", "hosts"), "x": stream("vms")}
    two = {"a": stream("hosts", "vms"), "b": stream("a", chain=[SETTLE])}
    bed = Bed(**one)
    heard = [bed.hear("a"), bed.hear("b")]
    left: list[weakref.ref[Any]] = []
    counted: list[int] = []
    for number in range(200):
        line = bed.hear_and_leave("x") if number % 2 == 0 else None
        left += [weakref.ref(line)] if line is not None else []
        del line
        bed.say(D, U)
        bed.streams.reload((two, one)[number % 2])
        bed.wait()
        if number in (99, 199):
            gc.collect()
            counted.append(len(gc.get_objects()))
    for list_ in heard:
        list_.clear()
    assert counted[1] - counted[0] < 100
    assert bed.vms.subscribers == 2
    assert [ref for ref in left if ref() is not None] == []


def test_who_leaves_takes_his_chain_with_him() -> None:
    bed = Bed(quiet=QUIET)
    subscription = bed.streams["quiet"].subscribe(lambda _: None)
    bed.say(D)
    subscription.dispose()
    bed.wait()
    assert bed.streams.subscribers == bed.vms.subscribers == 0
    assert bed.clock.stray() == []
