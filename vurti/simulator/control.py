"""Live control: a small HTTP port on loopback that tells the truth and takes faults and stories.

GET  /truth    how hosts and VMs really are        GET /hosts    the URL of each host
GET  /counts   what the hosts have done so far     GET /calls    what they were asked, by name
POST /faults   {"kind": …, "hosts": [...], "share": …, "by": …, "secs": …}: which hosts it struck
POST /mend     {"kind": …, "hosts": [...]}, both may be left out
POST /stories  {"kind": …, "thing": …, "secs": …, …}, as of vurti.world.Story
POST /calm     nothing more happens by itself; what has begun comes to its end
POST /lively   things happen by themselves again
POST /networks {"host": …}: it gets one more network and says so
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from gevent.pywsgi import WSGIServer

from vurti.simulator.faults import Fault, FaultKind, SimulatorError
from vurti.simulator.simulator import Simulator
from vurti.world import Story

_BODY_BYTES_MAX = 65536
_LOOPBACK = "127.0.0.1"
Start = Callable[[str, list[tuple[str, str]]], object]


class _Mend(msgspec.Struct, forbid_unknown_fields=True):
    kind: FaultKind | None = None
    hosts: tuple[str, ...] = ()


class _Network(msgspec.Struct, forbid_unknown_fields=True):
    host: str


class Control:
    """Serves one simulator from `start` to `stop`; `port` 0 is one that the system chooses."""

    def __init__(self, simulator: Simulator, port: int = 0) -> None:
        self._simulator = simulator
        self._server = WSGIServer((_LOOPBACK, port), self._serve, log=None, error_log=None)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{_LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        """Open the port. Raises SimulatorError where that cannot be."""
        try:
            self._server.start()
        except OSError as error:
            raise SimulatorError(f"no control port: {error.strerror}: name another") from error

    def stop(self) -> None:
        """Close it."""
        self._server.stop(timeout=1)

    def _serve(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, told = self._answer(environ)
        body = msgspec.json.encode(told)
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, object]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        answer = _ROUTES.get((method, path))
        if answer is None:
            there = [f"{one} {where}" for one, where in _ROUTES]
            return "404 Not Found", {"error": f"no {method} {path}", "there_are": there}
        if method == "POST" and environ.get("CONTENT_TYPE") != "application/json":
            # What a page in a browser may send to loopback unasked is never of this type.
            return "415 Unsupported Media Type", {"error": "send application/json"}
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > _BODY_BYTES_MAX:
            return "413 Content Too Large", {"error": f"at most {_BODY_BYTES_MAX} bytes"}
        try:
            return "200 OK", answer(self._simulator, environ["wsgi.input"].read(int(length)))
        except (msgspec.MsgspecError, SimulatorError, ValueError) as error:
            return "400 Bad Request", {"error": str(error)}


def _fault(simulator: Simulator, body: bytes) -> object:
    return {"struck": simulator.fault(msgspec.json.decode(body, type=Fault))}


def _mend(simulator: Simulator, body: bytes) -> object:
    wanted = msgspec.json.decode(body or b"{}", type=_Mend)
    simulator.mend(wanted.kind, wanted.hosts)
    return {}


def _story(simulator: Simulator, body: bytes) -> object:
    simulator.do(msgspec.json.decode(body, type=Story))
    return {}


def _network(simulator: Simulator, body: bytes) -> object:
    simulator.change_network(msgspec.json.decode(body, type=_Network).host)
    return {}


def _calm(simulator: Simulator, body: bytes) -> object:
    simulator.world.lively = False
    return {}


def _lively(simulator: Simulator, body: bytes) -> object:
    simulator.world.lively = True
    return {}


_ROUTES: dict[tuple[str, str], Callable[[Simulator, bytes], object]] = {
    ("GET", "/truth"): lambda simulator, body: simulator.truth(),
    ("GET", "/hosts"): lambda simulator, body: {id: simulator.url(id) for id in simulator.hosts},
    ("GET", "/counts"): lambda simulator, body: simulator.counts(),
    ("GET", "/calls"): lambda simulator, body: simulator.calls(),
    ("POST", "/faults"): _fault,
    ("POST", "/mend"): _mend,
    ("POST", "/stories"): _story,
    ("POST", "/calm"): _calm,
    ("POST", "/lively"): _lively,
    ("POST", "/networks"): _network,
}
