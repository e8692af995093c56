"""A file that another process may have: to look at, or to put announcements in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from peewee import SqliteDatabase

from vurti.errors import StoreError
from vurti.repository.database.address import FileAddress
from vurti.repository.database.port import Connection, Question
from vurti.repository.database.sqlite.connection import SqliteConnection, at_one_moment, immediate
from vurti.repository.database.sqlite.opening import (
    connection_of,
    open_beside,
    open_read_only,
    told_as_store_error,
)

T = TypeVar("T")


class OtherFile:
    """A Database that takes no lock; without `writes` it can only be read."""

    def __init__(self, address: FileAddress, *, writes: bool) -> None:
        self.name, self._path, self._writes = str(address), address.path, writes
        self._database: SqliteDatabase | None = None

    def open(self) -> None:
        with told_as_store_error(self.name):
            if self._database is None:
                opens = open_beside if self._writes else open_read_only
                self._database = opens(self._path)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[SqliteConnection]:
        with told_as_store_error(self.name), immediate(connection_of(self._opened())) as connection:
            yield connection

    def ask(self, question: Question[T]) -> T:
        with told_as_store_error(self.name):
            return question(self._opened())

    def look(self, action: Callable[[Connection], T]) -> T:
        with told_as_store_error(self.name):
            return at_one_moment(connection_of(self._opened()), action)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _opened(self) -> SqliteDatabase:
        if self._database is None:
            raise StoreError("it was closed")
        return self._database
