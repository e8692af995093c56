"""One task reads all sockets: which of them, and in which order."""

from functools import partial

import gevent
import pytest
from gevent import socket

from tests.waiting import until
from vurti.sources.sockets import sockets_of


def test_contract_11_many_that_speak_at_once_let_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vurti.sources.sockets._TURN_SECS", 0.0)
    pairs, went = [socket.socketpair() for _ in range(20)], list[str]()
    sockets = sockets_of(gevent.get_hub())

    def read(ours: socket.socket) -> None:
        went.append(ours.recv(10).decode())

    readings = [sockets.follow(ours, partial(read, ours)) for ours, _ in pairs]
    for _, host in pairs:
        host.sendall(b"read")
    while went.count("read") < len(pairs):
        gevent.sleep(0)
        went.append("another")
    for reading, pair in zip(readings, pairs, strict=True):
        reading.close()
        pair[0].close()
        pair[1].close()
    last = len(went) - 1 - went[::-1].index("read")
    assert "another" in went[went.index("read") : last]


def test_one_that_is_closed_while_it_waits_for_its_turn_is_not_read() -> None:
    read: list[int] = []
    pairs = [socket.socketpair() for _ in range(2)]

    def read_one(number: int) -> None:
        pairs[number][0].recv(10)
        read.append(number)
        other = readings[1 - number]
        while not other._waits:  # as where it came while somebody else was read
            gevent.sleep(0)
        other.close()

    readings = [
        sockets_of(gevent.get_hub()).follow(pairs[n][0], partial(read_one, n)) for n in range(2)
    ]
    gevent.sleep(0)
    for _, host in pairs:
        host.sendall(b"x")
    until(lambda: read, "one of them")
    gevent.sleep(0)
    assert len(read) == 1
    for reading in readings:
        reading.close()
    for pair in pairs:
        pair[0].close()
        pair[1].close()


def test_those_that_wait_are_read_in_the_order_in_which_something_came() -> None:
    read: list[int] = []
    pairs = [socket.socketpair() for _ in range(3)]

    def read_one(number: int) -> None:
        pairs[number][0].recv(10)
        read.append(number)
        for other in (1, 2) if number == 0 else ():
            pairs[other][1].sendall(b"x")
            while not readings[other]._waits:
                gevent.sleep(0)

    readings = [
        sockets_of(gevent.get_hub()).follow(pairs[n][0], partial(read_one, n)) for n in range(3)
    ]
    pairs[0][1].sendall(b"x")
    until(lambda: len(read) == 3, "all of them")
    assert read == [0, 1, 2]
    for reading in readings:
        reading.close()
    for pair in pairs:
        pair[0].close()
        pair[1].close()
