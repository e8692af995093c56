"""From JSON, or from values that were parsed already, to typed records of the fields that we keep.

The quick way reads all records at once. Where one of them is not as it should be, each is read by
itself, and of that one every field that can be.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import msgspec
from msgspec import UNSET, Raw

from vurti.decode.vdsm.records import NAMELESS, VmRecord
from vurti.errors import VurtiError

_ID_CHARS_MAX = 64
_UNFIT = (msgspec.ValidationError, UnicodeEncodeError, RecursionError)
"""How the quick way refuses a value: half a surrogate pair may stand in a name of a field, too."""


class VdsmDecodeError(VurtiError):
    """A whole reply that is not of the shape that was asked for."""


R = TypeVar("R", bound=VmRecord)


def read_json(
    body: bytes, kind: type[R], *, strict: bool = True
) -> tuple[list[R], tuple[str, ...]] | None:
    """As `read`, from the JSON of a list, all at once; None where anything in it is in the way.
    Unless `strict`, a number may be written as text."""
    try:
        return _sorted_out(_decoder(kind, strict).decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def parsed_and_read(body: bytes, kind: type[R]) -> tuple[list[R], tuple[str, ...]]:
    """As `read`, from any JSON. Raises VdsmDecodeError where it is none, or not of a list."""
    return read(parsed(body), kind)


def read(values: object, kind: type[R]) -> tuple[list[R], tuple[str, ...]]:
    """The records that tell which VM they are of and its status, and the ids of the others:
    NAMELESS for each that has none. Raises VdsmDecodeError for what is not a list."""
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise VdsmDecodeError(f"a list of VMs was asked for, not {_kind(values)}")
    return _sorted_out([record(value, kind) for value in values])


def record(value: object, kind: type[R]) -> R:
    """One record; a field that is not of its type counts as not told."""
    try:
        return msgspec.convert(value, kind)
    except _UNFIT:
        return _field_by_field(value, kind)


def parsed(body: bytes) -> object:
    """The value of any JSON that vdsm may send, also where a guest put half a surrogate pair or
    bytes that are not UTF-8 into it. Raises VdsmDecodeError for what is not JSON."""
    try:
        value: object = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = _parsed_leniently(body)
    return value


def plain(value: object) -> object:
    """What was cut out unread, as a value; nothing where it cannot be read."""
    if not isinstance(value, Raw):
        return value
    try:
        return parsed(bytes(value))
    except VdsmDecodeError:
        return UNSET


def _parsed_leniently(body: bytes) -> object:
    try:
        value: object = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise VdsmDecodeError(f"not JSON: {error}") from None
    return value


@cache
def _decoder(kind: type[R], strict: bool) -> "msgspec.json.Decoder[list[R]]":
    return msgspec.json.Decoder(list[kind], strict=strict)  # type: ignore[valid-type]  # the type is a value here


def _sorted_out(records: list[R]) -> tuple[list[R], tuple[str, ...]]:
    odd = [one for one in records if one.status is UNSET or not usable(one.vm_id)]
    if not odd:
        return records, ()
    good = [one for one in records if one.status is not UNSET and usable(one.vm_id)]
    return good, tuple(one.vm_id if usable(one.vm_id) else NAMELESS for one in odd)


def usable(vm: str) -> bool:
    """Whether it can be the id of a VM: short, and printable from end to end."""
    return 0 < len(vm) <= _ID_CHARS_MAX and vm.isprintable()


def _field_by_field(value: object, kind: type[R]) -> R:
    if not isinstance(value, dict):
        return kind()
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    told = {
        name: value[name] for name, of in fields.items() if name in value and _is(value, name, of)
    }
    return msgspec.convert(told, kind)


def _is(value: dict[object, object], name: str, of: object) -> bool:
    try:
        msgspec.convert(value[name], of)
    except _UNFIT:
        return False
    return True


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
