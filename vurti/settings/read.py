"""From files to one tree: TOML, further files by glob, keys from the environment, references."""

import os
import re
import tomllib
from glob import glob, has_magic
from pathlib import Path as FilePath
from typing import Any

from vurti.errors import Complaint
from vurti.settings.expand import expand
from vurti.settings.override import override
from vurti.settings.positions import Path, positions
from vurti.settings.tree import Place, Stamp, Tree, dotted

INCLUDE = "include"
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def read(file: FilePath | str) -> tuple[Tree, list[Complaint]]:
    """The tree of this file and of all that it includes, and what is wrong with their text.

    Never raises for what a user can do wrong: the tree then has what could be read.
    """
    root = FilePath(file)
    complaints: list[Complaint] = []
    tree = Tree(root)
    _add_file(tree, root, Place(root), (), complaints)
    override(tree, os.environ, complaints)
    return expand(tree, complaints), complaints


def _add_file(
    tree: Tree, file: FilePath, named: Place, within: tuple[FilePath, ...], found: list[Complaint]
) -> None:
    """Put one file into the tree, then what it includes. `named` is where its name stands."""
    if file.resolve() in within:
        found.append(Complaint(str(named), INCLUDE, f"{file} includes itself"))
        return
    tree.files[file] = _stamp(file)
    text = _text(file, named, found)
    if text is None:
        return
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found.append(_syntax(file, text, str(error)))
        return
    patterns = data.pop(INCLUDE, [])
    places = {path: Place(file, line) for path, line in positions(text).items()}
    _merge(tree, (), tree.data, (), data, places, found)
    for index, pattern in enumerate(_patterns(patterns, places, found)):
        place = places[INCLUDE, index]
        for inner in _matches(tree, file.parent, pattern, place, found):
            _add_file(tree, inner, place, (*within, file.resolve()), found)


def is_as_read(tree: Tree) -> bool:
    """Whether to read it again would be in vain: no file has changed, been added or gone. Files
    that only a reference names are not looked at."""
    return all(_stamp(file) == known for file, known in tree.files.items()) and all(
        _matched(pattern) == names for pattern, names in tree.globs.items()
    )


def _stamp(file: FilePath) -> Stamp:
    try:
        told = file.stat()
    except OSError:
        return (0, 0, 0)
    return (told.st_mtime_ns, told.st_size, told.st_ino)


def _matched(pattern: FilePath) -> tuple[str, ...]:
    return tuple(sorted(glob(str(pattern), recursive=True)))


def _text(file: FilePath, named: Place, found: list[Complaint]) -> str | None:
    try:
        return file.read_bytes().decode()
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        what = f"{file} is not UTF-8 text, at byte {error.start}"
    found.append(Complaint(str(named), INCLUDE if named.line else "file", what))
    return None


def _syntax(file: FilePath, text: str, message: str) -> Complaint:
    match = _AT_LINE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    return Complaint(f"{file}:{line}", "TOML", _AT_LINE.sub("", message))


def _patterns(patterns: Any, places: dict[Path, Place], found: list[Complaint]) -> list[str]:
    if isinstance(patterns, list) and all(isinstance(pattern, str) for pattern in patterns):
        return patterns
    way_out = 'write include = ["hosts.d/*.toml"]'
    where = str(places[INCLUDE,])
    found.append(Complaint(where, INCLUDE, "expected a list of file names", way_out))
    return []


def _matches(
    tree: Tree, directory: FilePath, pattern: str, place: Place, found: list[Complaint]
) -> list[FilePath]:
    """The files of one pattern, by name. A glob may match none: an empty folder is no mistake."""
    if has_magic(pattern):
        names = _matched(directory / pattern)
        tree.globs[directory / pattern] = names
        return [FilePath(name) for name in names]
    if (directory / pattern).exists():
        return [directory / pattern]
    found.append(Complaint(str(place), INCLUDE, f"there is no file {directory / pattern}"))
    return []


def _merge(
    tree: Tree,
    into: Path,
    old: dict[str, Any],
    from_: Path,
    new: dict[str, Any],
    places: dict[Path, Place],
    found: list[Complaint],
) -> None:
    """Put `new`, which stands at `from_` in its file, into `old`, which stands at `into`.

    Tables grow together and arrays of tables get longer; anything else may be set once.
    """
    for key, value in new.items():
        target, source = (*into, key), (*from_, key)
        if key not in old:
            old[key] = value
            _move(tree, target, source, value, places)
        elif isinstance(old[key], dict) and isinstance(value, dict):
            _merge(tree, target, old[key], source, value, places, found)
        elif _is_tables(old[key]) and _is_tables(value):
            for index, item in enumerate(value):
                _move(tree, (*target, len(old[key])), (*source, index), item, places)
                old[key].append(item)
        else:
            where, first = places[source], tree.place(target)
            found.append(Complaint(str(where), dotted(target), f"is set already at {first}"))


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _move(tree: Tree, target: Path, source: Path, value: Any, places: dict[Path, Place]) -> None:
    """Keep the places of a value and of everything in it, under its path in the tree."""
    if source in places:
        tree.places[target] = places[source]
    if isinstance(value, dict):
        for key, item in value.items():
            _move(tree, (*target, key), (*source, key), item, places)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _move(tree, (*target, index), (*source, index), item, places)
