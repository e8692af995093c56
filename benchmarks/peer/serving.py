"""The process in which prepared hosts answer: STOMP, and HTTP with JSON and XML, on one port."""

import asyncio
import json
import re
import ssl
from collections.abc import Callable
from ctypes import Array, c_uint64
from itertools import chain
from multiprocessing.connection import Connection
from typing import Any

from msgspec import Struct

from benchmarks.peer import book
from benchmarks.peer.book import Book
from benchmarks.peer.host import Host
from vurti.simulator.encoding import XML

WHOLE, BYTES, OTHER, CONNECTIONS = range(4)
"""Places of what is counted: answers about all VMs, bytes of all answers, other answers, and
connections made."""

Counted = Array[c_uint64]
BEAT_SECS = 2.0
_FIELD = {
    name: re.compile(rb"\n" + name.encode() + rb":([^\n]*)")
    for name in ("destination", "id", "reply-to", "receipt")
}
_METHOD = re.compile(rb'"method":"(?:Host|VM)\.(\w+)"')
_ID = re.compile(rb'"id":"([\w-]+)"')
_XML_METHOD = re.compile(rb"<methodName>(\w+)<")
_QUESTION = re.compile(rb"question=(\w+)")
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_CONNECTED = b"CONNECTED\nversion:1.2\nheart-beat:5000,5000\ncontent-length:0\n\n\0"


class Wanted(Struct, frozen=True):
    """What is to be served. `tls` names files: certificate and key."""

    port: int
    hosts: int
    vms: int
    changing: float
    tls: tuple[str, str] | None = None


class Served:
    """All hosts, found by the address on which somebody connects to them."""

    def __init__(self, wanted: Wanted, counted: Counted) -> None:
        self.wanted, self.counted = wanted, counted
        self._hosts: dict[str, Host] = {}
        self._books: dict[str, Book] = {}
        self.connections: set[Spoken] = set()

    def host(self, address: str) -> Host:
        """The one that lives at this address of the loopback."""
        if address not in self._hosts:
            _, high, middle, low = map(int, address.split("."))
            number = (high << 16) + (middle << 8) + low
            self._hosts[address] = Host(number, self.wanted.changing)
        return self._hosts[address]

    def book(self, name: str) -> Book:
        """One of the books, written when it is first asked for."""
        if name not in self._books:
            write: dict[str, Callable[[], Book]] = {
                "vdsm": lambda: book.vdsm(self.wanted.vms),
                "xml": lambda: book.vdsm(self.wanted.vms, XML),
                "vms": lambda: book.agent(self.wanted.vms, sampled=False),
                "vm_stats": lambda: book.agent(self.wanted.vms),
            }
            self._books[name] = write[name]()
        return self._books[name]

    def changes(self) -> list[tuple[str, bool, float]]:
        """Which VM was paused (or went on), and when it was first told: of all hosts."""
        return list(chain.from_iterable(host.told for host in self._hosts.values()))


