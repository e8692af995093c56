"""A connected socket as bytes both ways: who sends never waits, and what comes is given out."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import gevent
from gevent import socket, ssl

from vurti.clock import Clock, Task, Timeout
from vurti.model import Miss
from vurti.sources.dial import Trouble, words
from vurti.sources.sockets import Reading, sockets_of

_PIECE_BYTES = 65536
_PIECES_A_TURN = 16
_TLS_RECORD_BYTES = 16384
_SENDING_SECS_MAX = 10.0
_NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Counted(Protocol):
    """What counts the bytes of all connections of an endpoint."""

    bytes_in: int
    bytes_out: int


@dataclass
class Channel:
    """Owns the socket, and the task that writes while there is something left to write, until
    `close`. Before `start` it is read by whoever waits for something, with `take_some`; from then
    on by the one who reads them all.

    `on_data` gets each piece as it comes, and b"" once the host has closed; `on_end` gets once why
    it is over. Neither may yield. `heard_at` and `sent_at` are monotonic.
    """

    sock: socket.socket
    clock: Clock
    traffic: Counted
    on_data: Callable[[bytes], None]
    on_end: Callable[[Trouble], None]
    over: bool = False
    _outbox: deque[bytes] = field(default_factory=deque)
    _reading: Reading | None = None
    _writer: Task | None = None

    def __post_init__(self) -> None:
        self.heard_at = self.sent_at = self.clock.now()
        # As much as can come at once: where it was less, there is nothing more for now.
        tls = isinstance(self.sock, ssl.SSLSocket)
        self._most_bytes = _TLS_RECORD_BYTES if tls else _PIECE_BYTES

    @property
    def started(self) -> bool:
        """Whether it is read without anybody's asking."""
        return self._reading is not None

    @property
    def unsent(self) -> deque[bytes]:
        """What the socket has not taken yet."""
        return self._outbox

    def start(self) -> None:
        """Have it read from now on."""
        self.sock.setblocking(False)
        self._reading = sockets_of(gevent.get_hub()).follow(self.sock, self._take_what_is_there)

    def take_some(self) -> None:
        """Wait for a piece, and give it out."""
        try:
            data = self.sock.recv(_PIECE_BYTES)
        except OSError as error:
            self._end_reading(error)
        else:
            self._take(data)

    def catch_up(self) -> None:
        """Take now what has come by now, as much as in a turn of its own, before anything is
        concluded from its not having come: it may only wait for that turn. Never yields."""
        if self.started and not self.over:  # else the socket may be one that waits
            self._take_what_is_there()

    def post(self, data: bytes) -> None:
        """Send it: most often the socket takes it at once. Never yields."""
        left = data[self._send_now(data) :] if self._writer is None else data
        if left and not self.over:
            self._outbox.append(left)
            if self._writer is None:
                self._writer = self.clock.spawn(self._write)

    def end(self, trouble: Trouble) -> None:
        """It is of no use any more. Never yields."""
        if not self.over:
            self._read_no_more()
            self.on_end(trouble)

    def stop(self) -> None:
        """Read and write no more; the socket waits again when somebody else does."""
        self._read_no_more()
        if self._writer is not None:
            self._writer.kill()
        self.sock.setblocking(True)

    def close(self) -> None:
        """End it all, the socket too."""
        self.stop()
        self.sock.close()

    def _read_no_more(self) -> None:
        self.over = True
        if self._reading is not None:
            self._reading.close()

    def _take_what_is_there(self) -> None:
        """Or some of it: a host that never pauses must not keep others waiting."""
        for _ in range(_PIECES_A_TURN):
            try:
                data = self.sock.recv(_PIECE_BYTES)
            except _NOT_YET:
                return
            except OSError as error:
                self._end_reading(error)
                return
            self._take(data)
            if len(data) < self._most_bytes:
                return

    def _take(self, data: bytes) -> None:
        if not self.over:
            self.traffic.bytes_in += len(data)
            self.heard_at = self.clock.now()
            self.on_data(data)

    def _end_reading(self, error: OSError) -> None:
        self.end(Trouble(Miss.NETWORK, f"reading failed: {words(error)}"))

    def _send_now(self, data: bytes) -> int:
        """How much of it the socket takes without waiting."""
        if self.over:
            return 0
        if not self.started:  # whoever reads it, maybe waiting just now, has looked at this already
            self.sock.setblocking(False)
        try:
            taken = self.sock.send(data)
        except _NOT_YET:
            return 0
        except OSError as error:
            self.end(Trouble(Miss.NETWORK, f"sending failed: {words(error)}"))
            return 0
        finally:
            if not self.started:
                self.sock.setblocking(True)
        self.traffic.bytes_out += taken
        self.sent_at = self.clock.now()
        return taken

    def _write(self) -> None:
        try:
            self._empty_outbox()
        except Timeout:
            secs = f"{_SENDING_SECS_MAX:g} s"
            self.end(Trouble(Miss.TIMEOUT, f"the host has taken nothing for {secs}"))
        finally:
            self._writer = None

    def _empty_outbox(self) -> None:
        while self._outbox and not self.over:
            with self.clock.timeout(_SENDING_SECS_MAX):
                socket.wait_write(self.sock.fileno())
            first = self._outbox[0]
            left = first[self._send_now(first) :]
            if left:
                self._outbox[0] = left
            else:
                self._outbox.popleft()
