"""The live stream: the logs of all scopes, one behind the other as they grow."""

from collections.abc import Iterator

import msgspec

from vurti.cli.remote.client import Client
from vurti.cli.terminal.begin import Cursors
from vurti.cli.terminal.sse import Message, Parser
from vurti.cli.terminal.told import EventTold
from vurti.errors import VurtiError

_decode = msgspec.json.Decoder(EventTold).decode
_NO_EVENTS = frozenset({"", "scope", "resync", "bye"})


class Anew(VurtiError):
    """Something was missed for good: everything is to be read anew."""


def stream(client: Client, cursors: Cursors, silent_secs: float) -> Iterator[list[EventTold]]:
    """The events behind the cursors, piece by piece as they come; none where vurti only says that
    it is there. Brings the cursors forward. Raises VurtiError where it breaks, Anew where events
    were missed."""
    parser, scopes = Parser(), list(cursors)
    scope = scopes[0]
    for piece in client.pieces(
        "stream", silent_secs=silent_secs, scope=scopes, after=[cursors[one] for one in scopes]
    ):
        try:
            messages = parser.feed(piece)
            events = [_decode(one.data) for one in messages if one.name not in _NO_EVENTS]
            for one in messages:
                scope = _scope(one, scope)
                _forward(one, scope, cursors)
        except ValueError:
            raise VurtiError("what came on the stream is none of a vurti's") from None
        yield events
        if any(one.name == "bye" for one in messages):
            raise VurtiError("vurti has ended")


def _scope(message: Message, before: str) -> str:
    """Of whose log is what follows."""
    if message.name != "scope":
        return before
    return str(msgspec.json.decode(message.data, type=dict[str, str])["scope"])


def _forward(message: Message, scope: str, cursors: Cursors) -> None:
    if message.name == "resync":
        raise Anew("missed too much: reads everything anew")
    if message.id.isdecimal():
        cursors[scope] = int(message.id)
