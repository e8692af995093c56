"""The frames of libvirt's RPC: packets in a byte stream, their header, and the keep-alive program.

A packet is its own length (u32, itself included), six u32 of header, then the payload.
"""

import struct
from enum import IntEnum
from typing import NamedTuple

from vurti.wire.xdr import Reader, WireError

PROGRAM = 0x20008086  # the API itself
KEEPALIVE_PROGRAM = 0x6B656570
VERSION = 1
HEADER_BYTES = 28
PACKET_BYTES_MAX = 16 * 1024 * 1024

_HEADER = struct.Struct(">IIIiIII")
_LENGTH = struct.Struct(">I")


class Type(IntEnum):
    """What a packet is."""

    CALL = 0
    REPLY = 1
    MESSAGE = 2


class KeepAlive(IntEnum):
    """The two procedures of the keep-alive program."""

    PING = 1
    PONG = 2


class Packet(NamedTuple):
    """One packet. `status` is 0 where all is well, 1 where the payload tells of an error."""

    program: int
    version: int
    procedure: int
    type: int
    serial: int
    status: int
    payload: bytes


class RemoteError(NamedTuple):
    """What libvirt answered instead: its error code, the part that raised it, and the text."""

    code: int
    domain: int
    message: str


def frame(procedure: int, serial: int, payload: bytes = b"") -> bytes:
    """A call's bytes. Only libvirt_calls.pack uses it: that is where the list of calls is kept."""
    return _packed(PROGRAM, procedure, Type.CALL, serial, payload)


def keepalive(procedure: KeepAlive) -> bytes:
    """A ping or a pong."""
    return _packed(KEEPALIVE_PROGRAM, procedure, Type.MESSAGE, 0, b"")


def _packed(program: int, procedure: int, kind: Type, serial: int, payload: bytes) -> bytes:
    size = HEADER_BYTES + len(payload)
    return _HEADER.pack(size, program, VERSION, procedure, kind, serial, 0) + payload


def remote_error(payload: bytes) -> RemoteError:
    """The error that a reply with status 1 carries. Raises WireError."""
    body = Reader(payload)
    return RemoteError(body.i32(), body.i32(), body.optional_string() or "no reason given")


class Frames:
    """Cuts a byte stream into packets; holds at most one unfinished packet of `limit` bytes.

    What comes after an impossible length cannot be understood any more: `broken` then says why, and
    whatever is fed later is dropped.
    """

    def __init__(self, limit: int = PACKET_BYTES_MAX) -> None:
        self.limit = limit
        self.broken: WireError | None = None
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that `data` completes, in order. Never raises; look at `broken` after it."""
        if self.broken is not None:
            return []
        held = self._held
        held += data
        packets: list[Packet] = []
        at = 0
        while (size := self._due(at)) is not None:
            _, program, version, procedure, kind, serial, status = _HEADER.unpack_from(held, at)
            payload = bytes(held[at + HEADER_BYTES : at + size])
            packets.append(Packet(program, version, procedure, kind, serial, status, payload))
            at += size
        del held[:at]
        if self._is_broken():
            held.clear()
        return packets

    def _is_broken(self) -> bool:
        return self.broken is not None

    @property
    def held_bytes(self) -> int:
        """How much of an unfinished packet is kept."""
        return len(self._held)

    def _due(self, at: int) -> int | None:
        """The length of the packet at `at`, None where it is not complete or cannot be."""
        left = len(self._held) - at
        if left < _LENGTH.size:
            return None
        size: int = _LENGTH.unpack_from(self._held, at)[0]
        if not HEADER_BYTES <= size <= self.limit:
            allowed = f"{HEADER_BYTES} to {self.limit} are allowed"
            self.broken = WireError(f"a packet of {size} bytes is announced, {allowed}")
            return None
        return size if size <= left else None
