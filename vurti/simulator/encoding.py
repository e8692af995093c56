"""Values as JSON and as XML-RPC: the same answer can be given in both."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

import msgspec


class Encoding(NamedTuple):
    """How a value is written, and how a list is put together of values written already."""

    name: str
    value: Callable[[object], bytes]
    opening: bytes
    between: bytes
    closing: bytes


def to_json(value: object) -> bytes:
    """JSON in ASCII only, as hosts write it."""
    told = msgspec.json.encode(value)
    return told if told.isascii() else json.dumps(value).encode()


def to_xml(value: object) -> bytes:
    """An XML-RPC `<value>`. Raises TypeError and OverflowError where XML-RPC has no form for it.

    Control characters and lone surrogates go out as they are: hosts do the same, and whoever reads
    them then has a document that is not well-formed.
    """
    return _xml(value).encode("utf-8", "surrogateescape")


def _xml(value: object) -> str:
    match value:
        case str():
            text = value if value.isalnum() else escape(value)
            return f"<value><string>{text}</string></value>"
        case bool():
            return f"<value><boolean>{int(value)}</boolean></value>"
        case int():
            if not -(2**31) <= value < 2**31:
                raise OverflowError("int exceeds XML-RPC limits")
            return f"<value><int>{value}</int></value>"
        case float():
            return f"<value><double>{value!r}</double></value>"
        case dict():
            members = [_opening(name) + _xml(one) + "</member>" for name, one in value.items()]
            return f"<value><struct>{''.join(members)}</struct></value>"
        case list() | tuple():
            return f"<value><array><data>{''.join(map(_xml, value))}</data></array></value>"
    raise TypeError(f"cannot marshal {type(value)}")


@lru_cache(maxsize=2048)
def _opening(name: str) -> str:
    return f"<member><name>{escape(name)}</name>"


JSON = Encoding("json", to_json, b"[", b",", b"]")
XML = Encoding(
    "xml", to_xml, b"<value><array><data>", b"", b"</data></array></value>"
)  # fmt: skip
