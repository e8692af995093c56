"""Something between a client and the server that cuts their connection where it hurts.

    with Proxy(server.port) as proxy:
        proxy.cut = Cut.BEHIND_COMMIT      # the next COMMIT arrives, and its answer does not

It knows so much of PostgreSQL's protocol: messages of a client are a letter and a length, but for
the first ones, and a COMMIT stands in the message that asks for it.
"""

import socket
import struct
import threading
from contextlib import suppress
from enum import Enum
from typing import Self

ASKS_FOR_ENCRYPTION = (80877103, 80877104)


class Cut(Enum):
    """Where the connection is cut, once."""

    BEFORE_COMMIT = "before COMMIT arrives"
    WITH_COMMIT = "as soon as COMMIT was passed on"
    BEHIND_COMMIT = "when the answer to COMMIT is there"
    IN_THE_ANSWER = "in the middle of the answer to COMMIT"


class Proxy:
    """On loopback, at `port`. `keep_open` leaves the server's side open when a client is gone: that
    is what a lost network looks like. `cuts` counts them."""

    def __init__(self, to: int) -> None:
        self.cut: Cut | None = None
        self.keep_open = False
        self.cuts = 0
        self._to = to
        self._kept: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads: list[threading.Thread] = []
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._kept:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for one in self._kept:
            one.close()

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type] # a method of ours
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            self._kept += [client, server]
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = _Pair(self, client, server)
            self._start(pair.up)
            self._start(pair.down)


class _Pair:
    """One client and its connection to the server."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._cutting: Cut | None = None  # and then for good: no answer gets by any more

    def up(self) -> None:
        """What the client says, message by message."""
        with suppress(OSError):
            asked = True
            while asked:
                head = _exactly(self._client, 8)
                length, code = struct.unpack("!II", head)
                asked = code in ASKS_FOR_ENCRYPTION
                self._server.sendall(head + _exactly(self._client, length - 8))
            while head := _exactly(self._client, 5):
                body = _exactly(self._client, struct.unpack("!I", head[1:])[0] - 4)
                if self._proxy.cut is not None and b"COMMIT" in body:
                    self._cutting, self._proxy.cut = self._proxy.cut, None
                    self._proxy.cuts += 1
                if self._cutting is Cut.BEFORE_COMMIT:
                    break
                self._server.sendall(head + body)
                if self._cutting is Cut.WITH_COMMIT and head[:1] in (b"S", b"Q"):
                    break  # with it the server has all that it needs
        self._end()

    def down(self) -> None:
        """What the server says."""
        with suppress(OSError):
            while told := self._server.recv(65536):
                if self._cutting is Cut.IN_THE_ANSWER:
                    self._client.sendall(told[:7])
                if self._cutting is not None:
                    break
                self._client.sendall(told)
        self._end()

    def _end(self) -> None:
        ends = (self._client,) if self._proxy.keep_open else (self._client, self._server)
        for one in ends:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _exactly(connection: socket.socket, count: int) -> bytes:
    """So many bytes. Raises OSError at the end of the stream."""
    told = b""
    while len(told) < count:
        part = connection.recv(count - len(told))
        if not part:
            raise OSError("the end")
        told += part
    return told
