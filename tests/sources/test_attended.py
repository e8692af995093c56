"""A connection of either kind is attended to until it is over: in virtual time, on a socket."""

from collections.abc import Callable, Iterator

import pytest
from gevent import socket

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Miss
from vurti.sources import libvirt, vdsm
from vurti.sources.dial import Trouble
from vurti.sources.libvirt import connection as libvirt_connection
from vurti.sources.vdsm import connection as vdsm_connection
from vurti.sources.vdsm.traffic import Traffic

Either = libvirt_connection.Connection | vdsm_connection.Connection
Make = Callable[[socket.socket, VirtualClock], Either]
CUT = Trouble(Miss.NETWORK, "cut")


def of_libvirt(sock: socket.socket, clock: VirtualClock) -> Either:
    traffic = libvirt_connection.Traffic()
    options = libvirt.LibvirtOptions(keepalive_secs=2.0)
    one = libvirt_connection.Connection(sock, clock, options, lambda one, packet: None, traffic)
    one.watch()
    return one


def of_vdsm(sock: socket.socket, clock: VirtualClock) -> Either:
    one = vdsm_connection.Connection(sock, clock, vdsm.VdsmOptions(), Traffic(), lambda said: None)
    one.start()
    one._stream.beat(2.0, 0.0)
    return one


@pytest.fixture(params=[of_libvirt, of_vdsm])
def bench(request: pytest.FixtureRequest) -> Iterator[tuple[VirtualClock, Either, socket.socket]]:
    """The clock, a connection, and its host's end of the socket."""
    make: Make = request.param
    clock = VirtualClock()
    ours, host = socket.socketpair()
    host.settimeout(0.0)
    one = make(ours, clock)
    yield clock, one, host
    one.lose(CUT)
    one.close()
    host.close()


Bench = tuple[VirtualClock, Either, socket.socket]


def test_who_attends_to_one_that_is_over_is_told_at_once(bench: Bench) -> None:
    _, one, _ = bench
    told: list[str] = []
    one.lose(CUT)
    one.attend(lambda: told.append("over"))
    assert told == ["over"]


def test_who_attends_to_one_is_told_once_when_it_is_over(bench: Bench) -> None:
    _, one, _ = bench
    told: list[str] = []
    one.attend(lambda: told.append("over"))
    assert told == []
    one.lose(CUT)
    one.lose(CUT)
    assert told == ["over"]


def test_it_shows_that_we_live_until_it_is_over_and_leaves_nothing_that_waits(
    bench: Bench,
) -> None:
    clock, one, host = bench
    one.attend(lambda: None)
    clock.run(until=2.5)
    assert host.recv(100)
    one.lose(CUT)
    clock.run(until=100.0)
    with pytest.raises(BlockingIOError):
        host.recv(100)
    assert clock.stray() == []
