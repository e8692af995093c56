"""One task that reads all sockets: whichever have something to read, in the order in which it came.

A task for each would weigh a stack for each host, and wait by trying first and failing. Here a
socket has one watcher of the event loop for as long as it lives, and those that are ready together
are read one after the other, in one turn of the loop.
"""

from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import gevent
from gevent import socket
from loguru import logger

_READ = 1


class Watch:
    """One socket that is read, until `close`."""

    def __init__(self, reader: "Reader", sock: socket.socket, read: Callable[[], None]) -> None:
        self.read, self._reader = read, reader
        self._waits = False  # for its turn to be read
        self._watcher: Any = gevent.get_hub().loop.io(sock.fileno(), _READ)
        self._watcher.start(self._on_readable)

    def begin(self) -> bool:
        """It is its turn to be read; False where it has been closed meanwhile."""
        self._waits = False
        if self._watcher is not None and not self._watcher.active:
            self._watcher.start(self._on_readable)
        return self._watcher is not None

    def close(self) -> None:
        """Read it no more."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher.close()
            self._watcher = None
            self._reader.left()

    def _on_readable(self) -> None:
        if self._waits:  # the loop must not run in circles until it is read
            self._watcher.stop()
        else:
            self._waits = True
            self._reader.ready(self)


class Reader:
    """Reads what is watched, in a task that lasts as long as there is any. `read` of a watch takes
    what has come, waits for nothing and yields nowhere; what it raises is logged."""

    def __init__(self) -> None:
        self._ready: deque[Watch] = deque()
        self._watched = 0
        self._task: gevent.Greenlet[[], None] | None = None
        self._wake: Callable[[], object] | None = None  # while it waits

    def watch(self, sock: socket.socket, read: Callable[[], None]) -> Watch:
        """Call `read` whenever the socket has something to read, or its end."""
        self._watched += 1
        if self._task is None:
            self._task = gevent.spawn(self._run)
        return Watch(self, sock, read)

    def ready(self, watch: Watch) -> None:
        """It is to be read, behind those that are to be already. Called by the event loop."""
        self._ready.append(watch)
        wake, self._wake = self._wake, None
        if wake is not None:
            wake()  # from here, since anything else would take another turn of the loop

    def left(self) -> None:
        """One is watched no more."""
        self._watched -= 1
        if not self._watched and self._wake is not None:
            gevent.get_hub().loop.run_callback(self._wake)
            self._wake = None

    def _run(self) -> None:
        hub = gevent.get_hub()
        while self._watched:
            while self._ready:
                self._read(self._ready.popleft())
            self._wake = gevent.getcurrent().switch
            hub.switch()
        self._ready.clear()
        self._task = None

    def _read(self, watch: Watch) -> None:
        if not watch.begin():
            return
        try:
            watch.read()
        except Exception as error:  # noqa: BLE001 - the other hosts must be read all the same
            logger.opt(exception=error).error("reading raised: {}", error)


_readers: "WeakKeyDictionary[gevent.hub.Hub, Reader]" = WeakKeyDictionary()


def reader() -> Reader:
    """The one of this thread's event loop."""
    hub = gevent.get_hub()
    one = _readers.get(hub)
    if one is None:
        one = _readers[hub] = Reader()
    return one
