"""A transaction on SQLite, which takes the write lock at once and so never lacks it half way."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any, TypeVar

from vurti.repository.database.port import Connection
from vurti.repository.database.statement import Statement, Values, steps

T = TypeVar("T")

_SIZES = (256, 64, 16, 4, 1)
"""Rows of one statement. Behind each statement the thread that stores waits for its turn with the
interpreter: beside a busy loop that took up to four times as long row by row. Few sizes, so that
each is prepared once."""


class SqliteConnection:
    """A Connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def write(self, statement: Statement, rows: Iterable[Values]) -> int:
        changed = 0
        for step in steps(rows):
            for size, some in _in_sizes(step):
                values = list(chain.from_iterable(some))
                changed += self._connection.execute(compiled(statement, size), values).rowcount
        return changed

    def among(self, sql: str, values: Sequence[Any], things: Iterable[str]) -> list[Any]:
        found: list[Any] = []
        for step in steps(things):
            marks = f"in ({', '.join('?' for _ in step)})"
            found += self._connection.execute(sql.format(among=marks), (*values, *step))
        return found

    def define(self, sql: str) -> None:
        self._connection.execute(sql)

    def tables(self) -> set[str]:
        return {name for (name,) in self._connection.execute("select name from sqlite_master")}

    def columns(self, table: str) -> list[str]:
        found = self._connection.execute("select name from pragma_table_info(?)", (table,))
        return [name for (name,) in found]


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[SqliteConnection]:
    """All that is done inside, or nothing. What is raised by COMMIT leaves the outcome unknown."""
    connection.execute("begin immediate")
    try:
        yield SqliteConnection(connection)
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def at_one_moment(connection: sqlite3.Connection, action: Callable[[Connection], T]) -> T:
    """What `action` gives: all that it reads is of one moment."""
    connection.execute("begin")
    try:
        return action(SqliteConnection(connection))
    finally:
        connection.execute("commit")


@cache
def compiled(statement: Statement, rows: int = 1) -> str:
    """The statement for so many rows."""
    marks = f"({', '.join('?' for _ in statement.kinds)})"
    return statement.sql.format(rows=f"values {', '.join([marks] * rows)}", differs="is not")


def _in_sizes(rows: list[Values]) -> Iterator[tuple[int, list[Values]]]:
    """The same rows in their order, in runs of the sizes that statements are made for."""
    start = 0
    for size in _SIZES:
        while len(rows) - start >= size:
            yield size, rows[start : start + size]
            start += size
