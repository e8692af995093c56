"""The configuration as one tree, with the place of each of its keys."""

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from vurti.errors import Complaint
from vurti.settings.positions import Path

Stamp = tuple[int, int, int]
"""What changes where a file is written or replaced: its time, its size and its number."""


@dataclass(frozen=True)
class Place:
    """A line of a file. Line 0 stands for the file as a whole."""

    file: FilePath
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else str(self.file)


@dataclass(frozen=True)
class Tree:
    """What the files say: `data` as tomllib gives it, and in `places` where each key stands.

    `expanded` are the paths whose text came in part from outside of the files: it may be a secret,
    so no complaint shows it. `files` are those that were read, each as it was just before, and
    `globs` the patterns with what they matched: whether to read again can be told by them.
    `overridden` are the paths that a variable of the environment has set, each with its name.
    """

    root: FilePath
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    expanded: frozenset[Path] = frozenset()
    files: dict[FilePath, Stamp] = field(default_factory=dict)
    globs: dict[FilePath, tuple[str, ...]] = field(default_factory=dict)
    overridden: dict[Path, str] = field(default_factory=dict)

    def get(self, path: Path) -> Any:
        """The value there, None where there is none."""
        value: Any = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def place(self, path: Path) -> Place:
        """Where the key stands, or the nearest table around it that does."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Place(self.root)

    def directory(self, path: Path) -> FilePath:
        """What a relative path in this value is relative to."""
        return self.place(path).file.parent

    def is_from_outside(self, path: Path) -> bool:
        """Whether the value, or a part of it, came from the environment or a file of secrets."""
        return path in self.expanded or any(path[: len(of)] == of for of in self.overridden)

    def complaint(self, path: Path, what: str, hint: str = "") -> Complaint:
        """Something wrong with this key."""
        return Complaint(str(self.place(path)), dotted(path), what, hint)


_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


def dotted(path: Path) -> str:
    """The path as TOML writes it: `hosts.alpha.url`, `streams.quiet.chain[0].op`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE.match(part) else repr(part))
    return text
