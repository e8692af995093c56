"""Waiting until a socket can be read, again and again, for as long as it lives."""

from typing import Any

import gevent
from gevent import socket

_READ = 1


class Readable:
    """One watcher for all the waits of one greenlet, the one that makes it. What gevent's own
    sockets do instead, at each wait, is to try, fail, and make and stop a waiter."""

    def __init__(self, sock: socket.socket) -> None:
        self._greenlet, hub = gevent.getcurrent(), gevent.get_hub()
        self._switch_to_hub = hub.switch
        self._waits = False
        self._watcher: Any = hub.loop.io(sock.fileno(), _READ)

    def wait(self) -> None:
        """Yield until there is something to read, or the end of it."""
        if not self._watcher.active:
            self._watcher.start(self._wake)
        self._waits = True
        try:
            self._switch_to_hub()
        finally:  # also where it is killed
            self._waits = False

    def close(self) -> None:
        """Wait no more."""
        self._watcher.stop()
        self._watcher.close()

    def _wake(self) -> None:
        if self._waits:
            self._greenlet.switch()
        else:  # it waits for something else just now: until it comes back nobody asks for this
            self._watcher.stop()
