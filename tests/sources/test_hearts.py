"""Hearts are looked at when they are due, by one task, in virtual time."""

from dataclasses import dataclass, field
from weakref import ref

import gevent
import pytest
from gevent import socket
from loguru import logger

from vurti.clock.gevent_clock import GeventClock
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Miss
from vurti.sources.dial import Trouble
from vurti.sources.hearts import LOOK_SECS, Hearts
from vurti.sources.vdsm.stream import Stream
from vurti.sources.vdsm.traffic import Traffic


@dataclass(eq=False)
class Beating:
    """Due so long after it was last looked at, or spoke."""

    clock: VirtualClock
    secs: float | None
    spoke_at: float = 0.0
    looked_at: list[float] = field(default_factory=list)
    raises: bool = False

    @property
    def due(self) -> float | None:
        return None if self.secs is None else self.spoke_at + self.secs

    def look(self) -> None:
        self.looked_at.append(self.clock.now())
        self.spoke_at = self.clock.now()
        if self.raises:
            raise ValueError("a broken heart")


def test_each_is_looked_at_when_it_is_due_and_little_later() -> None:
    clock = VirtualClock()
    hearts, beating = Hearts(clock), [Beating(clock, secs) for secs in (0.5, 1.0, 2.5, None)]
    for one in beating:
        hearts.add(one)
    clock.run(until=10.0)
    assert beating[-1].looked_at == []
    for one in beating[:-1]:
        assert one.looked_at[-1] > 7
        for before, at in zip([0.0, *one.looked_at], one.looked_at, strict=False):
            assert at - before <= (one.secs or 0.0) + LOOK_SECS + 1e-9


def test_who_has_spoken_meanwhile_is_not_looked_at() -> None:
    clock = VirtualClock()
    one = Beating(clock, 2.5)
    Hearts(clock).add(one)
    for _ in range(20):
        clock.run(until=clock.now() + 2.0)
        one.spoke_at = clock.now()
    assert one.looked_at == []


def test_one_that_raises_harms_no_other_and_is_looked_at_again() -> None:
    clock = VirtualClock()
    broken, well = Beating(clock, 1.0, raises=True), Beating(clock, 1.0)
    hearts = Hearts(clock)
    for one in (broken, well):
        hearts.add(one)
    logged: list[str] = []
    logger.enable("vurti")
    sink = logger.add(logged.append, format="{message}")
    clock.run(until=5.0)
    logger.remove(sink)
    assert len(broken.looked_at) == len(well.looked_at) == 4
    assert ["a broken heart" in line for line in logged] == [True] * 4


class Stubborn(Beating):
    """It stays due, whoever looks; not for ever, or a look at once would take for ever."""

    def look(self) -> None:
        self.looked_at.append(self.clock.now())
        if len(self.looked_at) == 100:
            self.secs = 1000.0


def test_one_that_stays_due_is_looked_at_again_a_little_later() -> None:
    clock = VirtualClock()
    one = Stubborn(clock, 1.0)
    Hearts(clock).add(one)
    clock.run(until=2.0)
    assert 4 <= len(one.looked_at) <= 6
    assert len(set(one.looked_at)) == len(one.looked_at)


def test_the_last_that_is_removed_is_let_go_of() -> None:
    clock = VirtualClock()
    hearts, one = Hearts(clock), Beating(clock, 100.0)
    hearts.add(one)
    clock.run(until=1.0)
    hearts.remove(one)
    clock.run(until=2.0)
    gone = ref(one)
    del one
    assert gone() is None


def test_one_that_is_removed_is_not_looked_at() -> None:
    clock = VirtualClock()
    hearts, gone, other = Hearts(clock), Beating(clock, 1.0), Beating(clock, 1.0)
    for one in (gone, other):
        hearts.add(one)
    clock.run(until=1.5)
    hearts.remove(gone)
    clock.run(until=5.0)
    assert (len(gone.looked_at), len(other.looked_at)) == (1, 4)


def test_after_the_last_is_gone_the_next_is_looked_at_again() -> None:
    clock = VirtualClock()
    hearts, one = Hearts(clock), Beating(clock, 1.0)
    for number in range(1, 4):
        hearts.add(one)
        clock.run(until=clock.now() + 1.5)
        assert len(one.looked_at) == number
        hearts.remove(one)
        clock.run(until=clock.now() + 5.0)
        assert len(one.looked_at) == number
        one.spoke_at = clock.now()


def test_a_host_whose_beat_is_here_but_not_read_yet_is_not_silent() -> None:
    clock, ends = VirtualClock(), list[Trouble]()
    ours, host = socket.socketpair()
    stream = Stream(ours, clock, 4096, Traffic(), lambda frame: None, ends.append)
    stream.beat(0.0, 1.0)
    stream.start()
    host.sendall(b"\n")
    clock.run(until=3.0)
    stream.look()
    assert ends == []
    clock.run(until=5.0)
    stream.look()
    assert ends == []
    clock.run(until=5.1)
    stream.look()
    assert [one.kind for one in ends] == [Miss.TIMEOUT]
    stream.close()
    host.close()


def test_a_beat_leaves_before_the_promised_time_is_over_and_not_much_sooner() -> None:
    clock = VirtualClock()
    hearts = Hearts(clock)
    ours, host = socket.socketpair()
    host.settimeout(0.0)
    stream = Stream(ours, clock, 4096, Traffic(), lambda frame: None, lambda end: None)
    stream.beat(5.0, 0.0)
    hearts.add(stream)
    clock.run(until=3.9)
    with pytest.raises(BlockingIOError):
        host.recv(10)
    clock.run(until=5.0 - LOOK_SECS)
    assert host.recv(10) == b"\n"
    hearts.remove(stream)
    stream.close()
    host.close()


def test_whatever_is_sent_stands_for_a_beat() -> None:
    clock, ends = VirtualClock(), list[Trouble]()
    ours, host = socket.socketpair()
    stream = Stream(ours, clock, 4096, Traffic(), lambda frame: None, ends.append)
    stream.beat(2.0, 0.0)
    clock.run(until=0.8)
    stream.post(b"a call")
    clock.run(until=2.3)
    stream.look()
    assert host.recv(100) == b"a call"
    assert stream.due == pytest.approx(0.8 + 1.6)
    clock.run(until=2.5)
    stream.look()
    stream.look()
    assert host.recv(100) == b"\n"
    stream.close()
    host.close()


def test_hearts_that_are_due_together_let_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vurti.sources.hearts.TURN_SECS", 1e-9)
    clock, went = GeventClock(), list[str]()
    hearts, beating = Hearts(clock), [Slow(went) for _ in range(10)]
    for one in beating:
        hearts.add(one)
    while went.count("look") < len(beating):
        gevent.sleep(0)
        went.append("another")
    for one in beating:
        hearts.remove(one)
    last = len(went) - 1 - went[::-1].index("look")
    assert "another" in went[went.index("look") : last]


@dataclass(eq=False)
class Slow:
    """Due from the beginning, once."""

    went: list[str]
    due: float | None = 0.0

    def look(self) -> None:
        self.went.append("look")
        self.due = None
