"""References to what is better kept out of a configuration: `${env:NAME}` and `${file:path}`."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from vurti.errors import Complaint
from vurti.settings.nearest import way_out
from vurti.settings.positions import Path
from vurti.settings.tree import Tree

FILE_BYTES_MAX = 65_536
_REFERENCE = re.compile(r"\$(\$\{)|\$\{([^}]*)\}")


class _Unresolved(Exception):
    """What is wrong with a reference, and the way out of it."""


def expand(tree: Tree, complaints: list[Complaint]) -> Tree:
    """The tree with each reference in a text replaced by what it names; `$${` stands for `${`."""
    expanded: set[Path] = set()
    data = _expanded(tree, (), tree.data, expanded, complaints)
    return replace(tree, data=data, expanded=frozenset(expanded))


def _expanded(
    tree: Tree, path: Path, value: Any, expanded: set[Path], complaints: list[Complaint]
) -> Any:
    if isinstance(value, dict | list):
        inner = [
            (key, _expanded(tree, (*path, key), item, expanded, complaints))
            for key, item in _items(value)
        ]
        return dict(inner) if isinstance(value, dict) else [item for _, item in inner]
    if not isinstance(value, str) or not _REFERENCE.search(value):
        return value
    expanded.add(path)
    try:
        return _REFERENCE.sub(lambda match: _resolved(match, tree.directory(path)), value)
    except _Unresolved as reason:
        complaints.append(tree.complaint(path, *reason.args))
        return value


def _items(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str | int, Any]]:
    return iter(value.items()) if isinstance(value, dict) else iter(enumerate(value))


def _resolved(match: re.Match[str], directory: FilePath) -> str:
    if match[1]:
        return match[1]
    kind, _, name = match[2].partition(":")
    if kind == "env":
        return _variable(name)
    if kind == "file":
        return _content(directory / name)
    raise _Unresolved(f"`{match[0]}` is no reference", "there are: ${env:NAME}, ${file:path}")


def _variable(name: str) -> str:
    if name in os.environ:
        return os.environ[name]
    raise _Unresolved(f"the environment has no variable {name}", way_out_of_environment(name))


def way_out_of_environment(name: str) -> str:
    """Only a near name is worth telling: all the others are nobody's business."""
    hint = way_out(name, os.environ)
    return hint if hint.startswith("did you mean") else f"set {name} before you start vurti"


def _content(file: FilePath) -> str:
    try:
        with file.open("rb") as stream:
            body = stream.read(FILE_BYTES_MAX + 1)
        if len(body) > FILE_BYTES_MAX:
            raise _Unresolved(f"{file} has more than {FILE_BYTES_MAX} bytes", "name another file")
        return body.decode().rstrip("\r\n")
    except OSError as error:
        raise _Unresolved(f"{file} cannot be read: {error.strerror}", "") from None
    except UnicodeDecodeError:
        raise _Unresolved(f"{file} is not UTF-8 text", "") from None
