"""A host's STOMP side: who listens to what, and to where the answer of each call goes."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from vurti.simulator import jsonrpc, stomp
from vurti.simulator.daemon import TOO_MANY_TASKS, Daemon
from vurti.simulator.faults import FaultKind, Wire
from vurti.simulator.tasks import Tasks

EVENTS = "jms.queue.events"
REPLIES = "jms.topic.vdsm_responses"
"""Where answers go that belong to no call."""

REQUESTS = ("jms.topic.vdsm_requests", "jms.topic.vdsm_irs_requests")
LOCAL_REQUESTS = "/queue/_local/vdsm/requests"
LOCAL_REPLIES = "/queue/_local/vdsm/reponses"
"""The misspelling is that of the hosts."""


class Listener(Protocol):
    """One connection, as its host sees it."""

    address: str

    def hear(self, wire: Wire) -> None:
        """Queue a frame for it."""


class Subscription(NamedTuple):
    """One listener's wish, under the id that it chose."""

    listener: Listener
    id: str


Route = Callable[[bytes], None]
"""What brings an answer to whom it belongs."""


class Broker:
    """All that the connections of one host share. `waiting` is the one table of calls under way:
    who uses an id that another uses gets the other's answers, and the other none."""

    def __init__(self, daemon: Daemon, tasks: Tasks) -> None:
        self._daemon = daemon
        self._tasks = tasks
        self._subscriptions: dict[str, list[Subscription]] = {}
        self.waiting: dict[bytes, Route] = {}
        self.unheard_replies = 0
        self.muted = 0
        self.lost_events = 0
        self.events = 0

    def subscribe(self, destination: str, listener: Listener, id: str) -> bool:
        """False where the listener has that id in use already."""
        taken = any(
            one.listener is listener and one.id == id
            for subscriptions in self._subscriptions.values()
            for one in subscriptions
        )
        if not taken:
            self._subscriptions.setdefault(destination, []).append(Subscription(listener, id))
        return not taken

    def unsubscribe(self, listener: Listener, id: str | None = None) -> bool:
        """Forget one wish of a listener, or all; False where there was none."""
        kept: dict[str, list[Subscription]] = {}
        before = sum(map(len, self._subscriptions.values()))
        for destination, subscriptions in self._subscriptions.items():
            left = [
                one
                for one in subscriptions
                if one.listener is not listener or (id is not None and one.id != id)
            ]
            if left:
                kept[destination] = left
        self._subscriptions = kept
        return sum(map(len, kept.values())) < before

    def has_listeners(self) -> bool:
        """Whether anybody subscribed to events."""
        return EVENTS in self._subscriptions

    def call(self, body: bytes, route: Route, default: Route, peer: str) -> None:
        """A request came. `default` is where answers go that belong to no call."""
        request = jsonrpc.parse(body)
        if request is None:
            return
        if isinstance(request, bytes):
            default(request)
            return
        if request.id is not None:
            self.waiting[request.id] = route
        if not self._tasks.take(lambda: self._work(request, peer)) and request.id is not None:
            self._settle(request.id, jsonrpc.refusal(request.id, *TOO_MANY_TASKS))

    def deliver(self, destination: str, body: bytes) -> int:
        """Bring a body to each that subscribed to exactly that; how many there were."""
        subscriptions = self._subscriptions.get(destination, ())
        if not subscriptions:
            return 0
        body = self._daemon.faults.content(body)
        for one in tuple(subscriptions):
            frame = stomp.message(destination, one.id, body)
            one.listener.hear(self._daemon.faults.wire(frame))
        return len(subscriptions)

    def tell(self, event: bytes) -> None:
        """Say an event to all who want events, unless a fault loses it."""
        if self.loses():
            return
        self.events += 1
        for one in tuple(self._subscriptions.get(EVENTS, ())):
            one.listener.hear(Wire(stomp.message(EVENTS, one.id, event)))

    def loses(self) -> bool:
        """Whether a fault keeps what is to be said just now from being said."""
        faults = self._daemon.faults
        silent = faults.has(FaultKind.RECOVERING) or faults.has(FaultKind.HANG)
        lost = silent or faults.strikes(FaultKind.LOST)
        self.lost_events += lost
        return lost

    def forward(self, destination: str, body: bytes) -> None:
        """What a client says to other clients; who listens to a parent hears it too."""
        for wanted, subscriptions in tuple(self._subscriptions.items()):
            if destination == wanted or destination.startswith(f"{wanted}."):
                for one in subscriptions:
                    one.listener.hear(Wire(stomp.message(destination, one.id, body)))

    def _work(self, request: jsonrpc.Request, peer: str) -> None:
        told = jsonrpc.answer(self._daemon, request, peer)
        if self._daemon.faults.has(FaultKind.MUTE):
            self.muted += 1
        elif told is not None and request.id is not None:
            self._settle(request.id, told)

    def _settle(self, id: bytes, told: bytes) -> None:
        route = self.waiting.pop(id, None)
        if route is None:
            self.unheard_replies += 1
        else:
            route(told)
