"""One task reads all sockets: which of them, and in which order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import gevent
import pytest
from gevent import socket

from tests.waiting import until
from vurti.sources.sockets import Reading, sockets_of, unread_secs

Followed = tuple[list[Reading], list[socket.socket]]


@contextmanager
def followed(count: int, read: Callable[[int], None]) -> Iterator[Followed]:
    """So many sockets that are read, and their hosts' ends. `read` is told which has something, and
    that is taken from it."""
    pairs = [socket.socketpair() for _ in range(count)]
    sockets = sockets_of(gevent.get_hub())

    def read_one(number: int) -> None:
        pairs[number][0].recv(10)
        read(number)

    readings = [sockets.follow(pairs[n][0], partial(read_one, n)) for n in range(count)]
    gevent.sleep(0)
    try:
        yield readings, [host for _, host in pairs]
    finally:
        for reading, pair in zip(readings, pairs, strict=True):
            reading.close()
            pair[0].close()
            pair[1].close()


def test_contract_11_many_that_speak_at_once_let_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vurti.sources.sockets.TURN_SECS", 0.0)
    went: list[str] = []
    with followed(20, lambda number: went.append("read")) as (_, hosts):
        for host in hosts:
            host.sendall(b"x")
        while went.count("read") < len(hosts):
            gevent.sleep(0)
            went.append("another")
    last = len(went) - 1 - went[::-1].index("read")
    assert "another" in went[went.index("read") : last]


def test_whoever_was_ready_before_a_socket_has_his_turn_before_it_is_read() -> None:
    went: list[str] = []
    with (
        gevent.Timeout(20),
        followed(1, lambda number: went.append("read")) as ((one,), (host,)),
    ):
        host.sendall(b"x")
        gevent.get_hub().loop.run_callback(went.append, "another")
        one._on_readable()  # as the event does
        assert went == []
        until(lambda: "read" in went, "it")
    assert went == ["another", "read"]


def test_one_that_is_closed_while_it_waits_for_its_turn_is_not_read() -> None:
    read: list[int] = []

    def close_the_other(number: int) -> None:
        read.append(number)
        other = readings[1 - number]
        while other.since is None:  # as where it came while somebody else was read
            gevent.sleep(0)
        other.close()

    with followed(2, close_the_other) as (readings, hosts):
        for host in hosts:
            host.sendall(b"x")
        until(lambda: read, "one of them")
        gevent.sleep(0)
        assert len(read) == 1


def test_those_that_wait_are_read_in_the_order_in_which_something_came() -> None:
    read: list[int] = []

    def have_others_wait(number: int) -> None:
        read.append(number)
        for other in (1, 2) if number == 0 else ():
            hosts[other].sendall(b"x")
            while readings[other].since is None:
                gevent.sleep(0)

    with followed(3, have_others_wait) as (readings, hosts):
        hosts[0].sendall(b"x")
        until(lambda: len(read) == 3, "all of them")
        assert read == [0, 1, 2]


def test_how_long_what_has_come_waits_to_be_read_is_told() -> None:
    told: list[float] = []

    def take_long(number: int) -> None:
        if number == 0:
            hosts[1].sendall(b"x")
            while readings[1].since is None:
                gevent.sleep(0)
            gevent.sleep(0.05)
        told.append(unread_secs())

    assert unread_secs() == 0
    with followed(2, take_long) as (readings, hosts):
        hosts[0].sendall(b"x")
        until(lambda: len(told) == 2, "both of them")
    waited, nothing = told
    assert waited >= 0.05
    assert nothing == 0
