"""A store in memory: for tests, and for those who want to keep nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from peewee import SqliteDatabase

from vurti.errors import StoreError
from vurti.repository.database.address import InMemory
from vurti.repository.database.port import Connection, Question
from vurti.repository.database.sqlite.connection import SqliteConnection, at_one_moment, immediate
from vurti.repository.database.sqlite.opening import (
    connection_of,
    open_in_memory,
    told_as_store_error,
)

T = TypeVar("T")


class Memory:
    """A Database. It has one connection, which stays whatever happens: it is the store."""

    def __init__(self) -> None:
        self.name = str(InMemory())
        self._database: SqliteDatabase | None = None

    def open(self) -> None:
        with told_as_store_error(self.name):
            self._database = open_in_memory()

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[SqliteConnection]:
        with told_as_store_error(self.name), immediate(connection_of(self.writing())) as connection:
            yield connection

    def ask(self, question: Question[T]) -> T:
        with told_as_store_error(self.name):
            return question(self.writing())

    def look(self, action: Callable[[Connection], T]) -> T:
        with told_as_store_error(self.name):
            return at_one_moment(connection_of(self.writing()), action)

    def writing(self) -> SqliteDatabase:
        """The one connection. Raises StoreError once it was closed."""
        if self._database is None:
            raise StoreError("it was closed")
        return self._database

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
