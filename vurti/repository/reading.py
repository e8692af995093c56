"""How the repositories read: by a callable that runs a query where it may block, in a short
transaction of its own."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from peewee import SqliteDatabase

T = TypeVar("T")


class Read(Protocol):
    """Runs `question` with an open Database and gives what it returns. Raises StoreError."""

    def __call__(self, question: Callable[[SqliteDatabase], T]) -> T: ...


def rows_of(query: Any) -> Callable[[SqliteDatabase], list[tuple[Any, ...]]]:
    """The question whose answer is all rows of a peewee query."""
    return lambda database: list(query.tuples().execute(database))
