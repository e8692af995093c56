"""A vdsm host written out by hand, byte by byte: it shares no code with what it tests."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gevent
from gevent import socket, ssl

Act = Callable[["Client", dict[str, Any]], object]
VM = "407cb255-34be-432c-be7c-eb43b8de82be"
UP = {"vmId": VM, "status": "Up", "vmName": "web", "statusTime": "2147483700"}
EVENTS = "jms.queue.events"


def frame(command: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [command, *(f"{key.replace('_', '-')}:{value}" for key, value in headers.items())]
    return "\n".join(lines).encode() + b"\ncontent-length:%d\n\n" % len(body) + body + b"\0"


class Client:
    """One connection to the host, and what came over it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.frames: list[tuple[str, dict[str, str], bytes]] = []
        self.heart_beats = 0
        self.subscribed: dict[str, str] = {}
        self.gone = False

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def message(self, destination: str, body: object) -> bytes:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"destination": destination, "content_type": "application/json"}
        if destination in self.subscribed:
            headers["subscription"] = self.subscribed[destination]
        return frame("MESSAGE", text, **headers)

    def answer(self, request: dict[str, Any], result: object) -> None:
        body = {"jsonrpc": "2.0", "id": request["id"], "result": result}
        self.send(self.message(request["reply-to"], body))

    def refuse(self, request: dict[str, Any], code: int, text: str = "no") -> None:
        error = {"code": code, "message": text}
        body = {"jsonrpc": "2.0", "id": request["id"], "error": error}
        self.send(self.message(request["reply-to"], body))

    def event(self, method: str, params: object) -> None:
        body = {"jsonrpc": "2.0", "method": method, "params": params}
        self.send(self.message(EVENTS, body))

    def commands(self) -> list[str]:
        return [command for command, _, _ in self.frames]


def returning(result: object) -> Act:
    return lambda client, request: client.answer(request, result)


def refusing(code: int, text: str = "no") -> Act:
    return lambda client, request: client.refuse(request, code, text)


def silent(client: Client, request: dict[str, Any]) -> None:
    """Never answer."""


class Vdsm:
    """Answers as a host does that has one VM; `on` says what to do for a method instead."""

    def __init__(
        self,
        on: dict[str, Act] | None = None,
        version: str = "1.2",
        heart_beat: str = "30000,1000",
    ) -> None:
        self.on: dict[str, Act] = {
            "Host.ping2": returning(True),
            "Host.getAllVmStats": returning([UP]),
            "VM.getStats": returning([UP]),
            "Host.getStats": returning({"memFree": 1024, "vmCount": 1}),
            "Host.getCapabilities": returning({"cpuModel": "Opteron", "memSize": "2048"}),
            "Host.dumpxmls": returning({VM: "<domain><devices/></domain>"}),
            "VM.getExternalData": returning({"hash": ""}),
            "Host.getHardwareInfo": returning({}),
            **(on or {}),
        }
        self.greeting = {"version": version, "heart_beat": heart_beat}
        self.clients: list[Client] = []
        self.asked: list[dict[str, Any]] = []
        self.tls: ssl.SSLContext | None = None
        self.url = ""

    def serve(self, sock: socket.socket) -> None:
        try:
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, True, do_handshake_on_connect=False)
                sock.do_handshake()
            client = Client(sock)
            self.clients.append(client)
            self._listen(client)
        except OSError:
            pass  # the client has gone
        finally:
            sock.close()

    def _listen(self, client: Client) -> None:
        held = b""
        while data := client.sock.recv(65536):
            held += data
            while held:
                if held[:1] == b"\n":
                    client.heart_beats += 1
                    held = held[1:]
                    continue
                text, ended, rest = held.partition(b"\0")
                if not ended:
                    break
                held = rest
                head, _, body = text.partition(b"\n\n")
                command, *lines = head.decode().split("\n")
                headers = dict(line.split(":", 1) for line in lines)
                client.frames.append((command, headers, body))
                self.on_frame(client, command, headers, body)
        client.gone = True

    def on_frame(self, client: Client, command: str, headers: dict[str, str], body: bytes) -> None:
        if command == "CONNECT":
            client.send(frame("CONNECTED", **self.greeting))
        elif command == "SUBSCRIBE":
            client.subscribed[headers["destination"]] = headers["id"]
        elif command == "DISCONNECT":
            client.send(frame("RECEIPT", receipt_id=headers["receipt"]))
        elif command == "SEND":
            request = json.loads(body)
            self.asked.append({**request, **headers})
            self.on.get(request["method"], silent)(client, self.asked[-1])

    def methods(self) -> list[str]:
        return [request["method"] for request in self.asked]


class Port:
    """A host on a port of its own, which can be shut and opened again."""

    def __init__(self, host: Vdsm, name: str = "127.0.0.1") -> None:
        self._host, self._port = host, 0
        self.open()
        scheme = "vdsm" if host.tls else "vdsm+tcp"
        self.url = host.url = f"{scheme}://{name}:{self._port}"

    def open(self) -> None:
        self._served: list[gevent.Greenlet] = []
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self._port))
        self._listener.listen()
        self._port = self._listener.getsockname()[1]
        self._accepting = gevent.spawn(self._accept, self._listener)

    def shut(self) -> None:
        """Nobody is there any more, and who was connected is cut off."""
        self._accepting.kill()
        gevent.killall(self._served)
        self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            self._served.append(gevent.spawn(self._host.serve, listener.accept()[0]))


@contextmanager
def serving(host: Vdsm, name: str = "127.0.0.1") -> Iterator[Vdsm]:
    """The host on a port of its own, until the end of the block."""
    port = Port(host, name)
    try:
        yield host
    finally:
        port.shut()
