"""One transaction, which takes the write lock at once and so never lacks it half way."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

STATEMENT_ROWS_MAX = 500
"""Rows of one statement: longer ones hold the interpreter's lock too long for those who poll."""


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is done inside, or nothing. What is raised by COMMIT leaves the outcome unknown."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


@contextmanager
def one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is of one moment."""
    connection.execute("begin")
    try:
        yield
    finally:
        connection.execute("commit")


def write_many(
    connection: sqlite3.Connection, statement: str, rows: Iterable[Sequence[Any]]
) -> int:
    """Run a statement for each row, in steps; returns how many rows of the table it changed."""
    changed = 0
    for step in steps(rows):
        changed += connection.executemany(statement, step).rowcount
    return changed


def steps(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The same in lists of at most STATEMENT_ROWS_MAX."""
    rest = iter(rows)
    while step := list(islice(rest, STATEMENT_ROWS_MAX)):
        yield step
