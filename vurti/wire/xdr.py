"""XDR (RFC 4506), as much as libvirt's RPC needs: big-endian, everything padded to four bytes."""

import struct

from vurti.wire.error import WireError as WireError  # libvirt's rooms find it where they read

_I32 = struct.Struct(">i")
_U32 = struct.Struct(">I")
_I64 = struct.Struct(">q")
_U64 = struct.Struct(">Q")
_F64 = struct.Struct(">d")

STRING_BYTES_MAX = 4 * 1024 * 1024
"""libvirt's own limit of one string."""


def u32(value: int) -> bytes:
    """An unsigned 32-bit number."""
    return _U32.pack(value)


def i32(value: int) -> bytes:
    """A signed 32-bit number."""
    return _I32.pack(value)


def fixed(body: bytes) -> bytes:
    """Opaque bytes whose length both sides know."""
    return body + bytes(-len(body) % 4)


def string(text: str) -> bytes:
    """Text as UTF-8 behind its length."""
    body = text.encode()
    return _U32.pack(len(body)) + fixed(body)


def optional_string(text: str | None) -> bytes:
    """Text, or the mark that there is none."""
    return u32(0) if text is None else u32(1) + string(text)


class Reader:
    """Takes values off the front of `body`. Every method raises WireError where it cannot."""

    __slots__ = ("_body", "_end", "at")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._end = len(body)
        self.at = 0

    def i32(self) -> int:
        return int(self._number(_I32, 4))

    def u32(self) -> int:
        return int(self._number(_U32, 4))

    def i64(self) -> int:
        return int(self._number(_I64, 8))

    def u64(self) -> int:
        return int(self._number(_U64, 8))

    def f64(self) -> float:
        return float(self._number(_F64, 8))

    def fixed(self, size: int) -> bytes:
        """`size` opaque bytes and their padding."""
        start, self.at = self.at, self.at + size + (-size % 4)
        if self.at > self._end:
            raise WireError(f"{size} bytes announced at byte {start}, {self._end - start} are left")
        return self._body[start : start + size]

    def string(self) -> str:
        """Text; what is not UTF-8 in it is replaced, for names come from strangers."""
        size = self.u32()
        if size > STRING_BYTES_MAX:
            raise WireError(f"a string of {size} bytes, the protocol allows {STRING_BYTES_MAX}")
        return self.fixed(size).decode("utf-8", "replace")

    def optional_string(self) -> str | None:
        return self.string() if self.flag() else None

    def flag(self) -> bool:
        value = self.u32()
        if value > 1:
            raise WireError(f"{value} where only 0 or 1 can stand")
        return value == 1

    def count(self, item_bytes_min: int) -> int:
        """The length of an array, refused at once where so many items cannot be in what is left."""
        count = self.u32()
        if count * item_bytes_min > self._end - self.at:
            raise WireError(f"{count} items announced, {self._end - self.at} bytes are left")
        return count

    def end(self) -> None:
        """Raises WireError where something is left over."""
        if self.at != self._end:
            raise WireError(f"{self._end - self.at} bytes are left over")

    def _number(self, form: struct.Struct, size: int) -> int | float:
        at = self.at
        if at + size > self._end:
            raise WireError(f"the body ends at byte {self._end}, {size} more are due at {at}")
        self.at = at + size
        value: int | float = form.unpack_from(self._body, at)[0]
        return value
