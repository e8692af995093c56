"""One task that reads all sockets: whichever have something to read, in the order in which it came.

A task for each would weigh a stack for each host, and wait by trying first and failing. Here a
socket has one watcher of the event loop for as long as it lives. Its event only says that it is
ready: the reading itself comes when all who were ready before have had their turn, and where it
takes long goes behind whoever is ready by then. So what hosts say by themselves keeps nobody from
storing what they said before, from asking, or from hearing an answer. What is not read yet waits in
the sockets, and so with the hosts; for how long, is known (`unread_secs`).
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import gevent
from gevent import socket
from loguru import logger

from vurti.sources.shared import SharedBy

_READ = 1
TURN_SECS = 0.1
"""How long what has come is read before others have their turn. In turns of 5 ms reading starves
beside all else, and questions run out of time."""


class Reading:
    """One socket that is read, until `close`."""

    def __init__(self, sockets: "Sockets", sock: socket.socket, read: Callable[[], None]) -> None:
        self.read, self._sockets = read, sockets
        self.since: float | None = None  # it waits for its turn to be read
        self._watcher: Any = gevent.get_hub().loop.io(sock.fileno(), _READ)
        self._watcher.start(self._on_readable)

    def begin(self) -> bool:
        """It is its turn to be read; False where it has been closed meanwhile."""
        self.since = None
        if self._watcher is not None and not self._watcher.active:
            self._watcher.start(self._on_readable)
        return self._watcher is not None

    def close(self) -> None:
        """Read it no more."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher.close()
            self._watcher = None
            self._sockets.left()

    def _on_readable(self) -> None:
        if self.since is not None:  # the loop must not run in circles until it is read
            self._watcher.stop()
        else:
            self.since = time.monotonic()
            self._sockets.ready(self)


class Sockets:
    """Has them read, in a task that lasts as long as there are any. What reads one takes what has
    come, waits for nothing and yields nowhere; what it raises is logged."""

    def __init__(self) -> None:
        self._ready: deque[Reading] = deque()
        self._followed = 0
        self._task: gevent.Greenlet[[], None] | None = None
        self._wake: Callable[[], object] | None = None  # while it waits

    @property
    def unread_secs(self) -> float:
        """How long what is read next has waited for its turn; 0 where nothing waits."""
        since = self._ready[0].since if self._ready else None
        return 0.0 if since is None else time.monotonic() - since

    def follow(self, sock: socket.socket, read: Callable[[], None]) -> Reading:
        """Call `read` whenever the socket has something to read, or its end."""
        self._followed += 1
        if not self._task:  # there was none, or it has ended
            self._task = gevent.spawn(self._run)
        return Reading(self, sock, read)

    def ready(self, one: Reading) -> None:
        """It is to be read, behind those that are to be already. Called by the event loop."""
        self._ready.append(one)
        self._have_read()

    def left(self) -> None:
        """One is read no more."""
        self._followed -= 1
        if not self._followed:
            self._have_read()

    def _have_read(self) -> None:
        wake, self._wake = self._wake, None
        if wake is not None:
            gevent.get_hub().loop.run_callback(wake)  # behind whoever is ready already

    def _run(self) -> None:
        hub = gevent.get_hub()
        while self._followed:
            until = time.monotonic() + TURN_SECS
            while self._ready:
                self._read(self._ready.popleft())
                if time.monotonic() >= until:
                    hub.loop.run_callback(gevent.getcurrent().switch)
                    hub.switch()  # to whoever else is ready, and back
                    until = time.monotonic() + TURN_SECS
            if self._followed:  # the last may have ended while it was read
                self._wake = gevent.getcurrent().switch
                hub.switch()
        self._ready.clear()

    def _read(self, one: Reading) -> None:
        if not one.begin():
            return
        try:
            one.read()
        except Exception as error:  # noqa: BLE001 - the other hosts must be read all the same
            logger.opt(exception=error).error("reading raised: {}", error)


def _of_loop(_hub: gevent.hub.Hub) -> Sockets:
    return Sockets()


sockets_of = SharedBy(_of_loop)
"""Those of a thread, by its gevent.Hub."""


def unread_secs() -> float:
    """How long what hosts have told waits to be read, of those that this thread reads."""
    return sockets_of(gevent.get_hub()).unread_secs
