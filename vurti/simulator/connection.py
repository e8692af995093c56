"""One accepted connection: what is to be sent waits for a task of its own that writes it.

A host queues for a slow reader without bound; so do we, that a client learns to read.
"""

import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Any

from vurti.clock import Clock
from vurti.clock.port import Timeout
from vurti.simulator.faults import Wire

_READ_BYTES = 65536
_RESET = struct.pack("ii", 1, 0)


class Gate:
    """Shut while the daemon stands still; whoever reads or writes waits before it."""

    def __init__(self, clock: Clock) -> None:
        self._opened = clock.signal()
        self._opened.set()

    def shut(self) -> None:
        """Stand still."""
        self._opened.clear()

    def open(self) -> None:
        """Go on."""
        self._opened.set()

    def wait(self) -> None:
        """Go on at once, or when it opens."""
        if not self._opened.is_set():
            self._opened.wait()


class Connection:
    """A socket of gevent, plain or TLS. `peer` is the address of the other side."""

    def __init__(self, sock: Any, clock: Clock, gate: Gate, peer: str) -> None:
        self.peer = peer
        self.beat_secs: float | None = None
        self.heard_at = self._said_at = clock.now()
        self.gone = False
        self.queued_bytes = 0
        self._sock = sock
        self._clock = clock
        self._gate = gate
        self._queue: deque[Wire] = deque()
        self._stirred = clock.signal()
        self._when_gone: list[Callable[[], object]] = []
        clock.spawn(self._write)

    def read(self, secs: float | None = None) -> bytes:
        """Some bytes; none where the other side is gone, or said nothing for `secs`."""
        try:
            if secs is None:
                data = self._receive()
            else:
                with self._clock.timeout(secs):
                    data = self._receive()
        except (OSError, Timeout):
            return b""
        self.heard_at = self._clock.now()
        self._gate.wait()
        return data

    def send(self, wire: Wire | bytes) -> None:
        """Queue something to be written. Never waits."""
        if isinstance(wire, bytes):
            wire = Wire(wire)
        if not self.gone:
            self._queue.append(wire)
            self.queued_bytes += len(wire.data)
            self._stirred.set()

    def beat(self, secs: float | None) -> None:
        """Write a line feed whenever nothing else was written for so long."""
        self.beat_secs = secs
        self._stirred.set()

    def end(self) -> None:
        """Close once all that is queued has been written."""
        self.send(Wire(b"", "close"))

    def close(self, reset: bool = False) -> None:
        """Close at once, with a reset if so asked."""
        if self.gone:
            return
        self.gone = True
        self._queue.clear()
        self._stirred.set()
        hang_up(self._sock, reset)
        for act in self._when_gone:
            act()

    def when_gone(self, act: Callable[[], object]) -> None:
        """Have something done when it is closed, which may be now. It must not yield."""
        if self.gone:
            act()
        else:
            self._when_gone.append(act)

    def _receive(self) -> bytes:
        data: bytes = self._sock.recv(_READ_BYTES)
        return data

    def _write(self) -> None:
        while not self.gone:
            due = None if self.beat_secs is None else self._said_at + self.beat_secs
            if not self._queue:
                self._stirred.wait(due)
            self._stirred.clear()
            self._gate.wait()
            if self._queue:
                wire = self._queue.popleft()
                self.queued_bytes -= len(wire.data)
                self._write_one(wire)
            elif due is not None and self._clock.now() >= due and not self.gone:
                self._write_one(Wire(b"\n"))

    def _write_one(self, wire: Wire) -> None:
        try:
            self._sock.sendall(wire.data)
        except OSError:
            self.close()
        self._said_at = self._clock.now()
        if wire.then:
            self.close(reset=wire.then == "reset")


def hang_up(sock: Any, reset: bool) -> None:
    """Close a socket in order, or by a reset."""
    try:
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        else:
            sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was quicker
    sock.close()
