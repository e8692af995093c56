"""The one task that reads all sockets, kept from it as by thousands of others that come first."""

from collections.abc import Iterator
from contextlib import contextmanager

import gevent
from gevent import socket
from gevent.event import Event

from tests.waiting import until
from vurti.sources.sockets import sockets_of


@contextmanager
def nothing_is_read() -> Iterator[None]:
    """By that task, of any socket, while the block runs."""
    ours, theirs = socket.socketpair()
    held, free = Event(), Event()

    def hold() -> None:
        ours.recv(1)
        held.set()
        free.wait()

    reading = sockets_of(gevent.get_hub()).follow(ours, hold)
    theirs.sendall(b"x")
    until(held.is_set, "its turn")
    try:
        yield
    finally:
        free.set()
        reading.close()
        ours.close()
        theirs.close()
