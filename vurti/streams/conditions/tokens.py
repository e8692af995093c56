"""The words of a condition."""

import re
from typing import NamedTuple

from vurti.streams.conditions.error import ConditionError

LENGTH_MAX = 2000
"""A condition is no program: a longer one is refused."""
WORDS = frozenset({"and", "or", "not", "in", "true", "false", "none"})
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)
    | (?P<sign>==|!=|<=|>=|!~|[<>~()\[\],])
    )""",
    re.VERBOSE | re.ASCII,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_HINTS = {"=": "write == to compare", "&": "write `and`", "|": "write `or`", "!": "write `not`"}


class Token(NamedTuple):
    """A word, where it stands (from 1), and what it is: number, text, name, word, sign or end."""

    what: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """The words of the text, closed by an end. Raises ConditionError for what is none."""
    if len(text) > LENGTH_MAX:
        raise ConditionError(
            LENGTH_MAX + 1, f"a condition has at most {LENGTH_MAX} characters, this has {len(text)}"
        )
    found: list[Token] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise _no_word(text, place)
        what = str(match.lastgroup)
        word = match[what]
        if what == "name" and word in WORDS:
            what = "word"
        if what == "text":
            word = _ESCAPED.sub(r"\1", word[1:-1])
        found.append(Token(what, word, match.start(match.lastgroup or 0) + 1))
        place = match.end()
    return [*found, Token("end", "", len(text.rstrip()) + 1)]


def _no_word(text: str, place: int) -> ConditionError:
    at = place + len(text[place:]) - len(text[place:].lstrip())
    one = text[at]
    if one in "\"'":
        return ConditionError(at + 1, "this text has no end")
    hint = f": {_HINTS[one]}" if one in _HINTS else ""
    return ConditionError(at + 1, f"{one!r} means nothing here{hint}")
