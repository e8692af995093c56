"""Server-sent events, out of pieces that may end anywhere. Pure."""

from typing import NamedTuple

MESSAGE_BYTES_MAX = 1 << 24


class Message(NamedTuple):
    """One message; a comment alone has neither name nor data."""

    name: str
    data: bytes
    id: str


class Parser:
    """Fed with pieces, gives whole messages."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[Message]:
        """Those that are whole now. Raises ValueError for one without an end."""
        *whole, self._rest = (self._rest + piece).split(b"\n\n")
        if len(self._rest) > MESSAGE_BYTES_MAX:
            raise ValueError("a message without an end")
        return [_message(text) for text in whole]


def _message(text: bytes) -> Message:
    fields: dict[bytes, list[bytes]] = {}
    for line in text.split(b"\n"):
        name, _, value = line.partition(b":")
        fields.setdefault(name, []).append(value.removeprefix(b" "))
    named, id_ = (b"".join(fields.get(one, [])[-1:]).decode() for one in (b"event", b"id"))
    return Message(named, b"\n".join(fields.get(b"data", [])), id_)
