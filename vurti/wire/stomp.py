"""The frames of STOMP 1.2, as much as vdsm's hosts speak of it: both ways, incremental, bounded.

A frame is its command, its headers, an empty line, a body and a NUL. Line ends between two frames
are heart-beats.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from vurti.wire.error import WireError

FRAME_BYTES_MAX = 16 * 1024 * 1024
HEAD_BYTES_MAX = 16 * 1024
HEADERS_MAX = 64
USUAL_HEAD_BYTES_MAX = 256
HEART_BEAT = b"\n"
VERSION = "1.2"

COMMANDS = frozenset(
    {
        *("CONNECT", "STOMP", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "DISCONNECT"),
        *("ACK", "NACK", "BEGIN", "COMMIT", "ABORT"),
        *("CONNECTED", "MESSAGE", "RECEIPT", "ERROR"),
    }
)
_COMMAND_BYTES_MAX = max(map(len, COMMANDS))
_NOT_ESCAPED = frozenset({"CONNECT", "CONNECTED"})  # their values stand as in STOMP 1.0
_ESCAPES = {"\\": "\\\\", "\r": "\\r", "\n": "\\n", ":": "\\c"}
_TO_ESCAPE = re.compile(r"[\\\r\n:]")
_UNESCAPED = {escaped: plain for plain, escaped in _ESCAPES.items()}
_ESCAPED = re.compile(r"\\.?", re.DOTALL)
_HEAD_END = re.compile(rb"\n\r?\n")
_NOT_EOL = re.compile(rb"[^\r\n]")
_LENGTH = re.compile(r"[0-9]{1,12}\Z")


class Frame(NamedTuple):
    """One frame. Of repeated headers the first is kept; the values are unescaped."""

    command: str
    headers: dict[str, str]
    body: bytes | bytearray = b""


def pack(frame: Frame) -> bytes:
    """Its bytes; a body gets its content-length. Raises WireError for what cannot be told."""
    return framed(head(frame.command, frame.headers), bytes(frame.body))


def head(command: str, headers: dict[str, str]) -> bytes:
    """What a frame begins with, up to the length of its body, for frames that begin alike. Raises
    WireError for what cannot be told."""
    if command not in COMMANDS:
        raise WireError(f"{command!r} is no command of STOMP")
    write = _as_it_is if command in _NOT_ESCAPED else _escape
    lines = [command, *(f"{write(key)}:{write(value)}" for key, value in headers.items())]
    return "\n".join(lines).encode()


def framed(head: bytes, body: bytes) -> bytes:
    """A frame that begins so, and has this body."""
    return b"%b\ncontent-length:%d\n\n%b\0" % (head, len(body), body) if body else head + b"\n\n\0"


def heart_beat(headers: dict[str, str]) -> tuple[float, float]:
    """Seconds between what the sender of these headers can send, and what it wants to get; 0 is
    never. Raises WireError."""
    sends, comma, wants = headers.get("heart-beat", "0,0").partition(",")
    if not comma or not _LENGTH.match(sends.strip()) or not _LENGTH.match(wants.strip()):
        raise WireError(f"a heart-beat of {headers['heart-beat'][:40]!r}")
    return int(sends) / 1000, int(wants) / 1000


class Frames:
    """Cuts a byte stream into frames; holds one unfinished frame of at most `limit` bytes of body.

    What comes after something that is no frame cannot be understood any more: `broken` then says
    why, and whatever is fed later is dropped.
    """

    def __init__(self, limit: int = FRAME_BYTES_MAX) -> None:
        self.limit = limit
        self.broken: WireError | None = None
        self._held = b""  # the beginning of a head
        self._begun: _Begun | None = None  # a frame whose head was read, while its body comes

    @property
    def held_bytes(self) -> int:
        """How much of an unfinished frame is kept."""
        return len(self._held) + (len(self._begun.held) if self._begun is not None else 0)

    @property
    def unfinished(self) -> bool:
        """Whether a frame has begun that is not complete."""
        return self._begun is not None or bool(self._held)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes, in order. Never raises; look at `broken` after it."""
        frames: list[Frame] = []
        if self.broken is None:
            data, self._held = (self._held + data if self._held else data), b""
            try:
                self._cut(data, frames)
            except WireError as error:
                # Its traceback would keep all that has come.
                self.broken, self._begun = error.with_traceback(None), None
        return frames

    def _cut(self, data: bytes, frames: list[Frame]) -> None:
        at = 0
        while at < len(data):
            if self._begun is None:
                at = self._begin(data, at)
                continue
            at, frame = self._begun.take(data, at)
            if frame is not None:
                frames.append(frame)
                self._begun = None

    def _begin(self, data: bytes, at: int) -> int:
        """Read command and headers of the next frame, and return where its body begins; what is
        there of them is held while they are not complete."""
        first = _NOT_EOL.search(data, at)  # heart-beats are passed over
        if first is None:
            return len(data)
        at = first.start()
        found = _HEAD_END.search(data, at)
        end = len(data) if found is None else found.start()
        if found is None or end - at > HEAD_BYTES_MAX:
            _may_be_a_command(data[at : at + _COMMAND_BYTES_MAX + 2])
            if end - at > HEAD_BYTES_MAX:
                raise WireError(f"headers of more than {HEAD_BYTES_MAX} bytes")
            self._held = data[at:]
            return end
        block = data[at:end]
        head = _usual_head(block) if len(block) <= USUAL_HEAD_BYTES_MAX else _head(block)
        self._begun = _Begun(head, self.limit)
        return found.end()


