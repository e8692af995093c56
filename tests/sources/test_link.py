"""A connection that comes back: in virtual time, so that every wait is exact."""

import random
from collections.abc import Callable

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Miss
from vurti.sources.dial import Trouble
from vurti.sources.gate import AT_ONCE, gate_of
from vurti.sources.link import Link


class Pace:
    connect_secs, retry_secs, retry_secs_max = 5.0, 1.0, 8.0


class Highest(random.Random):
    """The longest pause that chance may give."""

    def uniform(self, a: float, b: float) -> float:
        assert (a, b) == (0.5, 1.0)
        return b


class Connection:
    def __init__(self) -> None:
        self.trouble: Trouble | None = None
        self.closed = 0
        self._over: Callable[[], None] | None = None

    def lose(self) -> None:
        """As those of hosts do it: also when they are closed."""
        self.trouble = self.trouble or Trouble(Miss.NETWORK, "cut")
        over, self._over = self._over, None
        if over is not None:
            over()

    def attend(self, over: Callable[[], None]) -> None:
        if self.trouble is not None:
            over()
        else:
            self._over = over

    def close(self) -> None:
        self.closed += 1
        self.lose()


class Bench:
    """A link whose tries are written down."""

    def __init__(
        self, connect: "Callable[[Bench], Connection]", chance: random.Random | None = None
    ) -> None:
        self.clock = VirtualClock()
        self.began = self.clock.now()
        self.tries: list[float] = []
        self.ups = 0
        self._connect = connect
        chance = chance or Highest()
        self.link = Link("host:1", self.clock, Pace(), self._try, self._up, chance)
        self.link.start()

    def _try(self) -> Connection:
        self.tries.append(self.clock.now() - self.began)
        return self._connect(self)

    def _up(self) -> None:
        self.ups += 1

    def until(self, secs: float) -> None:
        self.clock.run(until=self.began + secs)


def refused(bench: Bench) -> Connection:
    raise Trouble(Miss.NETWORK, "connection refused")


def well(bench: Bench) -> Connection:
    return Connection()


def lost_after(secs: float) -> Callable[[Bench], Connection]:
    def connect(bench: Bench) -> Connection:
        connection = Connection()

        def lose() -> None:
            bench.clock.sleep_until(bench.clock.now() + secs)
            connection.lose()

        bench.clock.spawn(lose)
        return connection

    return connect


def hangs(bench: Bench) -> Connection:
    bench.clock.signal().wait()
    raise AssertionError("nobody sets it")


def asked(bench: Bench, secs: float = 0.0) -> Trouble:
    """What comes of asking for the connection now."""
    got: list[Trouble] = []

    def ask() -> None:
        try:
            bench.link.connection(bench.clock.now() + secs)
        except Trouble as trouble:
            got.append(trouble)

    bench.clock.spawn(ask)
    bench.clock.run(until=bench.clock.now() + secs)
    (trouble,) = got
    return trouble


def test_tries_are_ever_further_apart_up_to_the_most() -> None:
    bench = Bench(refused)
    bench.until(40)
    assert bench.tries == [0, 1, 3, 7, 15, 23, 31, 39]


def test_a_connection_that_is_lost_at_once_is_no_recovery() -> None:
    bench = Bench(lost_after(0))
    bench.until(40)
    assert bench.tries == [0, 1, 3, 7, 15, 23, 31, 39]
    assert bench.ups == 8


def test_after_one_that_lasted_the_next_try_is_soon() -> None:
    bench = Bench(lost_after(10))
    bench.until(40)
    assert bench.tries == [0, 11, 22, 33]


@pytest.mark.parametrize("seed", range(5))
def test_chance_spreads_tries_over_half_of_the_pause(seed: int) -> None:
    first, second = (Bench(refused, random.Random(seed + offset)) for offset in (0, 100))
    first.until(100)
    second.until(100)
    assert first.tries[1:] != second.tries[1:]
    gaps = [later - earlier for earlier, later in zip(first.tries, first.tries[1:], strict=False)]
    for gap, most in zip(gaps, [1, 2, 4, 8, 8, 8], strict=False):
        assert most / 2 <= gap <= most


def test_a_try_that_hangs_is_ended_and_told() -> None:
    bench = Bench(hangs)
    bench.until(5.5)
    trouble = asked(bench)
    assert (trouble.kind, trouble.reason) == (Miss.TIMEOUT, "host:1: no connection within 5 s")


def test_who_asks_during_a_try_waits_for_it_as_long_as_it_may() -> None:
    bench = Bench(hangs)
    trouble = asked(bench, 2)
    assert trouble.kind is Miss.TIMEOUT
    assert "connecting to host:1 takes long" in trouble.reason


def test_what_was_wrong_is_told_until_there_is_a_connection() -> None:
    bench = Bench(refused)
    bench.until(0.5)
    assert asked(bench).reason == "connection refused"
    assert bench.link.current is None


def test_a_connection_that_was_lost_says_why_and_is_let_go_of() -> None:
    made: list[Connection] = []

    def connect(bench: Bench) -> Connection:
        made.append(well(bench))
        return made[-1]

    bench = Bench(connect)
    bench.until(1)
    assert bench.link.current is made[0]
    made[0].lose()
    assert bench.link.current is None
    bench.until(1.1)
    assert asked(bench).reason == "cut"
    assert made[0].closed == 1


def test_stopping_closes_and_tells_and_tries_no_more() -> None:
    bench = Bench(well)
    bench.until(1)
    connection = bench.link.current
    assert connection is not None
    bench.clock.spawn(bench.link.stop)
    bench.until(100)
    assert connection.closed == 1
    assert bench.tries == [0]
    assert asked(bench).reason == "the endpoint was closed"


def test_stopping_while_there_is_no_connection_ends_the_tries_too() -> None:
    bench = Bench(refused)
    bench.until(0.5)
    bench.clock.spawn(bench.link.stop)
    bench.until(100)
    assert bench.tries == [0]
    assert bench.clock.stray() == []


def test_who_asks_while_it_comes_back_is_told_why_it_was_lost() -> None:
    bench = Bench(lambda bench: (lost_after(3) if bench.ups == 0 else hangs)(bench))
    bench.until(4.5)
    trouble = asked(bench)
    assert trouble.reason == "connecting to host:1 takes long; before: cut"


def test_contract_13_a_host_that_waits_for_its_turn_is_not_missed_by_its_own_fault() -> None:
    bench = Bench(well)
    for _ in range(AT_ONCE):
        gate_of(bench.clock).enter()  # all places are taken, for a second
    assert asked(bench, 0.5).kind is Miss.BUSY
    assert bench.tries == []
    bench.until(2.0)
    assert bench.ups == 1