class Spoken(asyncio.Protocol):
    """One connection, of which the first byte shows what is spoken."""

    def __init__(self, served: Served) -> None:
        self._served, self._held = served, b""
        self._subscribed: dict[bytes, bytes] = {}
        self._cut: Callable[[], bytes | None] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._host = self._served.host(transport.get_extra_info("sockname")[0])
        self._served.counted[CONNECTIONS] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._served.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if self._cut is None:
            stomp = self._held.startswith(b"CONNECT")
            self._cut = self._frame if stomp else self._request
            if stomp:
                self._served.connections.add(self)
        while (part := self._cut()) is not None:
            self._take(part)

    def beat(self) -> None:
        """Show that the host lives."""
        self._transport.write(b"\n")

    def _take(self, part: bytes) -> None:
        if part.startswith((b"GET", b"POST")):
            self._answer_http(part)
        elif part.startswith(b"SEND"):
            self._answer_call(part)
        elif part.startswith(b"CONNECT"):
            self._transport.write(_CONNECTED)
        elif part.startswith(b"SUBSCRIBE"):
            self._subscribed[_field(part, "destination")] = _field(part, "id")
        elif part.startswith(b"DISCONNECT"):
            receipt = _field(part, "receipt")
            self._transport.write(b"RECEIPT\nreceipt-id:%s\ncontent-length:0\n\n\0" % receipt)

    def _frame(self) -> bytes | None:
        frame, end, rest = self._held.partition(b"\0")
        if not end:
            return None
        self._held = rest
        return frame.lstrip(b"\n")

    def _request(self) -> bytes | None:
        head, end, rest = self._held.partition(b"\r\n\r\n")
        if not end:
            return None
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        if len(rest) < length:
            return None
        self._held = rest[length:]
        return head + end + rest[:length]

    def _answer_call(self, frame: bytes) -> None:
        method, id_ = _METHOD.search(frame), _ID.search(frame)
        queue = _field(frame, "reply-to")
        if id_ is None:
            return
        told = self._result(method[1].decode() if method else "", frame)
        body = b'{"jsonrpc":"2.0","id":"%s",%s}' % (id_[1], told)
        head = b"MESSAGE\ndestination:%s\ncontent-type:application/json\nsubscription:%s\n" % (
            queue, self._subscribed.get(queue, b"")
        )  # fmt: skip
        self._send(b"".join((head, b"content-length:%d\n\n" % len(body), body, b"\0")))

    def _result(self, method: str, frame: bytes) -> bytes:
        pages = self._served.book("vdsm")
        if method == "getAllVmStats":
            self._served.counted[WHOLE] += 1
            return b'"result":' + self._host.all_vms(pages)
        self._served.counted[OTHER] += 1
        told = self._host.named(pages, method)
        if method == "dumpxmls":
            told = self._xmls(pages, frame)
        if told is None:
            return b'"error":{"code":-32601,"message":"The method does not exist"}'
        return b'"result":' + told

    def _xmls(self, pages: Book, frame: bytes) -> bytes:
        asked = json.loads(frame.partition(b"\n\n")[2])["params"]["vmList"]
        xmls = {id_: self._host.named(pages, f"xml {int(id_[-12:], 16)}") for id_ in asked}
        told = b",".join(b'"%s":%s' % (id_.encode(), xml) for id_, xml in xmls.items() if xml)
        return b"{%s}" % told

    def _answer_http(self, request: bytes) -> None:
        question, method = _QUESTION.search(request), _XML_METHOD.search(request)
        if method is not None:
            told, kind = self._xml(method[1].decode()), b"text/xml"
        else:
            told, kind = self._json(question[1].decode() if question else ""), b"application/json"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        self._send(head % (kind, len(told)) + told)

    def _json(self, question: str) -> bytes:
        """`question` of the agent; none is vdsm's own answer about all, in JSON."""
        if question in ("vms", "vm_stats", ""):
            self._served.counted[WHOLE] += 1
            return self._host.all_vms(self._served.book(question or "vdsm"))
        self._served.counted[OTHER] += 1
        return self._host.named(self._served.book("vms"), question) or b"{}"

    def _xml(self, method: str) -> bytes:
        pages = self._served.book("xml")
        whole = method == "getAllVmStats"
        self._served.counted[WHOLE if whole else OTHER] += 1
        told = self._host.all_vms(pages) if whole else self._host.named(pages, method) or b""
        name = b"statsList" if whole else b"info"
        return _XML_ANSWER % (name, told)

    def _send(self, told: bytes) -> None:
        self._served.counted[BYTES] += len(told)
        self._transport.write(told)


_XML_ANSWER = (
    b"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>"
    b"<member><name>status</name><value><struct>"
    b"<member><name>code</name><value><int>0</int></value></member>"
    b"<member><name>message</name><value><string>Done</string></value></member>"
    b"</struct></value></member>"
    b"<member><name>%s</name>%s</member></struct></value>\n</param>\n</params>\n</methodResponse>\n"
)


def _field(frame: bytes, name: str) -> bytes:
    found = _FIELD[name].search(frame.partition(b"\n\n")[0])
    return found[1] if found else b""


def serve(wanted: Wanted, counted: Counted, line: Connection) -> None:
    """Serve until `line` is closed; each word on it is answered by the changes so far."""
    asyncio.run(_serve(Served(wanted, counted), line))


async def _serve(served: Served, line: Connection) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def heard() -> None:
        try:
            line.recv()
        except EOFError:
            over.set()
        else:
            line.send(served.changes())

    wanted = served.wanted
    secure = None
    if wanted.tls is not None:
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(*wanted.tls)
    served.book("vdsm")
    await loop.create_server(
        lambda: Spoken(served), "0.0.0.0", wanted.port, ssl=secure, backlog=4096
    )
    loop.add_reader(line.fileno(), heard)
    line.send("ready")
    while not over.is_set():
        for one in tuple(served.connections):
            one.beat()
        try:
            async with asyncio.timeout(BEAT_SECS):
                await over.wait()
        except TimeoutError:
            continue
