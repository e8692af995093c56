"""What a configuration comes to: every key with its value and where that is from."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from pydantic import BaseModel

from vurti.config.config import Config
from vurti.config.streams import StreamSettings
from vurti.config.tables import NAMED, SINGLE
from vurti.settings import Path, Secret, Tree

HIDDEN, DEFAULT = "***", "default"
_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]*@")
_Given = Mapping[Path, str]


class Resolved(NamedTuple):
    """One key. `origin` is a file and line, a variable of the environment, or "default"; `value` is
    what TOML could say, and *** where it is, or may be, a secret."""

    path: Path
    value: Any
    origin: str


def resolved(config: Config) -> Iterator[Resolved]:
    """All keys of the tables that count, in the order of config/vurti.toml."""
    tree = config.tree or Tree(FilePath())
    for name, of in _single(config).items():
        yield from _of_model(of, (name,), tree)
    for source in config.sources.named:
        yield from _of_model(config.sources.of(source), ("sources", source), tree)
    for table, named in (("inventory", config.inventory.named), ("sinks", config.sinks)):
        for name, one in named:
            yield from _of_model(one, (table, name), tree)
    for name in NAMED:
        if name not in ("inventory", "streams"):
            yield from _of_things(name, config, tree)
    for stream in config.streams:
        yield from _of_stream(stream, tree)


def _single(config: Config) -> dict[str, BaseModel]:
    of = {"inventory": config.inventory.defaults}
    return {name: of.get(name) or getattr(config, name) for name in SINGLE}


def _of_model(model: BaseModel, path: Path, tree: Tree) -> Iterator[Resolved]:
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        key = (*path, info.alias or name)
        if value is not None:
            yield Resolved(key, _shown(value, key, tree), _origin(key, path, tree))


def _of_things(table: str, config: Config, tree: Tree) -> Iterator[Resolved]:
    """Hosts, VMs, clusters: records whose fields are the keys of their tables."""
    for thing in getattr(config, table):
        path: Path = (table, thing.id)
        for name in NAMED[table].model_fields:
            value = getattr(thing, name)
            if value is not None:
                key = (*path, name)
                yield Resolved(key, _shown(value, key, tree), _origin(key, path, tree))


def _of_stream(stream: StreamSettings, tree: Tree) -> Iterator[Resolved]:
    path: Path = ("streams", stream.name)
    made_of = stream.sources[0] if len(stream.sources) == 1 else list(stream.sources)
    yield Resolved((*path, "from"), made_of, _origin((*path, "from"), path, tree))
    for index, step in enumerate(stream.steps):
        yield from _of_model(step, (*path, "chain", index), tree)


def _origin(key: Path, table: Path, tree: Tree) -> str:
    """Where the key is set. A default of a named table is not that of another file."""
    for end in range(len(key), len(table), -1):
        if key[:end] in tree.places:
            return str(tree.places[key[:end]])
    return DEFAULT


def _shown(value: Any, key: Path, tree: Tree) -> Any:
    if isinstance(value, Secret) or key in tree.expanded:
        return HIDDEN
    if isinstance(value, str) and not isinstance(value, Enum):
        return _PASSWORD.sub(rf"\1:{HIDDEN}@", value)
    return _plain(value, key, tree)


def _plain(value: Any, key: Path, tree: Tree) -> Any:
    if isinstance(value, BaseModel):
        return {name: _shown(one, (*key, name), tree) for name, one in value}
    if isinstance(value, dict):
        return {str(name): _shown(one, (*key, str(name)), tree) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one, (*key, index), tree) for index, one in enumerate(value)]
    if hasattr(value, "__struct_fields__"):
        names = value.__struct_fields__
        return {name: _shown(getattr(value, name), (*key, name), tree) for name in names}
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, FilePath) else value
