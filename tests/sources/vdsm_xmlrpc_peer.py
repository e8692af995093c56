"""An independent peer: a host that answers by Python's own http.server and xmlrpc, in threads."""

import ssl
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

DONE = {"code": 0, "message": "Done"}
FIRST, SECOND, THIRD = (f"{digit * 8}-0000-4000-8000-{digit * 12}" for digit in "123")


def stats(vm: str, **fields: Any) -> dict[str, Any]:
    """A VM as hosts of oVirt 3.x tell it."""
    return {
        "vmId": vm,
        "status": "Up",
        "cpuUser": "1.44",
        "cpuSys": "0.06",
        "monitorResponse": "0",
        "pauseCode": "NOERR",
        "balloonInfo": {"balloon_max": 524288, "balloon_cur": 262144},
        "network": {"vnet0": {"name": "vnet0", "rxRate": "0.0", "txRate": "0.0"}},
        "disks": {"vda": {"readRate": "0.00", "apparentsize": "197120"}, "hdc": {}},
        "statsAge": "0.28",
        "appsList": [],
        "guestIPs": "",
        **fields,
    }


def written(value: Any) -> bytes:
    """A value as the body of an answer."""
    return xmlrpc.client.dumps((value,), methodresponse=True, encoding="utf-8").encode()


def done(**holds: Any) -> bytes:
    return written({"status": DONE, **holds})


def refused(code: int | str, message: str = "no") -> bytes:
    return written({"status": {"code": code, "message": message}})


Answer = Callable[[tuple[Any, ...]], bytes]
Act = Callable[["Exchange"], None]


@dataclass
class Host:
    """What the peer answers, and what it was asked. `act` answers instead, where it is set."""

    vms: list[dict[str, Any]] = field(default_factory=lambda: [stats(FIRST), stats(SECOND)])
    answers: dict[str, Answer] = field(default_factory=dict)
    act: Act | None = None
    asked: list[str] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    over: Event = field(default_factory=Event)
    url: str = ""

    def answer(self, verb: str, params: tuple[Any, ...]) -> bytes:
        own = self.answers.get(verb)
        if own is not None:
            return own(params)
        match verb:
            case "list":
                return done(
                    vmList=[{key: vm[key] for key in ("vmId", "status")} for vm in self.vms]
                )
            case "getAllVmStats":
                return done(statsList=self.vms)
            case "getVmStats":
                found = [vm for vm in self.vms if vm["vmId"] == params[0]]
                return done(statsList=found) if found else refused(1, "no such VM")
            case "getVdsStats":
                told = {"cpuUser": "0.25", "cpuSys": "0.09", "memFree": 6435, "vmCount": 2}
                return done(info={**told, "network": {}})
            case "getVdsCapabilities":
                return done(info={"cpuCores": "4", "memSize": "7855", "software_version": "4.10"})
            case "getVdsHardwareInfo":
                return done(info={"systemManufacturer": "IBM"})
        fault = xmlrpc.client.Fault(1, f"method {verb!r} is not supported")
        return xmlrpc.client.dumps(fault, methodresponse=True).encode()


class Exchange(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    host: Host

    def do_POST(self) -> None:
        self.host.connections.add(self.client_address[1])
        if self.host.act is not None:
            self.host.act(self)
        else:
            self.answer(self.host.answer(*self.call()))

    def call(self) -> tuple[str, tuple[Any, ...]]:
        """Read the body of the request: its verb and parameters."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        params, verb = xmlrpc.client.loads(body)
        self.host.asked.append(str(verb))
        return str(verb), params

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/xml", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The requests are in `asked`."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # who asked has gone


@contextmanager
def serving(context: ssl.SSLContext | None = None, **fields: Any) -> Iterator[Host]:
    """A host that answers until the end of the block, over TLS with a `context`."""
    host = Host(**fields)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def finish_request(self, request: Any, client_address: Any) -> None:
            if context is None:
                super().finish_request(request, client_address)
                return
            with suppress(OSError), context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)

        def shutdown_request(self, request: Any) -> None:
            self.close_request(request)  # without a polite end first, so that a test can reset

    server = Server(("127.0.0.1", 0), type("Bound", (Exchange,), {"host": host}))
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    scheme = "vdsm+http" if context is None else "vdsm+https"
    host.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    try:
        yield host
    finally:
        host.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
