"""An HTTP receiver of CloudEvents for tests: a real socket, threads of its own, seeded faults.

    with Receiver(seed=7, faults={"error": 0.1, "cut": 0.1, "hang": 0.02}) as receiver:
        ...  # a sink posts to receiver.url
    assert receiver.problems == []
    assert list(receiver.unique) == [...]

It shares no code with vurti, so that no mistake is on both sides. It takes single events and
batches, verifies signatures where it has the secret, dedupes by id, and notes as problems: an id
with two contents, a thing told out of order, a signature or body that is wrong.
"""

import base64
import hashlib
import hmac
import json
import random
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.waiting import wait_for

FAULTS = ("error", "busy", "drop", "hang", "cut", "half")
"""error: 500, nothing taken. busy: 429 with Retry-After, nothing taken. drop: closes before it has
read. hang: reads and never answers, nothing taken. cut: takes all, closes without an answer. half:
takes all, closes in the middle of its answer."""
TOLERANCE_SECS = 300
Told = dict[str, Any]


class Receiver:
    """Listens from construction on. All counters and lists may be read while it runs."""

    def __init__(
        self,
        seed: int = 0,
        faults: Mapping[str, float] | None = None,
        secret: str | None = None,
        unreadable: Callable[[Told], bool] = lambda _told: False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`faults` are shares of the requests; `unreadable` says which events are answered with
        400, and with them their batch. `secret` is the text that the sink has. With `context` it
        speaks TLS."""
        assert set(faults or ()) <= set(FAULTS)
        self.faults = dict(faults or {})
        self.secret, self.unreadable = secret, unreadable
        self.requests = self.batches = 0
        self.done: Counter[str] = Counter()  # what became of requests: a fault, "ok", "bad"
        self.told: list[Told] = []  # each event as it came, again where it came again
        self.unique: dict[str, Told] = {}  # each event once, in the order of first coming
        self.problems: list[str] = []
        self._last: dict[tuple[str, str], int] = {}
        self._dice, self._lock = random.Random(seed), threading.Lock()
        self._ended = threading.Event()
        self._port, self._context = 0, context
        self._server: ThreadingHTTPServer | None = None
        self.up()

    @property
    def url(self) -> str:
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://127.0.0.1:{self._port}/hook"

    def up(self) -> None:
        """Listen, at the port that it had before."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), _Hook)
            self._server.receiver = self  # type: ignore[attr-defined] # for its requests
            self._port = self._server.server_address[1]
            if self._context is not None:
                raw = self._server.socket
                self._server.socket = self._context.wrap_socket(raw, server_side=True)
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def down(self) -> None:
        """Nobody is there: connections are refused, and what hangs is let go."""
        if self._server is not None:
            self._ended.set()
            self._server.shutdown()
            self._server.server_close()
            self._server, self._ended = None, threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def of(self, subject: str) -> list[Told]:
        """What was told of one thing ("vm/ID", "host/ID"), each once."""
        return [one for one in list(self.unique.values()) if one.get("subject") == subject]

    def wait_for(self, condition: Callable[[], object], what: str, secs: float = 30) -> None:
        """Until it holds; an AssertionError says what never came, and what was wrong."""
        wait_for(condition, what, secs, but=lambda: self)

    def __repr__(self) -> str:
        done = dict(self.done)
        return f"Receiver({len(self.unique)} events, {done}, problems: {self.problems[:5]})"

    # What follows is called by the threads of requests.

    def fault(self) -> str:
        """Which fault this request has, "" for none."""
        with self._lock:
            self.requests += 1
            rolled = self._dice.random()
        for name, share in self.faults.items():
            rolled -= share
            if rolled < 0:
                return name
        return ""

    def hang(self) -> None:
        self._ended.wait(60)

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status to answer with; 2xx once all of it was taken."""
        with self._lock:
            events = self._read(headers, body)
            if events is None or any(self.unreadable(one) for one in events):
                return 400
            self.batches += 1
            for one in events:
                self._take(one)
            return 204

    def _read(self, headers: Mapping[str, str], body: bytes) -> list[Told] | None:
        if self.secret is not None and not verified(self.secret, headers, body):
            self.problems.append("a signature that is wrong")
            return None
        kind = headers.get("Content-Type", "").partition(";")[0]
        try:
            told = json.loads(body)
        except ValueError as error:
            self.problems.append(f"no JSON: {error}")
            return None
        batch = kind == "application/cloudevents-batch+json"
        if not batch and kind != "application/cloudevents+json":
            self.problems.append(f"content type {kind!r}")
            return None
        return told if batch else [told]

    def _take(self, one: Told) -> None:
        self.told.append(one)
        known = self.unique.get(one["id"])
        if known is not None:
            if known != one:
                self.problems.append(f"id {one['id']} with two contents: {known} and {one}")
            return
        self.unique[one["id"]] = one
        data = one.get("data")
        seq = data.get("seq") if isinstance(data, dict) else None
        if seq is not None and not str(one["type"]).endswith("Known"):
            self._check_order((one["source"], one["subject"]), seq, one)

    def _check_order(self, thing: tuple[str, str], seq: int, one: Told) -> None:
        last = self._last.get(thing, 0)
        if seq <= last:
            self.problems.append(f"{thing}: seq {seq} came behind {last}: {one['id']}")
        self._last[thing] = max(last, seq)


def verified(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """As https://www.standardwebhooks.com says: HMAC-SHA256 over id, timestamp and body."""
    id_, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdigit() or abs(time.time() - int(at)) > TOLERANCE_SECS:
        return False
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    made = hmac.new(key, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(made).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(wanted, one) for one in given)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Clients that went away are what this is for."""


class _Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined] # put there
        fault = receiver.fault()
        if fault == "drop":
            return self._close(receiver, fault)
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # its sender died in the middle of it
            return self._close(receiver, "gone")
        if fault == "hang":
            receiver.hang()
            return self._close(receiver, fault)
        if fault in ("error", "busy"):
            receiver.done[fault] += 1
            return self._answer(500 if fault == "error" else 429, fault == "busy")
        status = receiver.take(self.headers, body)
        if status == 204 and fault == "half":
            self.wfile.write(b"HTTP/1.1 20")
        if status == 204 and fault in ("cut", "half"):
            return self._close(receiver, fault)
        receiver.done["ok" if status == 204 else "bad"] += 1
        return self._answer(status)

    def _answer(self, status: int, retry_after: bool = False) -> None:
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _close(self, receiver: Receiver, fault: str) -> None:
        receiver.done[fault] += 1
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Quiet."""
