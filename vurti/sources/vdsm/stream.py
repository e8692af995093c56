"""A connected socket as frames of STOMP, both ways, with heart-beats."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from gevent import socket

from vurti.clock import Clock, Task, Timeout
from vurti.model import Miss
from vurti.sources.dial import Trouble, words
from vurti.sources.vdsm.traffic import Traffic
from vurti.wire import stomp
from vurti.wire.error import WireError
from vurti.wire.stomp import Frame

_CHUNK_BYTES = 65536
_CHUNKS_A_TURN = 16
_SECOND_LOOK_SECS = 0.1
_SENDING_SECS_MAX = 10.0


@dataclass
class Stream:
    """Owns the socket, the task that reads it, and one that writes while there is something to
    write, until `close`. Whoever holds it calls `look` at each `due`. Before `start` it is read by
    whoever waits for something, with `take_some`.

    `on_frame` gets each frame, `on_end` once the reason of the end; neither may yield. `on_frame`
    may raise WireError, which ends it.
    """

    sock: socket.socket
    clock: Clock
    frame_bytes_max: int
    traffic: Traffic
    on_frame: Callable[[Frame], None]
    on_end: Callable[[Trouble], None]
    _over: bool = False
    _outbox: deque[bytes] = field(default_factory=deque)
    _sends_secs: float = 0.0
    _hears_secs: float = 0.0
    _writer: Task | None = None
    _turns: int = 0

    def __post_init__(self) -> None:
        self._heard = self._sent = self.clock.now()
        self._frames = stomp.Frames(self.frame_bytes_max)
        self._reader: Task | None = None

    @property
    def started(self) -> bool:
        """Whether a task of its own reads it."""
        return self._reader is not None

    def start(self) -> None:
        """Have it read from now on."""
        self._reader = self.clock.spawn(self._read)

    def post(self, frame: bytes) -> None:
        """Send it: most often the socket takes it at once. Never yields."""
        left = frame[self._send_now(frame) :] if self._writer is None else frame
        if left and not self._over:
            self._outbox.append(left)
            if self._writer is None:
                self._writer = self.clock.spawn(self._write)

    def _send_now(self, frame: bytes) -> int:
        """How much of it the socket takes without waiting. The reader, which may be waiting at the
        same socket, has looked at its time-out already."""
        if self._over:
            return 0
        self.sock.settimeout(0.0)
        try:
            taken = self.sock.send(frame)
        except BlockingIOError:
            return 0
        except OSError as error:
            self.end(Trouble(Miss.NETWORK, f"sending failed: {words(error)}"))
            return 0
        finally:
            self.sock.settimeout(None)
        self._count_sent(taken)
        return taken

    def _count_sent(self, count: int) -> None:
        self.traffic.bytes_out += count
        self._sent = self.clock.now()

    def beat(self, sends_secs: float, hears_secs: float) -> None:
        """From now on show that we live at least each `sends_secs`, and end it when the host does
        not, for twice `hears_secs`. 0 is never."""
        self._sends_secs, self._hears_secs = sends_secs, hears_secs

    @property
    def beating(self) -> bool:
        """Whether the host has to show that it lives, and does."""
        return self._hears_secs > 0 and not self._over and not self._is_silent()

    def end(self, trouble: Trouble) -> None:
        """It is of no use any more. Never yields."""
        if not self._over:
            self._over = True
            self.on_end(trouble)

    def close(self) -> None:
        """End the tasks and the socket."""
        self._over = True
        if self._reader is not None:
            self._reader.kill()
        if self._writer is not None:
            self._writer.kill()
        self.sock.close()

    def _is_silent(self) -> bool:
        return self.clock.now() - self._heard > 2 * self._hears_secs

    @property
    def due(self) -> float | None:
        """When to look after both heart-beats again, None where there are none."""
        due = []
        if self._sends_secs:
            due.append(self._sent + self._sends_secs / 2)
        if self._hears_secs:
            due.append(self._heard + 2 * self._hears_secs)
        return min(due) if due else None

    def look(self) -> None:
        """Send a heart-beat if there was nothing else to send, and end it if none came."""
        idle = self.clock.now() - self._sent >= self._sends_secs / 2
        if self._sends_secs and idle and self._writer is None:
            self.post(stomp.HEART_BEAT)
        if self._hears_secs and self._is_silent():
            # Where we were slow ourselves, what it said may be here but not read yet.
            self.clock.sleep_until(self.clock.now() + _SECOND_LOOK_SECS)
            if self._is_silent():
                secs = f"{self.clock.now() - self._heard:.0f} s"
                self.end(Trouble(Miss.TIMEOUT, f"no sign of life for {secs}"))

    def _write(self) -> None:
        try:
            with self.clock.timeout(_SENDING_SECS_MAX):
                self._empty_outbox()
        except Timeout:
            secs = f"{_SENDING_SECS_MAX:g} s"
            self.end(Trouble(Miss.TIMEOUT, f"the host has taken nothing for {secs}"))
        except OSError as error:
            self.end(Trouble(Miss.NETWORK, f"sending failed: {words(error)}"))
        finally:
            self._writer = None

    def _empty_outbox(self) -> None:
        while self._outbox and not self._over:
            self.sock.sendall(self._outbox[0])
            self._count_sent(len(self._outbox.popleft()))

    def _read(self) -> None:
        while not self._over:
            self.take_some()

    def take_some(self) -> None:
        """Wait for some bytes, and give out the frames that they complete."""
        try:
            data = self.sock.recv(_CHUNK_BYTES)
        except OSError as error:
            self.end(Trouble(Miss.NETWORK, f"reading failed: {words(error)}"))
        else:
            self._take(data)
        self._turns += 1
        if (
            self._turns % _CHUNKS_A_TURN == 0
        ):  # a host that never pauses must not keep others waiting
            self.clock.sleep_until(self.clock.now())

    def _take(self, data: bytes) -> None:
        if not data:
            self.end(Trouble(Miss.NETWORK, self._closed_how()))
            return
        self.traffic.bytes_in += len(data)
        self._heard = self.clock.now()
        try:
            for frame in self._frames.feed(data):
                self.on_frame(frame)
        except WireError as error:
            self.end(Trouble(Miss.DECODE, str(error)))
        if self._frames.broken is not None:
            self.end(Trouble(Miss.DECODE, str(self._frames.broken)))

    def _closed_how(self) -> str:
        if self._frames.unfinished:
            return f"closed by the host in mid-frame, {self._frames.held_bytes} bytes into it"
        return "closed by the host"
