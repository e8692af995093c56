"""XML-RPC: a call as bytes, and a reply's bytes as plain values.

The tree is built in C and walked here, which takes half the time of the standard library's
parser. Nothing that XML can do beyond elements and text is let in.
"""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.sax.saxutils import escape

from msgspec import Struct

from vurti.wire.error import WireError

DEPTH_MAX = 32
TAGS_MAX = 1_000_000  # each costs some 65 bytes of memory, however few it has on the wire

_HEAD = "<?xml version='1.0'?><methodCall><methodName>"
_CUT_OFF = frozenset({3, 5, 6})  # expat: no element, a token or a character that does not end
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")


class Malformed(WireError):
    """Not well-formed XML, and not for want of its end: a text in it may be to blame."""


class Fault(Struct, frozen=True):
    """The answer to a call that could not even be begun."""

    code: int
    message: str


def call(method: str, *params: str | bool) -> bytes:
    """The bytes of a call."""
    values = "".join(f"<param><value>{_written(param)}</value></param>" for param in params)
    text = f"{_HEAD}{escape(method)}</methodName><params>{values}</params></methodCall>"
    return text.encode("utf-8", "xmlcharrefreplace")


def _written(param: str | bool) -> str:
    if isinstance(param, bool):
        return f"<boolean>{param:d}</boolean>"
    return f"<string>{escape(param)}</string>"


def reply(body: bytes) -> object:
    """The one value that the reply carries, or a Fault. Numbers that are none stay text. Raises
    Malformed where the XML is, and WireError where it is cut off or not an answer of XML-RPC."""
    root = _tree(body)
    if root.tag != "methodResponse" or len(root) != 1:
        raise WireError(f"not an answer of XML-RPC but {_shown(root.tag)}")
    answer = root[0]
    if answer.tag == "fault":
        return _fault(_value(_only(answer, "value"), 0))
    if answer.tag != "params":
        raise WireError(f"neither an answer nor a fault but {_shown(answer.tag)}")
    return _value(_only(_only(answer, "param"), "value"), 0)


def cleansed(body: bytes) -> bytes:
    """The same without what no XML can carry: bytes that are not UTF-8 become U+FFFD, control
    characters vanish, written out or by number."""
    text = _ILLEGAL.sub("", body.decode("utf-8", "replace"))
    return _REFERENCE.sub(_if_legal, text).encode()


def _if_legal(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    legal = number <= 0x10FFFF and not _ILLEGAL.match(chr(number))
    return found[0] if legal else ""


def _tree(body: bytes) -> Element:
    if b"<!" in body:
        raise WireError("a document type, CDATA or a comment, which have no place in an answer")
    if (tags := body.count(b"<")) > TAGS_MAX:
        raise WireError(f"{tags} tags, more than {TAGS_MAX}")
    parser = XMLParser(encoding="utf-8")  # whatever it declares: no other was ever seen
    try:
        parser.feed(body)
        tree: Element = parser.close()
    except ParseError as error:
        if error.code in _CUT_OFF:
            raise WireError("the answer is cut off") from None
        raise Malformed(f"not well-formed: {error}") from None
    return tree


def _only(parent: Element, tag: str) -> Element:
    if len(parent) != 1 or parent[0].tag != tag:
        raise WireError(f"{_shown(parent.tag)} must hold one {tag}")
    return parent[0]


def _value(value: Element, depth: int) -> object:
    if len(value) == 0:
        return value.text or ""
    typed = value[0]
    if len(value) != 1:
        raise WireError("a value that is two")
    convert = _SCALARS.get(typed.tag)
    if convert is not None and len(typed) == 0:
        return convert(typed.text or "")
    if depth == DEPTH_MAX:
        raise WireError(f"values within values, deeper than {DEPTH_MAX}")
    if typed.tag == "struct":
        return dict(_member(member, depth + 1) for member in typed)
    if typed.tag == "array":
        return [_item(item, depth + 1) for item in _only(typed, "data")]
    raise WireError(f"a value of no type of XML-RPC: {_shown(typed.tag)}")


def _member(member: Element, depth: int) -> tuple[str, object]:
    if member.tag != "member" or len(member) != 2:
        raise WireError("a struct holds members, each a name and a value")
    name, value = member
    if name.tag != "name" or len(name) or value.tag != "value":
        raise WireError("a member is a name and a value")
    return name.text or "", _value(value, depth)


def _item(item: Element, depth: int) -> object:
    if item.tag != "value":
        raise WireError(f"an array holds values, not {_shown(item.tag)}")
    return _value(item, depth)


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _double(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


_SCALARS: dict[str, Callable[[str], object]] = {
    "string": str,
    "int": _integer,
    "i4": _integer,
    "i8": _integer,
    "double": _double,
    "boolean": lambda text: text.strip() == "1",
    "nil": lambda text: None,
    "dateTime.iso8601": str,
    "base64": str,
}


def _fault(value: object) -> Fault:
    told = value if isinstance(value, dict) else {}
    code, message = told.get("faultCode"), told.get("faultString")
    return Fault(code if type(code) is int else 0, str(message or ""))


def _shown(tag: str) -> str:
    return repr(tag[:40])
