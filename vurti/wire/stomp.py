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
    body: bytes = b""


def pack(frame: Frame) -> bytes:
    """Its bytes; a body gets its content-length. Raises WireError for what cannot be told."""
    if frame.command not in COMMANDS:
        raise WireError(f"{frame.command!r} is no command of STOMP")
    headers = frame.headers
    if frame.body:
        headers = {**headers, "content-length": str(len(frame.body))}
    write = _as_it_is if frame.command in _NOT_ESCAPED else _escape
    lines = [frame.command, *(f"{write(key)}:{write(value)}" for key, value in headers.items())]
    return "\n".join(lines).encode() + b"\n\n" + frame.body + b"\0"


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
        self._held = bytearray()
        self._head: Frame | None = None  # read already, while its body is still coming
        self._looked = 0  # so far the end of what is being read was looked for

    @property
    def held_bytes(self) -> int:
        """How much of an unfinished frame is kept."""
        return len(self._held)

    @property
    def unfinished(self) -> bool:
        """Whether a frame has begun that is not complete."""
        return self._head is not None or bool(self._held)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes, in order. Never raises; look at `broken` after it."""
        frames: list[Frame] = []
        if self.broken is None:
            self._held += data
            try:
                while (frame := self._next()) is not None:
                    frames.append(frame)
            except WireError as error:
                self.broken = error
                self._held.clear()
        return frames

    def _next(self) -> Frame | None:
        if self._head is None:
            self._head = self._read_head()
        if self._head is None:
            return None
        end = self._body_end(self._head)
        if end is None:
            return None
        with memoryview(self._held) as held:  # else the body would be copied twice
            command, headers, _ = self._head
            frame = Frame(command, dict(headers), bytes(held[:end]))
        self._drop(end + 1)
        self._head = None
        return frame

    def _read_head(self) -> Frame | None:
        """Command and headers of the next frame, taken off; None while they are not complete."""
        self._skip_heart_beats()
        held = self._held
        found = _HEAD_END.search(held, max(self._looked - 2, 0))
        if found is None or found.start() > HEAD_BYTES_MAX:
            self._looked = len(held)
            _may_be_a_command(held)
            if found is not None or len(held) > HEAD_BYTES_MAX:
                raise WireError(f"headers of more than {HEAD_BYTES_MAX} bytes")
            return None
        block = bytes(held[: found.start()])
        frame = _usual_head(block) if len(block) <= USUAL_HEAD_BYTES_MAX else _head(block)
        self._drop(found.end())
        return frame

    def _skip_heart_beats(self) -> None:
        first = _NOT_EOL.search(self._held)
        size = len(self._held) if first is None else first.start()
        if size:
            self._drop(size)

    def _body_end(self, head: Frame) -> int | None:
        """Where the NUL behind the body is, None while it is not here yet."""
        announced = head.headers.get("content-length")
        size = self._announced(announced) if announced is not None else self._up_to_nul()
        if size is None or size >= len(self._held):
            return None
        if self._held[size]:
            raise WireError(f"a body longer than the {size} bytes that were announced")
        return size

    def _announced(self, length: str) -> int:
        if not _LENGTH.match(length):
            raise WireError(f"a content-length of {length[:40]!r}")
        if int(length) > self.limit:
            raise WireError(f"a body of {length} bytes is announced, {self.limit} are allowed")
        return int(length)

    def _up_to_nul(self) -> int | None:
        size = self._held.find(0, self._looked)
        self._looked = len(self._held)
        if max(size, self._looked if size < 0 else 0) > self.limit:
            raise WireError(f"a body of more than {self.limit} bytes, which are allowed")
        return None if size < 0 else size

    def _drop(self, size: int) -> None:
        del self._held[:size]
        self._looked = 0


def _may_be_a_command(held: bytearray) -> None:
    """Raises WireError as soon as what is there cannot be the beginning of a frame."""
    first = bytes(held[: _COMMAND_BYTES_MAX + 2])
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
