"""The envelopes of JSON-RPC 2.0: requests out, replies and notifications in.

What is inside a reply stays raw JSON here: whoever asked for it decodes it, once, into what is
kept.
"""

import json
import re
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from vurti.wire.error import WireError

METHOD_NOT_FOUND = -32601
_MESSAGE_CHARS_MAX = 300


class Error(Struct, frozen=True, gc=False):
    """What the host answered instead; `message` is its own text, cut to a bearable length."""

    code: int
    message: str = ""


class Reply(Struct, frozen=True, gc=False):
    """The answer to the request `id`, None where the host could not tell which: `result` is JSON.
    Exactly one of `result` and `error` is there. For `mended` see `read`; `whole` is the message,
    where its result was cut out without reading it."""

    id: str | None
    result: bytes | None = None
    error: Error | None = None
    mended: bool = False
    whole: bytes | bytearray | None = None


class Notification(Struct, frozen=True, gc=False):
    """Something said without being asked; `params` is JSON."""

    method: str
    params: bytes
    mended: bool = False


class _Envelope(Struct, gc=False):
    id: str | int | float | UnsetType | None = UNSET
    result: Raw | UnsetType = UNSET
    error: Error | UnsetType | None = UNSET
    method: str | UnsetType = UNSET
    params: Raw = Raw(b"{}")


_decoder = msgspec.json.Decoder(_Envelope)
_PLAIN_REPLY = re.compile(
    rb'\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*|"id"\s*:\s*"([\w-]{1,64})"\s*,\s*){1,2}"result"\s*:'
)
"""How vdsm's replies begin; the result is then all but the last brace. If something else follows
in it the cut is no JSON, so that a wrong cut cannot go unnoticed."""


def request(method: str, params: dict[str, Any], id: str) -> bytes:
    """The bytes of one request. Only vdsm_calls.pack uses it: the list of calls is kept there."""
    return msgspec.json.encode({"jsonrpc": "2.0", "method": method, "params": params, "id": id})


def read(body: bytes | bytearray) -> Reply | Notification:
    """One message. Raises WireError for whatever is none, an array of them included.

    Half characters, bytes that are not UTF-8 and numbers that are none (NaN) come from guests and
    from Python's own writer of JSON: they are replaced, the message is `mended`, the rest counts.
    The result of a plain reply is not looked into: who finds it unreadable calls `reread`.
    """
    plain = _PLAIN_REPLY.match(body)
    if plain is not None and plain[1] is not None and body.endswith(b"}"):
        result = bytes(memoryview(body)[plain.end() : -1])
        return Reply(plain[1].decode(), result, whole=body)
    return _by_the_book(body)


def reread(reply: Reply) -> Reply:
    """The same, with every byte of it looked at. Raises WireError for what is no reply."""
    message = reply if reply.whole is None else _by_the_book(reply.whole)
    if not isinstance(message, Reply):
        raise WireError("a notification and a reply in one")
    return message


def _by_the_book(body: bytes | bytearray) -> Reply | Notification:
    try:
        return _message(_decoder.decode(body), mended=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _unreadable(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _message(_mended(body), mended=True)


def _mend(text: bytes | bytearray) -> bytes:
    """The same JSON without what a strict reader refuses. Slow. Raises WireError if it is none."""
    try:
        value = json.loads(text.decode("utf-8", "replace"), parse_constant=lambda _: None)
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError) as error:
        raise _unreadable(error) from None


def _mended(body: bytes | bytearray) -> _Envelope:
    try:
        return _decoder.decode(_mend(body))
    except (msgspec.DecodeError, RecursionError) as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> WireError:
    deep = isinstance(error, RecursionError)
    return WireError(f"no JSON-RPC: {'nested too deeply' if deep else error}")


def _message(envelope: _Envelope, mended: bool) -> Reply | Notification:
    if isinstance(envelope.method, str):
        if envelope.id is not UNSET and envelope.id is not None:
            raise WireError("a request, where only replies and notifications can come")
        return Notification(envelope.method, bytes(envelope.params), mended)
    if envelope.id is UNSET:
        raise WireError("neither a reply nor a notification")
    id_ = None if envelope.id is None else str(envelope.id)
    if isinstance(envelope.error, Error):
        error = envelope.error
        return Reply(id_, None, Error(error.code, error.message[:_MESSAGE_CHARS_MAX]), mended)
    if not isinstance(envelope.result, Raw):
        raise WireError("a reply with neither result nor error")
    return Reply(id_, bytes(envelope.result), None, mended)
