"""One live connection: calls matched to replies by serial, messages handed on, silence noticed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gevent import socket

from vurti.clock import Clock, Signal, Timeout
from vurti.model import Miss
from vurti.sources.channel import Channel
from vurti.sources.dial import Trouble
from vurti.sources.hearts import hearts_of
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.wire import libvirt_calls, libvirt_rpc
from vurti.wire.libvirt_calls import Call
from vurti.wire.libvirt_rpc import KeepAlive, Packet, Type
from vurti.wire.xdr import WireError

_CHUNK_BYTES = 65536
_FAREWELL_SECS = 0.2


class Refused(Trouble):
    """libvirt answered the call with an error; `code` is libvirt's own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(Miss.BAD_REPLY, f"libvirt refused: {message} (error {code})")
        self.code = code


@dataclass
class _Asked:
    """A call that waits for its reply. `given_up` once nobody waits for it any more."""

    call: Call
    signal: Signal
    reply: Packet | None = None
    given_up: bool = False


@dataclass
class Traffic:
    """What went over all connections of an endpoint, as plain counts."""

    bytes_in: int = 0
    bytes_out: int = 0
    pushes: int = 0
    unreadable: int = 0


@dataclass(eq=False)
class Connection:
    """Owns a connected socket. Its pings are one of the hearts that are looked after.

    Calls go in lanes: a lane has one call under way at most, so that a host that leaves calls
    unanswered gathers as many of them as there are lanes, and no more.
    """

    sock: socket.socket
    clock: Clock
    options: LibvirtOptions
    on_message: "Callable[[Connection, Packet], None]"
    traffic: Traffic
    trouble: Trouble | None = None
    _asked: dict[int, _Asked] = field(default_factory=dict)
    _lanes: dict[str, _Asked] = field(default_factory=dict)
    _over: Callable[[], None] | None = None
    _serial: int = 0
    _unanswered: int = 0
    _pinged_at: float = 0.0
    _owes_pong: bool = False

    def __post_init__(self) -> None:
        self._frames = libvirt_rpc.Frames(self.options.reply_bytes_max)
        self._channel = Channel(self.sock, self.clock, self.traffic, self._take, self._tell)
        self._hearts = hearts_of(self.clock)
        self._channel.start()

    def watch(self) -> None:
        """From now on, find out by pings whether the host is still there."""
        self._hearts.add(self)

    @property
    def due(self) -> float:
        """When to ping it, or to give it up, unless it says something before."""
        last = max(self._channel.heard_at, self._pinged_at)
        return last + self.options.keepalive_secs

    def look(self) -> None:
        """A host that was silent is pinged, and lost after so many pings. Never yields."""
        secs, most = self.options.keepalive_secs, self.options.keepalive_unanswered_max
        if self._unanswered >= most:
            self._channel.catch_up()
        if self._unanswered >= most:
            reason = f"no sign of life, {most} pings in {most * secs:g} s unanswered"
            self.lose(Trouble(Miss.TIMEOUT, reason))
        elif not self._channel.unsent:
            self._channel.post(libvirt_rpc.keepalive(KeepAlive.PING))
        self._unanswered += 1
        self._pinged_at = self.clock.now()

    def attend(self, over: Callable[[], None]) -> None:
        """Call it once it is over."""
        if self.trouble is not None:
            over()
        else:
            self._over = over

    def call(self, call: Call, lane: str, until: float) -> bytes:
        """The payload of the reply. Raises Trouble where there is none by `until` (monotonic)."""
        self._wait_for(lane, until)
        if self.trouble is not None:
            raise self.trouble.again()
        asked = self._send(call, lane)
        if not asked.signal.wait(until):
            self._channel.catch_up()
        if not asked.signal.is_set():
            asked.given_up = True
            raise Trouble(Miss.TIMEOUT, f"no answer to {_name(call)} in time")
        if asked.reply is None:
            raise self._why_ended()
        return _payload(asked.reply)

    def _why_ended(self) -> Trouble:
        return self.trouble.again() if self.trouble else Trouble(Miss.NETWORK, "connection lost")

    def lose(self, trouble: Trouble) -> None:
        """End it for `trouble`; who waits for a reply is told. Never yields."""
        self._channel.end(trouble)

    def _tell(self, trouble: Trouble) -> None:
        self.trouble = trouble
        for asked in self._asked.values():
            asked.signal.set()
        self._asked.clear()
        self._lanes.clear()
        self._hearts.remove(self)
        over, self._over = self._over, None
        if over is not None:
            over()

    def close(self) -> None:
        """End it; a living host gets a good-bye."""
        polite = self.trouble is None
        self.lose(Trouble(Miss.NETWORK, "the endpoint was closed"))
        self._channel.stop()
        if polite:
            self._say_goodbye()
        self.sock.close()

    def _say_goodbye(self) -> None:
        """Let libvirtd end the connection: one that hangs up on its answer can crash libvirtd 9.0,
        which then cleans up after the client in two threads at once."""
        try:
            with self.clock.timeout(_FAREWELL_SECS):
                self.sock.sendall(libvirt_calls.pack(libvirt_calls.Close(), self._serial + 1))
                while self.sock.recv(_CHUNK_BYTES):
                    pass  # what it says now, nobody hears any more
        except (OSError, Timeout):
            pass  # it does not take leave; it will see the end of file

    def _wait_for(self, lane: str, until: float) -> None:
        while (busy := self._lanes.get(lane)) is not None:
            if busy.given_up or not busy.signal.wait(until):
                reason = f"{_name(busy.call)}, asked before, has not been answered yet"
                raise Trouble(Miss.TIMEOUT, reason)

    def _send(self, call: Call, lane: str) -> _Asked:
        self._serial += 1
        asked = _Asked(call, self.clock.signal())
        self._asked[self._serial] = self._lanes[lane] = asked
        self._channel.post(libvirt_calls.pack(call, self._serial))
        return asked

    def _take(self, data: bytes) -> None:
        if not data:
            self.lose(Trouble(Miss.NETWORK, self._closed_how()))
            return
        self._unanswered = 0
        try:
            for packet in self._frames.feed(data):
                self._handle(packet)
        except WireError as error:
            self.lose(Trouble(Miss.DECODE, str(error)))
        self._pong()
        if self._frames.broken is not None:
            self.lose(Trouble(Miss.DECODE, str(self._frames.broken)))

    def _closed_how(self) -> str:
        if self._frames.held_bytes:
            return f"closed by the host in mid-reply, {self._frames.held_bytes} bytes into it"
        return "closed by the host"

    def _handle(self, packet: Packet) -> None:
        if packet.program == libvirt_rpc.KEEPALIVE_PROGRAM:
            self._owes_pong = self._owes_pong or packet.procedure == KeepAlive.PING
        elif packet.program != libvirt_rpc.PROGRAM or packet.version != libvirt_rpc.VERSION:
            program = f"{packet.program:#x} version {packet.version}"
            raise WireError(f"a packet of program {program}, which is not libvirt's")
        elif packet.type == Type.REPLY:
            self._answer(packet)
        elif packet.type == Type.MESSAGE:
            self.on_message(self, packet)
        else:
            raise WireError(f"a packet of type {packet.type} has no place here")

    def _answer(self, packet: Packet) -> None:
        asked = self._asked.pop(packet.serial, None)
        if asked is None or libvirt_calls.procedure_of(asked.call) != packet.procedure:
            what = f"procedure {packet.procedure}, serial {packet.serial}"
            raise WireError(f"an answer to what nobody asked: {what}")
        for lane in [lane for lane, held in self._lanes.items() if held is asked]:
            del self._lanes[lane]
        asked.reply = packet
        asked.signal.set()

    def _pong(self) -> None:
        """Once for all pings of a piece, and none while one is still to be sent: a host that pings
        without reading gets one, not a heap."""
        pinged, self._owes_pong = self._owes_pong, False
        pong = libvirt_rpc.keepalive(KeepAlive.PONG)
        if pinged and pong not in self._channel.unsent:
            self._channel.post(pong)


def _payload(reply: Packet) -> bytes:
    if reply.status == 0:
        return reply.payload
    try:
        error = libvirt_rpc.remote_error(reply.payload)
    except WireError as wrong:
        raise Trouble(Miss.DECODE, f"an error that cannot be read: {wrong}") from None
    raise Refused(error.code, error.message)


def _name(call: Call) -> str:
    return type(call).__name__
