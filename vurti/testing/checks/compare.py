"""Comparing what was expected with what came: only what is named counts."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

SETS = ("marks", "changed")
"""Lists that have what is expected, and perhaps more; an empty one has nothing."""


def difference(expected: Any, got: Any, path: str = "") -> str:
    """Where and how `got` is not what was expected; "" where it is. In a text `*` is anything."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return _of_tables(expected, got, path)
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return _of_lists(list(expected), list(got), path)
    if isinstance(expected, str) and isinstance(got, str) and "*" in expected:
        return "" if fnmatchcase(got, expected) else _told(path, expected, got)
    if expected in (None, "") and got in (None, ""):
        return ""
    return "" if expected == got else _told(path, expected, got)


def _of_tables(expected: Mapping[str, Any], got: Mapping[str, Any], path: str) -> str:
    if path == "vms" and expected.keys() != got.keys():
        return _told(path, sorted(expected), sorted(got))
    for key, value in expected.items():
        inner = f"{path}.{key}".strip(".")
        there = got.get(key)
        if isinstance(value, str) and isinstance(there, Mapping):
            value = {"status": value}
        if found := difference(value, there, inner):
            return found
    return ""


def _of_lists(expected: Sequence[Any], got: Sequence[Any], path: str) -> str:
    if path in SETS and expected:
        return "" if set(expected) <= set(got) else _told(path, expected, got)
    same = len(expected) == len(got) and not any(map(difference, expected, got))
    return "" if same else _told(path, expected, got)


def _told(path: str, expected: Any, got: Any) -> str:
    if path.endswith(".status") or path == "":
        path = path.removesuffix(".status")
    return f"{path} expected {_shown(expected)}, got {_shown(got)}".strip()


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return str(value.get("status", dict(value)))
    return (
        ", ".join(map(str, value)) or "nothing" if isinstance(value, list | tuple) else str(value)
    )
