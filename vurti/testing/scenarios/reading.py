"""YAML, as its version 1.2 reads it, with the line of every key.

By YAML 1.1, which PyYAML follows, `no` is false, `012` is ten, `52:54:00` is a number and a date is
not a text. Here only `true` and `false` are truth values, and only decimal numbers are numbers.
"""

import re
from pathlib import Path as FilePath
from typing import Any, ClassVar

from vurti.errors import Complaint
from vurti.settings import Path, Place, Tree, dotted

try:
    import yaml
except ModuleNotFoundError as missing:
    way_out = "scenarios are YAML, which needs PyYAML: pip install 'vurti[scenarios]'"
    raise ModuleNotFoundError(way_out, name=missing.name) from None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the quicker one
    """Knows the plain values of YAML 1.2's core schema and nothing else."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


_FLOAT = r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"

for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
):  # fmt: skip
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}",
        re.compile(rf"(?:{_pattern})\Z"),
        [*_first.replace("\0", ""), *([""] if "\0" in _first else [])],
    )


def read(file: FilePath) -> tuple[Tree, list[Complaint]]:
    """The tree of a YAML file, and what is wrong with its text. Never raises for that."""
    tree, found = Tree(file), list[Complaint]()
    try:
        loader = _Loader(file.read_bytes())
        try:
            node = loader.get_single_node()
            data = _value(loader, node, (), tree, found) if node is not None else None
        finally:
            loader.dispose()
    except OSError as error:
        found.append(Complaint(str(file), "file", f"cannot be read: {error.strerror}"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        found.append(Complaint(f"{file}:{line}", "YAML", str(error.problem)))
    except yaml.YAMLError as error:
        found.append(Complaint(str(file), "YAML", str(error).partition("\n")[0]))
    except RecursionError:
        found.append(Complaint(str(file), "YAML", "an alias stands within what it stands for"))
    else:
        if isinstance(data, dict):
            tree.data.update(data)
        else:
            found.append(Complaint(str(file), "YAML", "expected a map with `format` in it"))
    return tree, found


def _value(loader: Any, node: Any, path: Path, tree: Tree, found: list[Complaint]) -> Any:
    """The plain value of a node; each key and item of it is put down with its line."""
    if path:
        tree.places.setdefault(path, Place(tree.root, node.start_mark.line + 1))
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(loader, item, (*path, index), tree, found)
            for index, item in enumerate(node.value)
        ]
    if isinstance(node, yaml.MappingNode):
        return _map(loader, node, path, tree, found)
    return loader.construct_object(node, deep=True)


def _map(loader: Any, node: Any, path: Path, tree: Tree, found: list[Complaint]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, place = str(key_node.value), Place(tree.root, key_node.start_mark.line + 1)
        if key in data:
            found.append(Complaint(str(place), dotted((*path, key)), "stands there twice"))
        tree.places[(*path, key)] = place
        data[key] = _value(loader, value_node, (*path, key), tree, found)
    return data