class _Begun:
    """A frame of this head, of whose body `held` is all that came, where it did not come at once.
    Raises WireError for a body that is announced to be longer than `limit`."""

    def __init__(self, head: Frame, limit: int) -> None:
        self.held = bytearray()
        self._head, self._limit = head, limit
        announced = head.headers.get("content-length")
        self._size = None if announced is None else _announced(announced, limit)

    def take(self, data: bytes, at: int) -> tuple[int, Frame | None]:
        """How far it goes in `data`, and the frame, once it is complete. Raises WireError for a
        body that does not end where it should."""
        end = self._announced_end(data, at) if self._size is not None else self._nul(data, at)
        if end < 0:
            self.held += memoryview(data)[at:]
            return len(data), None
        command, headers, _ = self._head
        return end + 1, Frame(command, dict(headers), self._whole(data, at, end))

    def _whole(self, data: bytes, at: int, end: int) -> bytes | bytearray:
        if not self.held:
            return data[at:end]
        self.held += memoryview(data)[at:end]
        return self.held

    def _announced_end(self, data: bytes, at: int) -> int:
        """Where the NUL behind it is, -1 while it is not here yet."""
        end = at + (self._size or 0) - len(self.held)
        if end >= len(data):
            return -1
        if data[end]:
            raise WireError(f"a body longer than the {self._size} bytes that were announced")
        return end

    def _nul(self, data: bytes, at: int) -> int:
        end = data.find(0, at)
        if len(self.held) + (end if end >= 0 else len(data)) - at > self._limit:
            raise WireError(f"a body of more than {self._limit} bytes, which are allowed")
        return end


def _announced(length: str, limit: int) -> int:
    if not _LENGTH.match(length):
        raise WireError(f"a content-length of {length[:40]!r}")
    if int(length) > limit:
        raise WireError(f"a body of {length} bytes is announced, {limit} are allowed")
    return int(length)


def _may_be_a_command(first: bytes) -> None:
    """Raises WireError as soon as what is there first cannot be the beginning of a frame."""
    line, ended, _ = first.partition(b"\n")
    line = line.removesuffix(b"\r")
    text = line.decode("ascii", "replace")
    fits = text in COMMANDS if ended else any(one.startswith(text) for one in COMMANDS)
    if not fits:
        raise WireError(f"no frame of STOMP begins with {first!r}")


@lru_cache(1024)
def _usual_head(block: bytes) -> Frame:
    """A fleet sends the same few again and again; a frame gets a copy of the headers."""
    return _head(block)


def _head(block: bytes) -> Frame:
    try:
        command, *lines = block.decode().split("\n")
    except UnicodeDecodeError as error:
        raise WireError(f"headers that are not UTF-8: {error.reason}") from None
    command = command.removesuffix("\r")
    if command not in COMMANDS:
        raise WireError(f"no frame of STOMP begins with {command[:40]!r}")
    if len(lines) > HEADERS_MAX:
        raise WireError(f"{len(lines)} headers, {HEADERS_MAX} are allowed")
    read = str if command in _NOT_ESCAPED else _unescape
    headers: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.removesuffix("\r").partition(":")
        if not colon:
            raise WireError(f"a header without a colon: {key[:40]!r}")
        headers.setdefault(read(key), read(value))  # the first of repeated ones counts
    return Frame(command, headers)


def _as_it_is(text: str) -> str:
    if not text.isprintable():
        raise WireError(f"{text[:40]!r} cannot be told unescaped")
    return text


def _escape(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(_plain, text) if "\\" in text else text


def _plain(escaped: re.Match[str]) -> str:
    plain = _UNESCAPED.get(escaped[0])
    if plain is None:
        raise WireError(f"a header with the escape {escaped[0]!r}, which there is none of")
    return plain
