"""From a table to a record of ours: unknown words, wrong names and wrong types, each at its key."""

import re
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, inspect

from vurti.errors import Complaint
from vurti.settings import Path, Tree, way_out

S = TypeVar("S", bound=Struct)
_PLACE = re.compile(r" - at `(?:key in )?\$(.*)`$")
_EXPECTED = re.compile("Expected `(.*)`, got `(.*)`")
_KINDS = {
    "bool": "true or false", "int": "a whole number", "float": "a number", "str": "a text",
    "array": "a list", "object": "a table",
}  # fmt: skip
_PART = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")


def as_record(
    kind: type[S], value: dict[str, Any], tree: Tree, path: Path, complaints: list[Complaint]
) -> S | None:
    """The table at `path` (with `value` as what it says) as this record; None where something is
    wrong with it, which is complained of."""
    found: list[Complaint] = []
    good = _named_well(inspect.type_info(kind), value, tree, path, found)
    try:
        made = msgspec.convert(good, kind)
    except msgspec.ValidationError as error:
        if not found:
            found.append(_complaint(str(error), tree, path))
        made = None
    complaints.extend(found)
    return None if found else made


def fields_of(kind: type[Struct]) -> tuple[str, ...]:
    """The words that stand for a record of this kind."""
    return tuple(field.name for field in msgspec.structs.fields(kind))


def _named_well(
    kind: inspect.Type, value: Any, tree: Tree, path: Path, found: list[Complaint]
) -> Any:
    """The value without what has no such name, which is complained of with the nearest that is."""
    for one in _alternatives(kind):
        if isinstance(one, inspect.StructType) and isinstance(value, dict):
            return _fields(one, value, tree, path, found)
        if isinstance(one, inspect.EnumType) and isinstance(value, str):
            names = [str(member.value) for member in one.cls]
            if value not in names:
                what = f"there is no {value!r} here"
                found.append(tree.complaint(path, what, way_out(value, names)))
                return names[0]
        if isinstance(one, inspect.DictType) and isinstance(value, dict):
            return {
                key: _named_well(one.value_type, item, tree, (*path, key), found)
                for key, item in value.items()
            }
        if isinstance(one, inspect.VarTupleType | inspect.ListType) and isinstance(value, list):
            return [
                _named_well(one.item_type, item, tree, (*path, index), found)
                for index, item in enumerate(value)
            ]
    return value


def _fields(
    kind: inspect.StructType, value: dict[str, Any], tree: Tree, path: Path, found: list[Complaint]
) -> dict[str, Any]:
    types = {field.encode_name: field.type for field in kind.fields}
    found.extend(
        tree.complaint((*path, key), "unknown key", way_out(key, types))
        for key in value
        if key not in types
    )
    return {
        key: _named_well(types[key], item, tree, (*path, key), found)
        for key, item in value.items()
        if key in types
    }


def _alternatives(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _complaint(message: str, tree: Tree, path: Path) -> Complaint:
    """Msgspec says at which place it is; that is a key of the table."""
    place = _PLACE.search(message)
    parts = _PART.findall(place[1]) if place else []
    for name, index in parts:
        path += (name,) if name else (int(index),) if index.isdigit() else ()
    return tree.complaint(path, _what(_PLACE.sub("", message)))


def _what(message: str) -> str:
    """In the words of all other complaints."""
    kinds = _EXPECTED.fullmatch(message)
    if kinds is None:
        return message.replace("`", "")
    expected = [_KINDS.get(kind, kind) for kind in kinds[1].split(" | ") if kind != "null"]
    return f"expected {' or '.join(expected)}, this is {_KINDS.get(kinds[2], kinds[2])}"
