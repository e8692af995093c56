"""An agent for tests, made of Python's own HTTP server: it answers what it is told to, remembers
what it was asked, and can be rude."""

import hashlib
import json
import queue
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Rude = Callable[[BaseHTTPRequestHandler], None]
END = object()


class Agent:
    """What it says: `hosts` by id, or one `host`. `rude` answers instead, where it is set."""

    def __init__(self) -> None:
        self.hosts: dict[str, Any] = {}
        self.host: dict[str, Any] | None = None
        self.body: bytes | None = None
        self.status = 200
        self.etags = True
        self.streams = True
        self.rude: Rude | None = None
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0
        self.listeners: list[queue.Queue[Any]] = []
        self.secure = False
        self.port = 0

    @property
    def url(self) -> str:
        return f"json+http{'s' if self.secure else ''}://localhost:{self.port}/fleet"

    def questions(self) -> list[str]:
        """The questions that were asked, in order."""
        return [
            parse_qs(urlsplit(path).query).get("question", [""])[0] for _, path, _ in self.asked
        ]

    def say(self, **line: Any) -> None:
        """Push a line to all who listen."""
        self.say_bytes(json.dumps(line).encode() + b"\n")

    def say_bytes(self, data: object) -> None:
        for listener in self.listeners:
            listener.put(data)

    def cut(self) -> None:
        """End the streams."""
        self.say_bytes(END)
        self.listeners.clear()

    def document(self) -> bytes:
        if self.body is not None:
            return self.body
        told = {"hosts": self.hosts} if self.host is None else {"host": self.host}
        return json.dumps({"version": 1, **told}).encode()


class Answering(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    agent: Agent

    def setup(self) -> None:
        self.agent.connections += 1
        super().setup()

    def do_GET(self) -> None:
        self.agent.asked.append(("GET", self.path, dict(self.headers)))
        if self.agent.rude is not None:
            self.agent.rude(self)
        elif "follow=1" in self.path:
            self.follow()
        else:
            self.answer()

    def answer(self) -> None:
        body = self.agent.document()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if self.agent.etags else None
        if etag and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        self.send_response(self.agent.status)
        if etag:
            self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def follow(self) -> None:
        if not self.agent.streams:
            self.answer()
            return
        lines: queue.Queue[Any] = queue.Queue()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        self.agent.listeners.append(lines)
        while (data := lines.get()) is not END:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        self.close_connection = True

    def handle(self) -> None:
        with suppress(OSError):  # whoever asked has gone
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def agent(tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Agent]:
    """An agent at a port of its own, until the end of the block."""
    made = Agent()
    handler = type("Handler", (Answering,), {"agent": made})
    server = ThreadingHTTPServer(("localhost", port), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        made.secure = True
    made.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    try:
        yield made
    finally:
        made.cut()
        server.shutdown()
        server.server_close()
        serving.join(5)
