"""One live connection: greets, calls, and matches replies by id; the rest is handed on."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from gevent import socket

from vurti.clock import Clock, Signal, Timeout
from vurti.model import Miss
from vurti.sources.dial import Trouble
from vurti.sources.hearts import hearts_of
from vurti.sources.vdsm.options import VdsmOptions
from vurti.sources.vdsm.stream import Stream
from vurti.sources.vdsm.traffic import Traffic
from vurti.wire import jsonrpc, stomp, vdsm_calls
from vurti.wire.error import WireError
from vurti.wire.jsonrpc import Notification, Reply
from vurti.wire.stomp import Frame
from vurti.wire.vdsm_calls import Call, Queues

_FAREWELL_SECS = 0.2
_PASSING = {99: Miss.RECOVERING, 1100: Miss.OVERLOADED}
_TEXT_CHARS_MAX = 200
_SELDOM = 6
"""Times as seldom as hosts do we show that we live: by that they let go of who has vanished without
a word, and take their time for it; and to tell thousands costs much."""
_LOST_MAX, _HOST_GIVES_UP_SECS = 4, 60.0
"""A host has eight workers, and takes from a call that hangs its worker after a minute."""


class Refused(Trouble):
    """The host answered the call with an error; `code` is vdsm's own."""

    def __init__(self, call: Call, error: jsonrpc.Error) -> None:
        reason = f"vdsm refused {vdsm_calls.name(call)}: {error.message} (code {error.code})"
        super().__init__(_PASSING.get(error.code, Miss.BAD_REPLY), reason)
        self.code = error.code


@dataclass
class _Asked:
    """A call that waits for its reply. `given_up_at` once nobody waits for it any more."""

    call: Call
    lane: str
    at: float
    signal: Signal
    reply: Reply | None = None
    flaw: str = ""
    given_up_at: float | None = None


