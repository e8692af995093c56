"""What the rooms of the repository know of a database: enough to write their SQL once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast

import peewee

from vurti.repository.database.as_json import Objects, Told
from vurti.repository.database.statement import Statement, Values

T = TypeVar("T")

Question = Callable[[peewee.Database], T]
"""Asks an open database of peewee's, and gives what it found."""


class Result(Protocol):
    """What a statement gave: rows as tuples, and how many it changed or found."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """An open transaction. A value's place in a statement is a `?`."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Result:
        """Run one statement."""

    def write(self, statement: Statement, rows: Iterable[Values]) -> int:
        """Run it over the rows, in steps; returns how many rows of the table it changed.

        Raises OverflowError for a whole number beyond 64 bits: then nothing of its step was done.
        """

    def among(self, sql: str, values: Sequence[Any], things: Iterable[str]) -> list[Any]:
        """Run a statement whose last condition is a column and `{among}`: it is one of `things`.
        Gives the rows that it finds, none where it changes some."""

    def define(self, sql: str) -> None:
        """Run a statement that makes or changes tables, written in SQLite's words."""

    def tables(self) -> set[str]:
        """The names of all tables and views of the store."""

    def columns(self, table: str) -> list[str]:
        """The names of its columns, in their order."""


class Database(Protocol):
    """A store of one process, in one place. Used by one thread at a time.

    Whatever goes wrong raises StoreError that begins with `name`; the next call connects anew.
    """

    @property
    def name(self) -> str:
        """Where it is, without any password."""

    def open(self) -> None:
        """Connect, and do what opening means: see `for_writing` and the others."""

    def transaction(self, *, durable: bool = True) -> AbstractContextManager[Connection]:
        """All that is done inside, or nothing. Where it raises at its end, the outcome is unknown.
        One that is not `durable` may be lost by a crash of the machine, and is cheaper."""

    def ask(self, question: Question[T]) -> T:
        """The answer to a question that only reads, in a short transaction of its own."""

    def look(self, action: Callable[[Connection], T]) -> T:
        """What `action` gives, which only reads: all that it sees is of one moment."""

    def close(self) -> None:
        """Let it go. May be called twice."""


class Read(Protocol):
    """Runs `question` where it may block, and gives what it returns. Raises StoreError."""

    def __call__(self, question: Question[T]) -> T: ...


class Look(Protocol):
    """Runs `action`, which only reads, where it may block: all that it sees is of one moment.
    Raises StoreError."""

    def __call__(self, action: Callable[[Connection], T]) -> T: ...


def rows_of(query: Any) -> Question[list[Any]]:
    """The question whose answer is all rows of a peewee query, as tuples."""
    return lambda database: list(query.tuples().execute(database))


def many_rows_of(query: Any) -> Question[Sequence[Sequence[Any]]]:
    """The same for a select of columns that may find many: at once, where that can be had."""

    def ask(database: peewee.Database) -> Sequence[Sequence[Any]]:
        at_once: Callable[[Any], list[list[Any]]] | None = getattr(database, "rows_at_once", None)
        return at_once(query) if at_once is not None else rows_of(query)(database)

    return ask


def objects_of(asked: Objects, values: Mapping[str, Any]) -> Question[list[Told]]:
    """The question whose answer is what it finds with these values, in the order of the select."""

    def ask(database: peewee.Database) -> list[Told]:
        objects: Callable[[Objects, Mapping[str, Any]], list[Told]] = cast(Any, database).objects
        return objects(asked, values)

    return ask
