"""A connected socket, read and written by one side that never waits: on real sockets."""

import gc
import socket as plain
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_WR

import gevent
import pytest
from gevent import socket
from gevent.event import Event
from loguru import logger

from tests.sources.held_up import nothing_is_read
from tests.waiting import until
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Miss
from vurti.sources.channel import Channel
from vurti.sources.dial import Trouble


@dataclass
class Heard:
    """What a channel has told."""

    bytes_in: int = 0
    bytes_out: int = 0
    pieces: list[bytes] = field(default_factory=list)
    ends: list[Trouble] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces)


@contextmanager
def channel() -> Iterator[tuple[Channel, Heard, socket.socket]]:
    """One that has started, what it tells, and its host's end of the socket."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    heard = Heard()
    one = Channel(ours, GeventClock(), heard, heard.pieces.append, heard.ends.append)
    one.start()
    try:
        yield one, heard, theirs
    finally:
        one.close()
        theirs.close()


def test_what_comes_is_given_out_in_order_up_to_the_end_of_it() -> None:
    sent = b"".join(b"%07d\n" % n for n in range(50_000))
    with channel() as (one, heard, host):
        sending = gevent.spawn(lambda: (host.sendall(sent), host.shutdown(SHUT_WR)))
        until(lambda: heard.pieces[-1:] == [b""], "the end")
        sending.get()
        one.end(Trouble(Miss.NETWORK, "closed"))
    assert heard.data == sent
    assert heard.bytes_in == len(sent)


def test_what_the_socket_does_not_take_at_once_follows_in_order() -> None:
    sent = [bytes([n]) * 300_000 for n in range(10)]
    with channel() as (one, heard, host):
        for data in sent[:-1]:
            one.post(data)
        assert one.unsent
        got = bytearray(host.recv(1 << 20))
        one.post(sent[-1])  # the socket would take it now, before what waits
        while len(got) < 3_000_000:
            got += host.recv(1 << 20)
        until(lambda: not one.unsent, "an empty outbox")
        one.post(b"more")
        assert host.recv(10) == b"more"
    assert bytes(got) == b"".join(sent)
    assert heard.bytes_out == 3_000_004


def test_what_is_sent_before_it_has_started_waits_for_nobody() -> None:
    ours, host = socket.socketpair()
    ours.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            ours.send(bytes(1 << 16))
    ours.setblocking(True)
    one = Channel(ours, GeventClock(), Heard(), lambda data: None, lambda trouble: None)
    with gevent.Timeout(5):
        one.post(b"a call")
    assert list(one.unsent) == [b"a call"]
    assert ours.gettimeout() is None  # whoever reads it now waits
    one.close()
    host.close()


def test_after_it_was_stopped_its_socket_waits_for_whoever_reads_it_then() -> None:
    with channel() as (one, heard, host):
        one.stop()
        gevent.spawn(host.sendall, b"good-bye")
        assert one.sock.recv(100) == b"good-bye"
        assert heard.pieces == []


class Endless(socket.socket):
    """One that has as much to read as is asked for, for longer than anybody looks."""

    pieces = 6000

    def recv(self, *args: int) -> bytes:
        if not self.pieces:
            raise BlockingIOError
        self.pieces -= 1
        return b"\n" * args[0]


def test_one_that_has_said_as_much_as_is_asked_for_keeps_no_other_waiting() -> None:
    with channel() as (_, heard, host), channel() as (_, of_other, other):
        host.sendall(bytes(65536))  # after which there is nothing to read
        until(lambda: heard.bytes_in == 65536, "all of it")
        other.sendall(b"x")
        until(lambda: of_other.data == b"x", "the other")


def test_contract_11_a_host_that_never_pauses_lets_others_have_their_turn() -> None:
    ends, heard = plain.socketpair(), Heard()
    endless = Endless(ends[0].family, ends[0].type, fileno=ends[0].detach())
    one = Channel(endless, GeventClock(), heard, lambda data: None, heard.ends.append)
    one.start()
    ends[1].sendall(b"x")  # it stays there, so there is always something
    most = 0  # that was read between two turns of ours
    while heard.bytes_in < 5000 * 65536:
        before = heard.bytes_in
        gevent.sleep(0)
        most = max(most, heard.bytes_in - before)
    one.close()
    ends[1].close()
    assert most <= 16 * 65536


def test_what_has_come_is_taken_though_it_is_not_its_turn() -> None:
    with channel() as (one, heard, host), nothing_is_read():
        host.sendall(b"here")
        gevent.sleep(0)
        assert heard.data == b""
        one.catch_up()
        assert heard.data == b"here"
        one.end(Trouble(Miss.NETWORK, "enough"))
        host.sendall(b"late")
        one.catch_up()
        assert heard.data == b"here"


def test_nothing_is_taken_once_it_has_stopped_and_nobody_waits_for_it() -> None:
    with channel() as (one, heard, host):
        one.stop()
        with gevent.Timeout(10):
            one.catch_up()
        host.sendall(b"good-bye")
        assert one.sock.recv(100) == b"good-bye"
        assert heard.data == b""


def test_a_host_that_is_gone_is_the_end_of_it_and_is_told_once() -> None:
    with channel() as (one, heard, host):
        host.close()
        for _ in range(3):
            one.post(b"x" * 10)
        until(lambda: heard.pieces or heard.ends, "the end")
        for _ in range(3):
            one.post(b"x" * 10)
        one.end(Trouble(Miss.TIMEOUT, "too late"))
        assert not one.unsent  # nobody will ever send it
    assert [trouble.kind for trouble in heard.ends] == [Miss.NETWORK]


def test_one_that_is_reset_is_at_an_end_too() -> None:
    with channel() as (one, heard, host):
        one.post(b"which the host does not read")
        host.close()
        until(lambda: heard.ends, "the end")
    assert [(one.kind, one.reason) for one in heard.ends] == [
        (Miss.NETWORK, "reading failed: Connection reset by peer")
    ]


def test_contract_11_one_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vurti.sources.channel._SENDING_SECS_MAX", 0.2)
    with channel() as (one, heard, _host):
        one.post(b"x" * 10_000_000)
        until(lambda: heard.ends, "the end")
    assert heard.ends[0].kind is Miss.TIMEOUT
    assert "has taken nothing" in heard.ends[0].reason


def test_one_that_takes_little_at_a_time_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vurti.sources.channel._SENDING_SECS_MAX", 1.0)
    with channel() as (one, heard, host):
        one.post(b"x" * 5_000_000)
        got = 0
        while got < 5_000_000:
            gevent.sleep(0.03)  # a host that is slow: in all it takes twice of what it may
            got += len(host.recv(65536))
    assert heard.ends == []
    assert heard.bytes_out == 5_000_000


def test_nothing_is_given_out_after_the_end() -> None:
    with channel() as (one, heard, host), channel():  # so there is still a reader
        one.end(Trouble(Miss.NETWORK, "enough"))
        one.post(b"too late")
        assert heard.bytes_out == 0
        host.sendall(b"late")
        host.shutdown(SHUT_WR)
        assert turns_in_between() < 50  # the end of it would be there for ever
        assert heard.pieces == []


def test_who_ends_it_while_it_is_read_is_given_no_more_of_what_is_there() -> None:
    ours, host = socket.socketpair()
    heard, running = Heard(), 0

    def take(data: bytes) -> None:
        nonlocal running
        running = len(readers())
        heard.pieces.append(data)
        one.end(Trouble(Miss.DECODE, "enough"))

    one = Channel(ours, GeventClock(), heard, take, heard.ends.append)
    host.sendall(bytes(150_000))
    one.start()
    until(lambda: heard.ends, "the end")
    assert [len(piece) for piece in heard.pieces] == [heard.bytes_in] == [65536]
    until(lambda: len(readers()) == running - 1, "the end of its reader, of which it was the last")
    one.close()
    host.close()


def turns_in_between() -> int:
    """How many turns the event loop takes of itself while nobody does anything."""
    loop = gevent.get_hub().loop
    before = loop.iteration
    gevent.sleep(0.05)
    return int(loop.iteration) - before


def test_a_reader_that_is_held_up_reads_on_where_it_was() -> None:
    ours, host = socket.socketpair()
    heard, gate = Heard(), Event()

    def take(data: bytes) -> None:
        heard.pieces.append(data)
        gate.wait()

    one = Channel(ours, GeventClock(), heard, take, heard.ends.append)
    one.start()
    host.sendall(b"a")
    until(lambda: heard.pieces, "the first")
    host.sendall(b"b")
    assert turns_in_between() < 50  # in which it is woken, or the loop runs in circles
    assert heard.data == b"a"
    gate.set()
    until(lambda: heard.data == b"ab", "the second")
    host.sendall(b"c")
    until(lambda: heard.data == b"abc", "the third")
    one.close()
    host.close()


def test_what_one_raises_is_logged_and_harms_no_other() -> None:
    ours, host = socket.socketpair()
    logged: list[str] = []
    logger.enable("vurti")
    sink = logger.add(logged.append, format="{message}")

    def take(data: bytes) -> None:
        raise KeyError(data.decode())

    with channel() as (_, heard, other), channel_of(ours, take):
        host.sendall(b"broken")
        other.sendall(b"well")
        until(lambda: heard.data == b"well", "the other")
        host.sendall(b"again")
        other.sendall(b", still")
        until(lambda: heard.data == b"well, still", "the other")
    host.close()
    logger.remove(sink)
    assert ["'broken'" in line or "'again'" in line for line in logged] == [True, True]


@contextmanager
def channel_of(sock: socket.socket, take: Callable[[bytes], None]) -> Iterator[Channel]:
    heard = Heard()
    one = Channel(sock, GeventClock(), heard, take, heard.ends.append)
    one.start()
    try:
        yield one
    finally:
        one.close()


def test_the_reader_ends_with_the_last_that_is_read_and_begins_anew() -> None:
    for _ in range(2):
        with channel() as (_, heard, host):
            host.sendall(b"x")
            until(lambda heard=heard: heard.data == b"x", "it")
            running = len(readers())
        until(lambda running=running: len(readers()) == running - 1, "the end of the reader")


def readers() -> list[object]:
    """The tasks that read sockets."""
    gc.collect()
    greenlets = [one for one in gc.get_objects() if isinstance(one, gevent.Greenlet)]
    return [one for one in greenlets if "Sockets._run" in repr(one) and not one.ready()]
