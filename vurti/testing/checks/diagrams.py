"""The diagrams of a test, whose groups may be written without commas: `(ab)` is `(a,b)`."""

import re
from collections.abc import Container

from vurti.testing.diagram import END, ERROR, Diagram, Sign, read

_GROUP = re.compile(r"\(([^(),]*)\)")


def drawn(text: str, names: Container[str]) -> Diagram:
    """What it shows. A group without a comma that is no name is one of single letters. Raises
    ValueError as `read` does."""
    shown = read(text)
    grouped = {
        found[1]: list(found[1])
        for found in _GROUP.finditer("".join(text.split()))
        if found[1] not in names
    }
    signs: list[Sign] = []
    for sign in shown.signs:
        letters = grouped.get(sign.name, [sign.name]) if sign.name not in names else [sign.name]
        signs.extend(Sign(sign.tick, letter) for letter in letters)
    _ends_last(text, signs)
    return Diagram(tuple(signs), shown.ticks)


def _ends_last(text: str, signs: list[Sign]) -> None:
    ends = [index for index, sign in enumerate(signs) if sign.name in (END, ERROR)]
    if ends and ends[0] != len(signs) - 1:
        raise ValueError(f"{text!r} goes on after its end")
