"""A connected socket as frames of STOMP, both ways, with heart-beats."""

from collections.abc import Callable

from gevent import socket

from vurti.clock import Clock
from vurti.model import Miss
from vurti.sources.channel import Channel
from vurti.sources.dial import Trouble
from vurti.sources.vdsm.traffic import Traffic
from vurti.wire import stomp
from vurti.wire.error import WireError
from vurti.wire.stomp import Frame

_SENDS_AFTER = 0.8
"""Of the promised interval, when there was nothing else to send: what is left is for our own
slowness, and hosts wait for several intervals before they give us up."""


class Stream:
    """Owns the socket until `close`. Whoever holds it has `look` called at each `due`. Before
    `start` it is read by whoever waits for something, with `take_some`.

    `on_frame` gets each frame, `on_end` once the reason of the end; neither may yield. `on_frame`
    may raise WireError, which ends it.
    """

    def __init__(
        self,
        sock: socket.socket,
        clock: Clock,
        frame_bytes_max: int,
        traffic: Traffic,
        on_frame: Callable[[Frame], None],
        on_end: Callable[[Trouble], None],
    ) -> None:
        self._clock, self._on_frame = clock, on_frame
        self._channel = Channel(sock, clock, traffic, self._take, on_end)
        self._frames = stomp.Frames(frame_bytes_max)
        self._sends_secs = self._hears_secs = 0.0
        self.post, self.end = self._channel.post, self._channel.end
        self.start, self.take_some = self._channel.start, self._channel.take_some
        self.catch_up, self.close = self._channel.catch_up, self._channel.close

    @property
    def started(self) -> bool:
        """Whether it is read without anybody's asking."""
        return self._channel.started

    def beat(self, sends_secs: float, hears_secs: float) -> None:
        """From now on show that we live at least each `sends_secs`, and end it when the host does
        not, for twice `hears_secs`. 0 is never."""
        self._sends_secs, self._hears_secs = sends_secs, hears_secs

    @property
    def beating(self) -> bool:
        """Whether the host has to show that it lives, and does."""
        return self._hears_secs > 0 and not self._channel.over and not self._is_silent()

    def _is_silent(self) -> bool:
        return self._clock.now() - self._channel.heard_at > 2 * self._hears_secs

    @property
    def due(self) -> float | None:
        """When to look after both heart-beats again, None where there are none."""
        due = []
        if self._sends_secs:
            due.append(self._channel.sent_at + _SENDS_AFTER * self._sends_secs)
        if self._hears_secs:
            due.append(self._channel.heard_at + 2 * self._hears_secs)
        return min(due) if due else None

    def look(self) -> None:
        """Send a heart-beat if there was nothing else to send, and end it if none came. Never
        yields."""
        now = self._clock.now()
        idle = now - self._channel.sent_at >= _SENDS_AFTER * self._sends_secs
        if self._sends_secs and idle and not self._channel.unsent:
            self.post(stomp.HEART_BEAT)
        if self._hears_secs and self._is_silent():
            self.catch_up()
            if self._is_silent():
                secs = f"{now - self._channel.heard_at:.0f} s"
                self.end(Trouble(Miss.TIMEOUT, f"no sign of life for {secs}"))

    def _take(self, data: bytes) -> None:
        if not data:
            self.end(Trouble(Miss.NETWORK, self._closed_how()))
            return
        try:
            for frame in self._frames.feed(data):
                self._on_frame(frame)
        except WireError as error:
            self.end(Trouble(Miss.DECODE, str(error)))
        if self._frames.broken is not None:
            self.end(Trouble(Miss.DECODE, str(self._frames.broken)))

    def _closed_how(self) -> str:
        if self._frames.unfinished:
            return f"closed by the host in mid-frame, {self._frames.held_bytes} bytes into it"
        return "closed by the host"
