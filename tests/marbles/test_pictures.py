"""The pictures in the docstrings of the operators are what they do."""

import inspect
import re
from typing import NamedTuple

import pytest

from vurti.events import Counted, Event
from vurti.streams import operators
from vurti.streams.catalog import CATALOG
from vurti.testing import marbles

_PICTURE = re.compile(
    r"^ *([^\n ]*\|)(?:\n *([^\n ]*\|))?\n *(\w+\([^\n]*\))\n *([^\n ]*\|)$", re.MULTILINE
)


class Picture(NamedTuple):
    """`second` is another stream that the call may name so."""

    source: str
    second: str
    call: str
    result: str


def pictures(name: str) -> list[Picture]:
    doc = inspect.getdoc(CATALOG[name].function) or ""
    return [Picture(*found) for found in _PICTURE.findall(doc)]


@pytest.mark.parametrize("name", CATALOG)
def test_every_operator_has_a_picture_of_itself(name: str) -> None:
    assert pictures(name)
    assert {picture.call.partition("(")[0] for picture in pictures(name)} == {name}


@pytest.mark.parametrize("picture", [one for name in CATALOG for one in pictures(name)])
def test_the_picture_is_what_it_does(picture: Picture, letters: dict[str, Event]) -> None:
    if re.search(r"\d", picture.result):  # it says how often, and not what
        letters = letters | {str(number): Counted(count=number) for number in (1, 2)}
    with marbles() as m:
        second = m.hot(picture.second or "|", **letters)
        operator = eval(picture.call, {**vars(operators), "second": second})  # our own docstring
        m.expect(m.hot(picture.source, **letters).pipe(operator), picture.result, **letters)
