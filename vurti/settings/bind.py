"""From the tree to a pydantic model, or to complaints: all of them, each at its place."""

import json
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path as FilePath
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from vurti.errors import Complaint
from vurti.settings.nearest import way_out
from vurti.settings.positions import Path
from vurti.settings.tree import Tree, dotted

Model = TypeVar("Model", bound=BaseModel)

_SHOWN_MAX = 60
_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "a table",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "list_type": "a list",
    "model_type": "a table",
    "path_type": "a path",
    "string_type": "a text",
    "tuple_type": "a list",
}
_KINDS: dict[type, str] = {
    bool: "true or false", int: "a whole number", float: "a number", str: "a text",
    list: "a list", dict: "a table", date: "a date", time: "a time",
}  # fmt: skip


def bind(
    model: type[Model], tree: Tree, path: Path, complaints: list[Complaint], **given: Any
) -> Model | None:
    """The table at `path` as this model; None where there is something wrong with it.

    A missing table is an empty one. Types are exact, as TOML tells them apart: "5" is no number.
    Values of type pathlib.Path are relative to the file that names them. `given` are fields that
    the table does not have because they follow from elsewhere; it may not set them.
    """
    table = tree.get(path)
    found: list[Complaint] = []
    if table is None:
        table = {}
    if isinstance(table, dict):
        known = _known(model, table, tree, path, found, frozenset(given))
        bound = _validated(model, known | given, tree, path, found)
    else:
        found.append(tree.complaint(path, f"expected a table, this is {_kind(table)}"))
        bound = None
    complaints.extend(found)
    return None if found else bound


def _validated(
    model: type[Model], data: dict[str, Any], tree: Tree, path: Path, found: list[Complaint]
) -> Model | None:
    # JSON is the one form in which pydantic is strict about types and yet reads lists as tuples,
    # texts as enumerations and paths: just what a TOML file can say.
    try:
        return model.model_validate_json(json.dumps(data, default=_as_json), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        found.extend(_complaint(model, tree, path, detail) for detail in details)
        return None


def _as_json(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _known(
    model: type[BaseModel],
    table: dict[str, Any],
    tree: Tree,
    path: Path,
    found: list[Complaint],
    given: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The table without the keys that the model does not have, which are complained of."""
    fields = {
        info.alias or name: info for name, info in model.model_fields.items() if name not in given
    }
    known = {}
    for key, value in table.items():
        if key in fields:
            known[key] = _prepared(fields[key].annotation, value, tree, (*path, key), found)
        else:
            found.append(tree.complaint((*path, key), "unknown key", way_out(key, fields)))
    return known


def _prepared(kind: Any, value: Any, tree: Tree, path: Path, found: list[Complaint]) -> Any:
    """The value with unknown keys of models inside it gone, and its paths made whole."""
    kinds = list(_alternatives(kind))
    if isinstance(value, dict):
        for one in kinds:
            if isinstance(one, type) and issubclass(one, BaseModel):
                return _known(one, value, tree, path, found)
        return _each(value.items(), kinds, dict, tree, path, found)
    if isinstance(value, list):
        return _each(enumerate(value), kinds, list, tree, path, found)
    if isinstance(value, str) and value and FilePath in kinds:
        return str(tree.directory(path) / FilePath(value).expanduser())
    return value


def _each(
    items: Any, kinds: list[Any], made: type, tree: Tree, path: Path, found: list[Complaint]
) -> Any:
    """The items of a table or list, prepared as what the annotation says is in it."""
    which = -1 if made is dict else 0
    inner = next((get_args(kind)[which] for kind in kinds if get_args(kind)), None)
    prepared = [(key, _prepared(inner, item, tree, (*path, key), found)) for key, item in items]
    return dict(prepared) if made is dict else [item for _, item in prepared]


def _alternatives(kind: Any) -> Iterator[Any]:
    """The members of a union, or the one kind that it is."""
    arguments = get_args(kind)
    if get_origin(kind) in {Union, UnionType}:
        for argument in arguments:
            yield from _alternatives(argument)
    elif getattr(kind, "__metadata__", None):
        yield from _alternatives(arguments[0])
    else:
        yield kind


def _complaint(model: type[BaseModel], tree: Tree, path: Path, detail: ErrorDetails) -> Complaint:
    where = _within(tree, path, detail["loc"])
    if detail["type"] == "missing":
        return tree.complaint(where, "is missing", _example(model, detail["loc"]))
    message = detail["msg"]
    if not detail["loc"]:
        where = _blamed(tree, path, message)
    # A default can clash with what the user did set: then that is the line to look at.
    stands = where if where in tree.places else _blamed(tree, path, message)
    what, way = _what(tree, where, detail), _choice(detail)
    return Complaint(str(tree.place(stands)), dotted(where), what, way)


def _within(tree: Tree, path: Path, location: tuple[int | str, ...]) -> Path:
    """A location without the names that pydantic puts between keys, as for a member of a union."""
    for depth, part in enumerate(location):
        last = depth == len(location) - 1
        value = tree.get(path)
        in_table = isinstance(value, dict) and (part in value or last)
        in_list = isinstance(value, list) and isinstance(part, int)
        if in_table or in_list:
            path = (*path, part)
    return path


def _blamed(tree: Tree, path: Path, message: str) -> Path:
    """A rule between keys names in its message those that it is about: blame the first one set."""
    table = tree.get(path) or {}
    named = [word.strip("`'\",.:;()") for word in message.split()]
    return next(((*path, word) for word in named if word in table), path)


def _what(tree: Tree, where: Path, detail: ErrorDetails) -> str:
    value = tree.get(where)
    if expected := _EXPECTED.get(detail["type"]):
        return f"expected {expected}, this is {_kind(value)}"
    if (
        detail["type"] == "value_error"
    ):  # a room's own words: it knows what of the value may be shown
        return str(detail["msg"]).removeprefix("Value error, ")
    return detail["msg"].removeprefix("Input ") + _shown(tree, where, value)


def _shown(tree: Tree, where: Path, value: Any) -> str:
    """The value where it helps: short, and not from an environment or a file that may be secret."""
    if value is None or isinstance(value, dict | list) or tree.is_from_outside(where):
        return ""
    text = repr(value)
    return f", this is {text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + '…'}"


def _choice(detail: ErrorDetails) -> str:
    """Where the valid values are a few words, the nearest of them."""
    if detail["type"] not in {"literal_error", "enum"}:
        return ""
    words = str(detail["ctx"]["expected"]).replace(" or ", ", ").split(", ")
    return way_out(str(detail["input"]), [word.strip("'") for word in words])


def _example(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    key = str(location[-1])
    field: FieldInfo | None = model.model_fields.get(key) if len(location) == 1 else None
    meaning = f": {field.description}" if field and field.description else ""
    return f"add `{dotted((key,))} = …`{meaning}"


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "nothing")
