"""Comparing with what a test names, and with nothing else."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from vurti.testing.values import UNSTAMPED


def difference(expected: Any, got: Any, path: str = "") -> str:
    """Where and how `got` is not what was expected; "" where it is.

    Of values of ours only the fields are compared that the expectation sets to something else than
    their default, at every depth. Everything else must be equal.
    """
    if isinstance(expected, Struct):
        return _of_structs(expected, got, path)
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return _of_parts(dict(expected), dict(got), path)
    if isinstance(expected, tuple | list) and isinstance(got, tuple | list):
        return _of_parts(dict(enumerate(expected)), dict(enumerate(got)), path)
    return "" if expected == got else _told(path, expected, got)


def brief(value: Any) -> str:
    """A value with those of its fields only that are not at their default."""
    if isinstance(value, Struct):
        told = [f"{field.name}={brief(getattr(value, field.name))}" for field in _set(value)]
        return f"{type(value).__name__}({', '.join(told)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {brief(part)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(brief, value)) + ")"
    return str(value)


def _of_structs(expected: Struct, got: Any, path: str) -> str:
    if type(expected) is not type(got):
        return _told(path, type(expected).__name__, brief(got))
    for field in _set(expected):
        name = field.name
        found = difference(getattr(expected, name), getattr(got, name), f"{path}.{name}".strip("."))
        if found:
            return found
    return ""


def _of_parts(expected: dict[Any, Any], got: dict[Any, Any], path: str) -> str:
    if expected.keys() != got.keys():
        return _told(path, sorted(map(str, expected)), sorted(map(str, got)))
    found = (difference(part, got[key], f"{path}[{key}]") for key, part in expected.items())
    return next(filter(None, found), "")


def _set(value: Struct) -> list[FieldInfo]:
    return [field for field in fields(type(value)) if not _at_default(value, field)]


def _at_default(value: Struct, field: FieldInfo) -> bool:
    now = getattr(value, field.name)
    if now == UNSTAMPED or (field.name == "id" and now == ""):
        return True
    if field.default is not msgspec.NODEFAULT:
        return bool(now == field.default)
    return field.default_factory is not msgspec.NODEFAULT and bool(now == field.default_factory())


def _told(path: str, expected: Any, got: Any) -> str:
    return f"{path or 'value'}: expected {brief(expected)}, got {brief(got)}"
