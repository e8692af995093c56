"""How prepared hosts are asked for all their VMs by hand: the least that there is to do."""

import json
import struct
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

import gevent.ssl
from gevent import socket

CHUNK_BYTES = 1 << 20
STOMP_CONNECT = (
    b"CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0"
    b"SUBSCRIBE\ndestination:mine\nid:1\nack:auto\n\n\0"
)
STOMP_ASK = (
    b"SEND\ndestination:jms.topic.vdsm_requests\nreply-to:mine\n\n"
    b'{"jsonrpc":"2.0","method":"Host.getAllVmStats","params":{},"id":"1"}\0'
)
XML_CALL = b"<?xml version='1.0'?><methodCall><methodName>getAllVmStats</methodName></methodCall>"
XML_ASK = b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (
    len(XML_CALL), XML_CALL
)  # fmt: skip
JSON_ASK = b"GET /vurti?question=vms HTTP/1.1\r\nHost: x\r\n\r\n"
RPC_ASK = struct.pack(">IIIiIIIIII", 40, 0x20008086, 1, 344, 0, 1, 0, 0, 1, 0)
"""GetAllDomainStats of libvirt, the states alone."""


class Way(NamedTuple):
    """`whole` says whether all of an answer is there, `body` cuts what is to be read out of it."""

    greeting: bytes
    ask: bytes
    whole: Callable[[list[bytes]], bool]
    body: Callable[[bytes], bytes]


def _frame_is_whole(held: list[bytes]) -> bool:
    return held[-1].rstrip(b"\n").endswith(b"\0")  # heart-beats come in between


def _response_is_whole(held: list[bytes]) -> bool:
    head, _, body = held[0].partition(b"\r\n\r\n")
    length = int(head.rpartition(b"Content-Length: ")[2])
    return len(body) + sum(map(len, held[1:])) >= length


def _packet_is_whole(held: list[bytes]) -> bool:
    return sum(map(len, held)) >= int.from_bytes(held[0][:4], "big")


STOMP = Way(
    STOMP_CONNECT, STOMP_ASK, _frame_is_whole,
    lambda whole: whole[whole.index(b"\n\n") + 2 : whole.rindex(b"\0")],
)  # fmt: skip
HTTP_JSON = Way(b"", JSON_ASK, _response_is_whole, lambda whole: whole.partition(b"\r\n\r\n")[2])
HTTP_XML = HTTP_JSON._replace(ask=XML_ASK)
RPC = Way(b"", RPC_ASK, _packet_is_whole, lambda whole: whole[28:])
WAYS = {
    "vdsm": STOMP, "vdsm+tcp": STOMP, "json+http": HTTP_JSON, "json+https": HTTP_JSON,
    "vdsm+http": HTTP_XML, "vdsm+https": HTTP_XML, "qemu+tcp": RPC,
}  # fmt: skip


class Asked:
    """One connection to the host of a URL."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._way = WAYS[parts.scheme]
        sock = socket.create_connection((parts.hostname, parts.port))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        if parts.scheme in ("vdsm", "json+https", "vdsm+https"):
            context = gevent.ssl.SSLContext(gevent.ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, gevent.ssl.CERT_NONE
            sock = context.wrap_socket(sock)
        self._sock = sock
        if self._way.greeting:
            sock.sendall(self._way.greeting)
            sock.recv(CHUNK_BYTES)

    def answer(self, ask: bytes = b"") -> bytes:
        """The body of the next answer, to this or to the question about all VMs."""
        self._sock.sendall(ask or self._way.ask)
        held = [self._sock.recv(CHUNK_BYTES)]
        while not self._way.whole(held):
            held.append(self._sock.recv(CHUNK_BYTES))
        return self._way.body(b"".join(held))

    def close(self) -> None:
        """Hang up."""
        self._sock.close()


def plain_json(told: bytes) -> object:
    """What is done with JSON where nobody thinks about it."""
    return json.loads(told)
