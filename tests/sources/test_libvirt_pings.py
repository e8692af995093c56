"""A silent libvirt host is pinged, and lost where it answers none of several: in virtual time. One
that pings is answered, and one that is left gets a good-bye."""

from collections.abc import Iterator
from contextlib import contextmanager

import gevent
from gevent import socket

from tests.waiting import until
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Miss
from vurti.sources.dial import Trouble
from vurti.sources.hearts import LOOK_SECS
from vurti.sources.libvirt.connection import Connection, Traffic
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.wire.libvirt_calls import Close, pack
from vurti.wire.libvirt_rpc import KeepAlive, keepalive

PING, PONG = keepalive(KeepAlive.PING), keepalive(KeepAlive.PONG)
SOON = 2 * LOOK_SECS


@contextmanager
def connected() -> Iterator[tuple[VirtualClock, Connection, socket.socket]]:
    """The clock, a connection that is watched, and its host's end of the socket."""
    clock = VirtualClock()
    ours, host = socket.socketpair()
    host.settimeout(0.0)
    options = LibvirtOptions(keepalive_secs=5.0, keepalive_unanswered_max=3)
    one = Connection(ours, clock, options, lambda connection, packet: None, Traffic())
    one.watch()
    try:
        yield clock, one, host
    finally:
        one.lose(Trouble(Miss.NETWORK, "the end"))
        ours.close()
        host.close()


def said(host: socket.socket) -> bytes:
    """What has come to the host since it was last asked."""
    try:
        return host.recv(4096)
    except BlockingIOError:
        return b""


def hears(host: socket.socket, one: Connection, data: bytes) -> None:
    """The host says something, and it is read."""
    before = one.traffic.bytes_in
    host.sendall(data)
    until(lambda: one.traffic.bytes_in > before, "it")


def test_a_host_is_pinged_once_it_is_silent_and_not_before() -> None:
    with connected() as (clock, one, host):
        clock.run(until=4.0)
        hears(host, one, PONG)
        clock.run(until=8.9)
        assert said(host) == b""
        clock.run(until=9.0 + SOON)
        assert said(host) == PING


def test_a_host_that_answers_is_kept() -> None:
    with connected() as (clock, one, host):
        for _ in range(10):
            clock.run(until=clock.now() + 5.0 + SOON)
            assert said(host) == PING
            hears(host, one, PONG)
        assert one.trouble is None


def test_a_host_that_answers_no_ping_is_lost_and_its_caller_told() -> None:
    with connected() as (clock, one, host):
        clock.run(until=15.0 + 3 * SOON)
        assert said(host) == 3 * PING
        assert one.trouble is None
        clock.run(until=20.0 + 4 * SOON)
        assert one.trouble is not None
        assert one.trouble.kind is Miss.TIMEOUT
        assert one.trouble.reason == "no sign of life, 3 pings in 15 s unanswered"


def test_what_is_here_and_not_read_yet_is_a_sign_of_life() -> None:
    with connected() as (clock, one, host):
        host.sendall(PONG)
        clock.run(until=20.0 + 4 * SOON)
        assert one.trouble is None


def test_pings_of_a_host_are_answered_once_and_its_pongs_are_not() -> None:
    with connected() as (_, one, host):
        hears(host, one, 3 * PING)
        assert said(host) == PONG
        hears(host, one, PONG)
        assert said(host) == b""


def test_a_host_that_pings_and_reads_nothing_has_one_pong_to_come() -> None:
    with connected() as (_, one, host):
        one._channel.post(bytes(10_000_000))
        for _ in range(3):
            hears(host, one, PING)
        assert list(one._channel.unsent).count(PONG) == 1


def test_who_is_closed_says_good_bye_and_lets_the_host_end_it() -> None:
    ours, host = socket.socketpair()
    one = Connection(
        ours, GeventClock(), LibvirtOptions(), lambda connection, packet: None, Traffic()
    )

    def ends_it() -> bytes:
        said = host.recv(4096)
        host.sendall(b"whatever")
        host.close()
        return said

    ending = gevent.spawn(ends_it)
    one.close()
    assert ending.ready()
    assert ending.get() == pack(Close(), 1)
    assert ours.fileno() < 0
