"""One HTTP client on a connection that is kept: XML-RPC where the host has it, and the agent."""

from collections.abc import Callable
from typing import NamedTuple

from vurti.clock import Clock
from vurti.simulator import xmlrpc
from vurti.simulator.agent import BEAT_SECS, PATH, STREAM, Agent
from vurti.simulator.connection import Connection
from vurti.simulator.daemon import TOO_MANY_TASKS, Daemon
from vurti.simulator.faults import FaultKind
from vurti.simulator.tasks import Tasks

IDLE_SECS = 60.0
_HEAD_BYTES_MAX = 65536
_BODY_BYTES_MAX = 4 * 1024 * 1024
_REASONS = {200: "OK", 400: "Bad request", 404: "Not Found", 411: "Length Required",
            413: "Content Too Large", 501: "Unsupported method",
            304: "Not Modified", 503: "Service Unavailable"}  # fmt: skip
_JSON = "application/json"
_STREAM_HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {STREAM}\r\nConnection: close\r\n\r\n".encode()


class Head(NamedTuple):
    """The first line of a request and its headers, names in lower case."""

    method: str
    path: str
    version: str
    headers: dict[str, str]

    @property
    def keeps(self) -> bool:
        """Whether the connection is to be used again."""
        said = self.headers.get("connection", "").lower()
        return said == "keep-alive" if self.version == "HTTP/1.0" else said != "close"


class HttpPeer:
    """Serves the requests of one connection, one after the other."""

    def __init__(
        self, connection: Connection, daemon: Daemon, tasks: Tasks, clock: Clock,
        follow: Callable[[Connection], None],
    ) -> None:  # fmt: skip
        self._connection = connection
        self._daemon = daemon
        self._tasks = tasks
        self._agent = Agent(daemon)
        self._follow = follow
        self._held = b""
        self._replied = clock.signal()
        connection.when_gone(self._replied.set)

    def serve(self, data: bytes) -> None:
        """Serve until either side ends it; `data` is what came already."""
        self._held = data
        while (head := self._head()) is not None and self._answer(head):
            pass
        self._connection.end()

    def _answer(self, head: Head) -> bool:
        """Answer one request; False where the connection is to end."""
        path, _, query = head.path.partition("?")
        if head.method == "GET" and path == PATH:
            return self._tell(query, head)
        known = self._daemon.dialect.xmlrpc and path in ("/RPC2", "/")
        if head.method != "POST" or not known:
            return self._refuse(404 if head.method == "POST" else 501, head)
        length = head.headers.get("content-length", "")
        if not length.isdecimal() or len(length) > 9:
            return self._refuse(411, head, False)
        if int(length) > _BODY_BYTES_MAX:
            return self._refuse(413, head, False)
        body = self._body(int(length))
        return body is not None and self._work(body, head)

    def _work(self, body: bytes, head: Head) -> bool:
        def task() -> None:
            self._reply(xmlrpc.answer(self._daemon, body, self._connection.peer), head)

        if not self._done(task):
            self._reply(xmlrpc.refusal(*TOO_MANY_TASKS), head)
        return head.keeps and not self._connection.gone

    def _tell(self, query: str, head: Head) -> bool:
        """What the agent says, or all that it will say."""
        if "follow=1" in query.split("&"):
            self._connection.send(_STREAM_HEAD)
            self._connection.beat(BEAT_SECS)
            self._follow(self._connection)
            while self._connection.read():
                pass
            return False

        def task() -> None:
            told, etag = self._agent.answer(query)
            if head.headers.get("if-none-match") == etag:
                self._connection.send(response(304, b"", head.keeps, _JSON, etag))
            else:
                self._reply(told, head, _JSON, etag)

        if not self._done(task):
            self._connection.send(response(503, b"Too many tasks", head.keeps, "text/plain"))
        return head.keeps and not self._connection.gone

    def _done(self, task: Callable[[], None]) -> bool:
        """Wait until it has been worked on; False where there are too many."""

        def work() -> None:
            task()
            self._replied.set()

        self._replied.clear()
        taken = self._tasks.take(work)
        if taken:
            self._replied.wait()
        return taken

    def _reply(self, told: bytes, head: Head, kind: str = "text/xml", etag: str = "") -> None:
        faults = self._daemon.faults
        if not faults.has(FaultKind.MUTE):
            whole = response(200, faults.content(told), head.keeps, kind, etag)
            self._connection.send(faults.wire(whole))

    def _refuse(self, status: int, head: Head, keeps: bool = True) -> bool:
        """What was not read stays in the way of the next request, as with real hosts."""
        keeps = keeps and head.keeps
        self._connection.send(response(status, _REASONS[status].encode(), keeps, "text/plain"))
        return keeps

    def _head(self) -> Head | None:
        while b"\r\n\r\n" not in self._held:
            more = self._connection.read(IDLE_SECS) if len(self._held) < _HEAD_BYTES_MAX else b""
            if not more:
                return None
            self._held += more
        head, self._held = self._held.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/"):
            self._connection.send(response(400, b"Bad request syntax", False, "text/plain"))
            return None
        pairs = (line.partition(":")[::2] for line in lines)
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        return Head(words[0], words[1], words[2], headers)

    def _body(self, length: int) -> bytes | None:
        while len(self._held) < length:
            more = self._connection.read(IDLE_SECS)
            if not more:
                return None
            self._held += more
        body, self._held = self._held[:length], self._held[length:]
        return body


def response(
    status: int, body: bytes, keeps: bool, kind: str = "text/xml", etag: str = ""
) -> bytes:
    """A whole response."""
    tag = f"ETag: {etag}\r\n" if etag else ""
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nServer: vdsm-simulated\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n{tag}"
        f"Connection: {'keep-alive' if keeps else 'close'}\r\n\r\n"
    )
    return head.encode() + body
