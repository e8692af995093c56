"""One STOMP client, from its CONNECT to its end."""

from collections.abc import Callable

from vurti.clock import Clock
from vurti.simulator import stomp
from vurti.simulator.broker import LOCAL_REPLIES, LOCAL_REQUESTS, REPLIES, REQUESTS, Broker, Route
from vurti.simulator.connection import Connection
from vurti.simulator.daemon import Daemon
from vurti.simulator.faults import Wire

_BEAT_MS_MIN = 1000


class StompPeer:
    """Serves the frames of one connection in their order. `silence_secs` is how much longer than it
    promised a client may be silent."""

    def __init__(
        self, connection: Connection, daemon: Daemon, broker: Broker, clock: Clock,
        silence_secs: float,
    ) -> None:  # fmt: skip
        self.address = connection.peer
        self._connection = connection
        self._daemon = daemon
        self._broker = broker
        self._clock = clock
        self._silence_secs = silence_secs
        self._heard_within: float | None = None
        self._frames = stomp.Frames()
        self._ended = False

    def hear(self, wire: Wire) -> None:
        """Queue a frame; see Listener."""
        self._connection.send(wire)

    def serve(self, data: bytes) -> None:
        """Serve until either side ends it; `data` is what came already."""
        try:
            while data and not self._ended:
                for frame in self._frames.feed(data):
                    self._take(frame)
                if not self._ended:
                    data = self._connection.read(self._heard_within)
        except stomp.FrameError:
            pass  # hosts hang up without a word
        finally:
            self._broker.unsubscribe(self)
        if not self._ended:
            self._connection.close()

    def _take(self, frame: stomp.Frame) -> None:
        if self._ended:
            return
        act = _COMMANDS.get(frame.command)
        if act is None:
            raise stomp.FrameError(f"no command {frame.command}")
        act(self, frame)

    def connect(self, frame: stomp.Frame) -> None:
        """Agree on the version and on the heart-beats."""
        if frame.headers.get("accept-version") != "1.2":
            self.hear(Wire(stomp.error("Version unsupported")))
            return
        promised, wanted = _beats(frame.headers.get("heart-beat", "0,0"))
        ours, theirs = (max(one, _BEAT_MS_MIN) if one else 0 for one in (wanted, promised))
        headers = (("version", "1.2"), ("heart-beat", f"{ours},{theirs}"))
        self.hear(Wire(stomp.frame("CONNECTED", headers)))
        self._connection.beat(ours / 1000 if ours else None)
        self._heard_within = theirs / 1000 + self._silence_secs if theirs else None

    def subscribe(self, frame: stomp.Frame) -> None:
        """Listen from now on. Where there are only the old queues, nothing is heeded."""
        if not self._daemon.dialect.jms:
            return
        destination, id = frame.headers.get("destination"), frame.headers.get("id")
        if not destination or not id:
            self.hear(Wire(stomp.error("Missing destination or subscription id header")))
        elif not self._broker.subscribe(destination, self, id):
            self.hear(Wire(stomp.error("Subscription id already exists")))

    def unsubscribe(self, frame: stomp.Frame) -> None:
        """Listen no more."""
        if not self._daemon.dialect.jms:
            return
        id = frame.headers.get("id")
        if not id:
            self.hear(Wire(stomp.error("Missing id header")))
        elif not self._broker.unsubscribe(self, id):
            self.hear(Wire(stomp.error("No such subscription")))

    def send(self, frame: stomp.Frame) -> None:
        """A call, or a word to other clients."""
        destination = frame.headers.get("destination", "")
        dialect = self._daemon.dialect
        if dialect.local_queues and (not dialect.jms or destination == LOCAL_REQUESTS):
            self._broker.call(frame.body, self._back, self._back, self.address)
        elif any(destination == one or destination.startswith(f"{one}.") for one in REQUESTS):
            reply_to = frame.headers.get("reply-to")
            self._broker.call(frame.body, self._route(reply_to), self._lost, self.address)
        else:
            self._broker.forward(destination, frame.body)

    def disconnect(self, frame: stomp.Frame) -> None:
        """Say good-bye: with a receipt if one was asked for, else at once and with no more word."""
        self._ended = True
        receipt = frame.headers.get("receipt")
        if receipt is None:
            self._connection.close()
        else:
            self.hear(Wire(stomp.frame("RECEIPT", (("receipt-id", receipt),))))
            self._connection.end()

    def _route(self, reply_to: str | None) -> Route:
        def bring(body: bytes) -> None:
            if reply_to is None or not self._broker.deliver(reply_to, body):
                self._broker.unheard_replies += 1

        return bring

    def _lost(self, body: bytes) -> None:
        if not self._broker.deliver(REPLIES, body):
            self._broker.unheard_replies += 1

    def _back(self, body: bytes) -> None:
        """As hosts of 3.5 do: to the connection that asked, whether it subscribed or not."""
        faults = self._daemon.faults
        self.hear(faults.wire(stomp.message(LOCAL_REPLIES, None, faults.content(body))))


def _beats(text: str) -> tuple[int, int]:
    """What the client promises to send and wants to get, in ms; what is no number is 0."""
    first, _, second = text.partition(",")
    given, wanted = (
        int(one) if one.isdecimal() and len(one) < 10 else 0 for one in (first, second)
    )
    return given, wanted


_COMMANDS: dict[str, Callable[[StompPeer, stomp.Frame], None]] = {
    "CONNECT": StompPeer.connect,
    "SEND": StompPeer.send,
    "SUBSCRIBE": StompPeer.subscribe,
    "UNSUBSCRIBE": StompPeer.unsubscribe,
    "DISCONNECT": StompPeer.disconnect,
}