class Connection:
    """Calls go in lanes: a lane has one call under way at most, so that a host that leaves calls
    unanswered gathers as many of them as there are lanes, and no more. `on_notification` gets None
    for what could not be read and may have been one; it may not yield."""

    def __init__(
        self,
        sock: socket.socket,
        clock: Clock,
        options: VdsmOptions,
        traffic: Traffic,
        on_notification: Callable[[Notification | None], None],
    ) -> None:
        self.trouble: Trouble | None = None
        self.queues = Queues("", "")
        self.replies_from = ""  # the queue that the last reply came from
        self.subscribed = False
        self._clock, self._options, self._traffic = clock, options, traffic
        self._on_notification = on_notification
        self._connected: Frame | None = None
        self._over: Callable[[], None] | None = None
        self._hearts = hearts_of(clock)
        self._greeted, self._receipt = clock.signal(), clock.signal()
        self._calls, self._asked = 0, dict[str, _Asked]()
        # A host keeps one table of ids for all its clients: ours look like a UUID, and are one that
        # is counted up.
        self._ids_begin = str(uuid4())[:-12]
        self._lanes: dict[str, _Asked] = {}
        self._unanswered_since: float | None = None  # the first question since the last answer
        self._lost_at: deque[float] = deque()  # when replies were given up
        size = options.frame_bytes_max
        self._stream = Stream(sock, clock, size, traffic, self._on_frame, self.lose)

    @property
    def greeted(self) -> bool:
        """Whether the host has said that we are connected."""
        return self._connected is not None

    @property
    def pushing(self) -> bool:
        """Whether events are subscribed to, and the host's heart beats."""
        return self.trouble is None and self.subscribed and self._stream.beating

    def greet(self, until: float) -> None:
        """Be connected, which is not before the host says so: a host that does not like our
        certificate may have let TLS succeed. Raises Trouble."""
        secs = self._options.heartbeat_secs
        self._stream.post(vdsm_calls.connect(_SELDOM * secs, secs))
        if not self._wait(self._greeted, until):
            raise Trouble(Miss.TIMEOUT, "the host does not greet us")
        if self._connected is None:
            why = self.trouble or Trouble(Miss.NETWORK, "connection lost")
            raise Trouble(why.kind, f"{why.reason}, before it greeted us")
        self._agree(self._connected)

    def _agree(self, connected: Frame) -> None:
        version = connected.headers.get("version", "")
        if version != stomp.VERSION:
            raise Trouble(Miss.BAD_REPLY, f"the host speaks STOMP {version[:40]!r}, not 1.2")
        try:
            sends, wants = stomp.heart_beat(connected.headers)
        except WireError as error:
            raise Trouble(Miss.DECODE, str(error)) from None
        secs = self._options.heartbeat_secs
        shows = max(_SELDOM * secs, wants) if wants else 0.0
        self._stream.beat(shows, max(secs, sends) if sends else 0.0)

    def start(self) -> None:
        """From now on it is read also while nobody waits for anything."""
        self._stream.start()

    def _wait(self, signal: Signal, until: float) -> bool:
        """Before the start whoever waits reads by himself: to be woken by another task costs turns
        of the loop, of which there are few while a whole fleet connects."""
        if self._stream.started:
            if not signal.wait(until):
                self._stream.catch_up()
            return signal.is_set()
        with suppress(Timeout), self._clock.timeout(until - self._clock.now()):
            while self.trouble is None and not signal.is_set():
                self._stream.take_some()
        return signal.is_set()

    def listen(self, destination: str) -> None:
        """Subscribe, under an id that nobody else has."""
        self._stream.post(vdsm_calls.subscribe(destination, str(uuid4())))

    def call(self, call: Call, lane: str, until: float) -> Reply:
        """The reply, which has a result. Raises Trouble where there is none by `until`."""
        self._wait_for(lane, until)
        if self.trouble is not None:
            raise self.trouble.again()
        asked = self._send(call, lane)
        try:
            self._wait(asked.signal, until)
        finally:  # also where whoever asks is ended from outside
            if not asked.signal.is_set():
                asked.given_up_at = self._clock.now()
        return self._reply_to(asked)

    def _reply_to(self, asked: _Asked) -> Reply:
        if asked.given_up_at is not None:
            raise Trouble(Miss.TIMEOUT, f"no answer to {vdsm_calls.name(asked.call)} in time")
        if asked.flaw:
            raise Trouble(Miss.DECODE, asked.flaw)
        if asked.reply is None:
            raise self.trouble.again() if self.trouble else Trouble(Miss.NETWORK, "lost")
        if asked.reply.error is not None:
            raise Refused(asked.call, asked.reply.error)
        return asked.reply

    def attend(self, over: Callable[[], None]) -> None:
        """Look after both heart-beats until it is over, and call that then."""
        if self.trouble is not None:
            over()
            return
        self._over = over
        self._hearts.add(self._stream)

    def lose(self, trouble: Trouble) -> None:
        """End it for `trouble`; who waits is told. Never yields."""
        if self.trouble is None:
            self.trouble = trouble
        for asked in self._asked.values():
            asked.signal.set()
        self._asked.clear()
        self._lanes.clear()
        self._greeted.set()
        self._receipt.set()
        self._hearts.remove(self._stream)
        over, self._over = self._over, None
        if over is not None:
            over()

    def close(self) -> None:
        """End it; a host that answers gets a good-bye, and a moment to take leave."""
        polite = self.trouble is None and self._connected is not None and not self._has_doubts()
        if polite:
            self.trouble = Trouble(Miss.NETWORK, "the endpoint was closed")
            self._stream.post(vdsm_calls.disconnect(str(uuid4())))
            self._receipt.wait(self._clock.now() + _FAREWELL_SECS)
        self.lose(Trouble(Miss.NETWORK, "the endpoint was closed"))
        self._stream.close()

    def _has_doubts(self) -> bool:
        return any(asked.given_up_at is not None for asked in self._asked.values())

    def _wait_for(self, lane: str, until: float) -> None:
        while (busy := self._lanes.get(lane)) is not None:
            if busy.given_up_at is not None and self._is_lost(busy):
                self._forget(busy)
            elif busy.given_up_at is not None or not busy.signal.wait(until):
                reason = f"{vdsm_calls.name(busy.call)}, asked before, has not been answered yet"
                raise Trouble(Miss.TIMEOUT, reason)

    def _is_lost(self, asked: _Asked) -> bool:
        """Whether to ask the same again. What a host does not answer may keep it busy: of such it
        gets a few at most, and further ones as it gives those up by itself."""
        now = self._clock.now()
        if now - asked.at < self._options.reply_lost_secs:
            return False
        while self._lost_at and now - self._lost_at[0] >= _HOST_GIVES_UP_SECS:
            self._lost_at.popleft()
        return len(self._lost_at) < _LOST_MAX or self._is_dead()

    def _is_dead(self) -> bool:
        """Nothing was answered for so long that another question would have been as well."""
        since = self._unanswered_since
        return since is not None and self._clock.now() - since >= 2 * self._options.reply_lost_secs

    def _forget(self, asked: _Asked) -> None:
        """Hosts of 3.5 do not answer at all where they fail. But where nothing else is answered
        either, the fault may be the connection's, and a new one helps."""
        self._traffic.lost += 1
        self._lost_at.append(self._clock.now())
        self._asked = {id_: one for id_, one in self._asked.items() if one is not asked}
        del self._lanes[asked.lane]
        if self._is_dead():
            secs = f"{2 * self._options.reply_lost_secs:g} s"
            self._stream.end(Trouble(Miss.TIMEOUT, f"nothing was answered for {secs}"))

    def _send(self, call: Call, lane: str) -> _Asked:
        self._calls += 1
        id_ = f"{self._ids_begin}{self._calls:012x}"
        asked = _Asked(call, lane, self._clock.now(), self._clock.signal())
        self._asked[id_] = self._lanes[lane] = asked
        if self._unanswered_since is None:
            self._unanswered_since = asked.at
        self._stream.post(vdsm_calls.pack(call, id_, self.queues))
        return asked

    def _on_frame(self, frame: Frame) -> None:
        match frame.command:
            case "MESSAGE":
                self._on_message(frame)
            case "CONNECTED" if self._connected is None:
                self._connected = frame
                self._greeted.set()
            case "RECEIPT":
                self._receipt.set()
            case "ERROR" if self._connected is None:
                text = frame.body[:_TEXT_CHARS_MAX].decode("utf-8", "replace")
                self._stream.end(Trouble(Miss.BAD_REPLY, f"the host refused us: {text}"))
            case "ERROR":
                self._traffic.refusals += 1  # vdsm goes on after it, and so do we
            case command:
                raise WireError(f"{command} has no place here")

    def _on_message(self, frame: Frame) -> None:
        try:
            message = jsonrpc.read(frame.body)
        except WireError as error:
            self._on_unreadable(frame, str(error))
            return
        self._traffic.mended += message.mended
        if isinstance(message, Notification):
            self._on_notification(message)
        elif (asked := self._take_off(message.id or "")) is not None:
            self._unanswered_since = None
            self._traffic.late += asked.given_up_at is not None
            self.replies_from = frame.headers.get("destination", "")
            asked.reply = message
            asked.signal.set()
        else:
            self._traffic.strays += 1

    def _on_unreadable(self, frame: Frame, flaw: str) -> None:
        """Whose answer it was to be can often be told by the id in it. Where it came among replies
        without one, it answers all that are waited for: else those would wait for ever, and the
        host would not be asked again for so long. Elsewhere it may have been news."""
        self._traffic.unreadable += 1
        ids = [id_ for id_ in self._asked if id_.encode() in frame.body]
        if not ids and frame.headers.get("destination") != vdsm_calls.EVENTS:
            ids = list(self._asked)
        for asked in filter(None, [self._take_off(id_) for id_ in ids]):
            asked.flaw = flaw
            asked.signal.set()
        if not ids:
            self._on_notification(None)

    def _take_off(self, id_: str) -> _Asked | None:
        asked = self._asked.pop(id_, None)
        if asked is not None and self._lanes.get(asked.lane) is asked:
            del self._lanes[asked.lane]
        return asked
