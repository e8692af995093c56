"""One statement over many rows, which each database runs in its own way."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

from msgspec import Struct

STATEMENT_ROWS_MAX = 500
"""Rows of one statement: longer ones hold the interpreter's lock too long for those who poll."""

WHOLE_MAX = 2**63 - 1
"""The greatest whole number of a column. What is beyond it, or under the same with a minus, raises
OverflowError where it is written."""

Values = tuple[Any, ...]
Kind = Literal["text", "bigint", "double precision", "boolean"]


class Statement(Struct, frozen=True):
    """SQL in which `{rows}` stands for all rows, as a query would give them, and `{differs}` for
    what tells two rows of values apart, also where some of them are NULL.

    `kinds` are those of the columns of `{rows}`; of several rows with the same first `keys` columns
    the last one counts.
    """

    sql: str
    kinds: tuple[Kind, ...]
    keys: int = 0


def steps(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The same in lists of at most STATEMENT_ROWS_MAX."""
    rest = iter(rows)
    while step := list(islice(rest, STATEMENT_ROWS_MAX)):
        yield step
