"""Where each key of a TOML text stands. tomllib reads values but keeps no positions; this scanner
keeps positions but reads no values, so each is small and they are tested against each other."""

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]
"""The way to a value: names of keys, and indices where arrays are on the way."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!"")|""(?!"))*"{3,5}'
    r"|'''(?:[^']|'(?!'')|''(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


def positions(text: str) -> dict[Path, int]:
    """The line, from 1, where each table, key and item of an array is first named.

    `text` must be valid TOML: tomllib has accepted it. What is not gives nonsense, never a loop.
    """
    return _Scanner(text).document()


class _Scanner:
    """Walks over the text once. `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}  # arrays of tables: how many tables each has so far
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> dict[Path, int]:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            began = self.at
            if self.text.startswith("[", self.at):
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANK)
            if self.at == began:
                break
        return self.lines

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path that the keys below it are in."""
        line = self.line()
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        *outer, last = self.key()
        self.at += 2 if many else 1
        path = self.known(outer, line)
        if many:
            self.lines.setdefault((*path, last), line)
            count = self.arrays.get((*path, last), 0)
            self.arrays[*path, last] = count + 1
            path = (*path, last, count)
            self.lines[path] = line
            return path
        return self.named(path, last, line)

    def known(self, parts: list[str], line: int) -> Path:
        """The path of a header's outer names; in an array of tables that is its latest table."""
        path: Path = ()
        for part in parts:
            path = self.named(path, part, line)
        return path

    def named(self, path: Path, part: str, line: int) -> Path:
        path = (*path, part)
        self.lines.setdefault(path, line)
        return (*path, self.arrays[path] - 1) if path in self.arrays else path

    def pair(self, table: Path) -> None:
        """`key = value`, where the key may be dotted."""
        line = self.line()
        path = table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.at += 1  # the "="
        self.skip(_SPACE)
        self.value(path)

    def key(self) -> list[str]:
        """A dotted key, up to what follows it."""
        parts = []
        while True:
            self.skip(_SPACE)
            parts.append(self.key_part())
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def key_part(self) -> str:
        if quoted := _STRING.match(self.text, self.at):
            self.at = quoted.end()
            return _unquoted(quoted[0])
        bare = _BARE_KEY.match(self.text, self.at)
        self.at = bare.end() if bare else self.at + 1
        return bare[0] if bare else ""

    def value(self, path: Path) -> None:
        if string := _STRING.match(self.text, self.at):
            self.at = string.end()
        elif self.text.startswith("[", self.at):
            self.array(path)
        elif self.text.startswith("{", self.at):
            self.inline_table(path)
        else:
            self.skip(_BARE_VALUE)

    def array(self, path: Path) -> None:
        index = 0
        self.open()
        while self.inside("]"):
            began = self.at
            self.lines[*path, index] = self.line()
            self.value((*path, index))
            self.separate()
            index += 1
            if self.at == began:
                return

    def inline_table(self, path: Path) -> None:
        self.open()
        while self.inside("}"):
            self.pair(path)
            self.separate()

    def open(self) -> None:
        self.at += 1
        self.skip(_BLANK)

    def inside(self, closing: str) -> bool:
        """Whether the bracket is still open; steps over the closing one."""
        if self.text.startswith(closing, self.at):
            self.at += 1
            return False
        return self.at < len(self.text)

    def separate(self) -> None:
        self.skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.open()

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def line(self) -> int:
        return bisect_right(self._starts, self.at)


def _unquoted(literal: str) -> str:
    try:
        return str(tomllib.loads(f"key = {literal}")["key"])
    except tomllib.TOMLDecodeError:
        return literal
