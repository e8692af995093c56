"""STOMP 1.2 from the host's side: its five commands in, its four out.

It is written apart from vurti's own, so that both cannot share a mistake.
"""

from collections.abc import Iterable
from typing import NamedTuple

COMMANDS = frozenset({"CONNECT", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "DISCONNECT"})
_FRAME_BYTES_MAX = 4 * 1024 * 1024
_UNESCAPED = {"\\n": "\n", "\\c": ":", "\\r": "\r", "\\\\": "\\"}


class Frame(NamedTuple):
    """What a client sent. Of headers that come twice, the first counts."""

    command: str
    headers: dict[str, str]
    body: bytes


class FrameError(Exception):
    """Bytes that are no frame: the host hangs up."""


class Frames:
    """Cuts a client's bytes into frames; line feeds between them are its heart-beats."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete now. Raises FrameError."""
        self._held += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        held = self._held
        while held.startswith((b"\n", b"\r")):
            del held[:1]
        head, body_at = _head(held)
        if body_at < 0:
            self._wait_for_more()
            return None
        command, headers = _headers(head)
        length = _content_length(headers)
        end = held.find(b"\0", body_at) if length is None else body_at + length
        if end < 0 or end >= len(held):
            self._wait_for_more()
            return None
        if held[end]:
            raise FrameError("no NUL where the frame should end")
        body = bytes(held[body_at:end])
        del held[: end + 1]
        return Frame(command, headers, body)

    def _wait_for_more(self) -> None:
        if len(self._held) > _FRAME_BYTES_MAX:
            raise FrameError("a frame without end")


def _head(held: bytearray) -> tuple[bytes, int]:
    """The head of a frame without its empty line, and where the body begins; -1 if unfinished."""
    ends = [(at, at + len(end)) for end in (b"\n\n", b"\n\r\n") if (at := held.find(end)) >= 0]
    if not ends:
        return b"", -1
    at, body_at = min(ends)
    return bytes(held[:at]), body_at


def _headers(head: bytes) -> tuple[str, dict[str, str]]:
    try:
        command, *lines = head.decode().split("\n")
    except UnicodeDecodeError as error:
        raise FrameError("a head that is not UTF-8") from error
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.removesuffix("\r").partition(":")
        if not colon or ":" in value:
            raise FrameError("a header line that is none")
        headers.setdefault(_plain(name), _plain(value))
    return command.removesuffix("\r"), headers


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    pieces, at = [], 0
    while (found := text.find("\\", at)) >= 0:
        escape = text[found : found + 2]
        if escape not in _UNESCAPED:
            raise FrameError("an escape that is none")
        pieces += [text[at:found], _UNESCAPED[escape]]
        at = found + 2
    return "".join((*pieces, text[at:]))


def _content_length(headers: dict[str, str]) -> int | None:
    text = headers.get("content-length")
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise FrameError("a length that is none")
    return int(text)


def frame(command: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> bytes:
    """A frame as hosts send it: `content-length` always."""
    lines = "".join(f"{_escaped(name)}:{_escaped(value)}\n" for name, value in headers)
    head = f"{command}\n{lines}content-length:{len(body)}\n\n"
    return b"".join((head.encode(), body, b"\0"))


def message(destination: str, subscription: str | None, body: bytes) -> bytes:
    """A MESSAGE; hosts of 3.5 name no subscription."""
    headers = [("destination", destination), ("content-type", "application/json")]
    if subscription is not None:
        headers.append(("subscription", subscription))
    return frame("MESSAGE", headers, body)


def error(text: str) -> bytes:
    """An ERROR: no header says what it is about."""
    return frame("ERROR", (), text.encode())


def _escaped(text: str) -> str:
    if text.isalnum():
        return text
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return text.replace(":", "\\c")
