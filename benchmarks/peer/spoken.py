"""What is spoken on one connection: STOMP, HTTP with JSON or XML, or the RPC of libvirt."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.peer import libvirt
from benchmarks.peer.book import Book
from benchmarks.peer.counted import BYTES, CONNECTIONS, OTHER, WHOLE

if TYPE_CHECKING:
    from benchmarks.peer.serving import Served

_FIELD = {
    name: re.compile(rb"\n" + name.encode() + rb":([^\n]*)")
    for name in ("destination", "id", "reply-to", "receipt")
}
_METHOD = re.compile(rb'"method":"(?:Host|VM)\.(\w+)"')
_ID = re.compile(rb'"id":"([\w-]+)"')
_XML_METHOD = re.compile(rb"<methodName>(\w+)<")
_QUESTION = re.compile(rb"question=(\w+)")
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
BEAT_SECS = 5.0
_CONNECTED = b"CONNECTED\nversion:1.2\nheart-beat:5000,5000\ncontent-length:0\n\n\0"


class Spoken(asyncio.Protocol):
    """One connection, of which the first byte shows what is spoken."""

    def __init__(self, served: "Served") -> None:
        self._served, self._held = served, b""
        self._subscribed: dict[bytes, bytes] = {}
        self._cut: Callable[[], bytes | None] | None = None
        self._said_at = float("-inf")

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._host = self._served.host(transport.get_extra_info("sockname")[0])
        self._served.counted[CONNECTIONS] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._served.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if self._cut is None:
            self._cut = self._spoken()
        while (part := self._cut()) is not None:
            self._take(part)

    def _spoken(self) -> Callable[[], bytes | None]:
        """What cuts it into what is asked, one after the other."""
        if self._held.startswith(b"CONNECT"):
            self._served.connections.add(self)
            return self._frame
        return self._packet if self._held.startswith(b"\0") else self._request

    def beat(self, idle_since: float) -> None:
        """Show that the host lives, as vdsm does: where nothing else was said since then (seconds
        of the event loop)."""
        if self._said_at <= idle_since:
            self._write(b"\n")

    def _take(self, part: bytes) -> None:
        if part.startswith(b"\0"):
            self._answer_packet(part)
        elif part.startswith((b"GET", b"POST")):
            self._answer_http(part)
        elif part.startswith(b"SEND"):
            self._answer_call(part)
        elif part.startswith(b"CONNECT"):
            self._write(_CONNECTED)
        elif part.startswith(b"SUBSCRIBE"):
            self._subscribed[_field(part, "destination")] = _field(part, "id")
        elif part.startswith(b"DISCONNECT"):
            receipt = _field(part, "receipt")
            self._write(b"RECEIPT\nreceipt-id:%s\ncontent-length:0\n\n\0" % receipt)

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

    def _packet(self) -> bytes | None:
        size = int.from_bytes(self._held[:4], "big")
        if len(self._held) < max(size, libvirt.CALL_BYTES):
            return None
        packet, self._held = self._held[:size], self._held[size:]
        return packet

    def _answer_packet(self, call: bytes) -> None:
        procedure = libvirt.procedure(call)
        if procedure != libvirt.ALL_STATS:
            self._served.counted[OTHER] += 1
            told = self._host.named(self._served.groups(libvirt.STATE), str(procedure)) or b""
        elif asked := libvirt.domains(call):
            self._served.counted[OTHER] += 1
            told = libvirt.about(asked, self._served.book("vcpus"))
        else:
            self._served.counted[WHOLE] += 1
            told = self._host.all_vms(self._served.groups(libvirt.groups(call)))
        self._send(libvirt.reply(call, told))

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
        return XML_ANSWER % (name, told)

    def _send(self, told: bytes) -> None:
        self._served.counted[BYTES] += len(told)
        self._write(told)

    def _write(self, told: bytes) -> None:
        self._said_at = asyncio.get_running_loop().time()
        self._transport.write(told)


XML_ANSWER = (
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
