"""Clients that are not ours: STOMP by hand-written bytes, and Python's own XML-RPC."""

import json
import ssl
import xmlrpc.client
from collections.abc import Callable
from typing import Any, TypeVar

from gevent import socket

from vurti.clock.gevent_clock import GeventClock

_T = TypeVar("_T")
SECS = 10.0

CONNECT = b"CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0"
REQUESTS = "jms.topic.vdsm_requests"
EVENTS = "jms.queue.events"
LOCAL = "/queue/_local/vdsm/requests"


class Stomp:
    """A socket, and the frames that came out of it cut by nothing but their NUL: no body of a host
    has one. Every wait ends after ten seconds."""

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext | None = None) -> None:
        self.sock: Any = socket.create_connection(address, SECS)
        if context is not None:
            self.sock = context.wrap_socket(self.sock, do_handshake_on_connect=False)
            try:
                self.sock.do_handshake()
            except OSError:
                self.sock.close()
                raise
        self.sock.settimeout(SECS)
        self._held = b""

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def connect(self) -> "Stomp":
        self.send(CONNECT)
        assert self.frame()[0] == "CONNECTED"
        return self

    def subscribe(self, destination: str, id: str) -> None:
        self.send(f"SUBSCRIBE\ndestination:{destination}\nid:{id}\nack:auto\n\n\0".encode())

    def ask(
        self, method: str, id: str = "1", reply_to: str | None = "mine", to: str = REQUESTS,
        params: object = None,
    ) -> None:  # fmt: skip
        request = {"jsonrpc": "2.0", "method": method, "params": params or {}, "id": id}
        self.say(json.dumps(request), reply_to, to)

    def say(self, body: str, reply_to: str | None = "mine", to: str = REQUESTS) -> None:
        route = f"reply-to:{reply_to}\n" if reply_to else ""
        head = f"SEND\ndestination:{to}\n{route}content-type:application/json\n\n"
        self.send(f"{head}{body}\0".encode())

    def frame(self) -> tuple[str, dict[str, str], bytes]:
        """The next frame: command, headers, body. Raises EOFError where the host hung up."""
        while b"\0" not in self._held:
            more = self.sock.recv(65536)
            if not more:
                raise EOFError(self._held)
            self._held += more
        raw, self._held = self._held.split(b"\0", 1)
        head, _, body = raw.lstrip(b"\n").partition(b"\n\n")
        command, *lines = head.decode().split("\n")
        return command, dict(line.split(":", 1) for line in lines), body

    def answer(self) -> Any:
        """The JSON of the next frame."""
        return json.loads(self.frame()[2])

    def result(self, method: str, **asked: Any) -> Any:
        """Ask, and give what came back."""
        self.ask(method, **asked)
        return self.answer()["result"]

    def silent(self, secs: float = 0.3) -> bool:
        """Whether nothing comes for so long, be it a heart-beat."""
        self.sock.settimeout(secs)
        try:
            self._held += self.sock.recv(65536)
        except TimeoutError:
            return not self._held
        finally:
            self.sock.settimeout(SECS)
        return False

    def drained(self) -> bool:
        """Throw away what has come; whether nothing more comes for a second."""
        self._held = b""
        return self.silent(1.0)

    def ended_by(self) -> str:
        """How the host ended it: "eof" or "reset"."""
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionResetError:
            return "reset"
        return "eof"

    def close(self) -> None:
        self.sock.close()


def beside(function: Callable[..., _T], *arguments: object) -> _T:
    """Call something that blocks its thread, while the simulation goes on in this one."""
    worker = GeventClock().worker()
    try:
        return worker.run(function, *arguments)
    finally:
        worker.close()


def xml(url: str, verb: str, *params: object) -> Any:
    """What a host says to one call of Python's own client."""
    scheme, _, rest = url.partition("://")

    def call() -> Any:
        with xmlrpc.client.ServerProxy(f"{scheme.removeprefix('vdsm+')}://{rest}/RPC2") as client:
            return getattr(client, verb)(*params)

    return beside(call)
