"""The file of the one vurti that writes it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from peewee import SqliteDatabase

from vurti.errors import Fenced, StoreError
from vurti.repository.database.address import FileAddress
from vurti.repository.database.port import Connection, Question
from vurti.repository.database.sqlite.connection import SqliteConnection, at_one_moment, immediate
from vurti.repository.database.sqlite.holder import Holder
from vurti.repository.database.sqlite.opening import (
    check_place,
    connection_of,
    identity,
    open_for_writing,
    open_read_only,
    told_as_store_error,
)

T = TypeVar("T")


class HeldFile:
    """A Database that holds the lock beside its file; reading has a connection of its own."""

    def __init__(self, address: FileAddress) -> None:
        self.name, self._path = str(address), address.path
        self._holder: Holder | None = None
        self._writing: SqliteDatabase | None = None
        self._reading: SqliteDatabase | None = None
        self._identity: tuple[int, int] | None = None  # of the file that was opened

    def open(self) -> None:
        with told_as_store_error(self.name):
            if self._holder is None:
                check_place(self._path)
                self._holder = Holder(self._path)
            try:
                self._writing = open_for_writing(self._path)
                self._identity = identity(self._path)
            except BaseException:
                self.close()
                raise

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[SqliteConnection]:
        with told_as_store_error(self.name):
            database = self.writing()
            try:
                with immediate(connection_of(database)) as connection:
                    yield connection
            except BaseException:
                # Whatever state the connection is in, a new one knows what is really stored.
                self._disconnect()
                raise

    def ask(self, question: Question[T]) -> T:
        with told_as_store_error(self.name):
            return question(self.reading())

    def look(self, action: Callable[[Connection], T]) -> T:
        with told_as_store_error(self.name):
            return at_one_moment(connection_of(self.reading()), action)

    def writing(self) -> SqliteDatabase:
        """The connection that writes. Raises StoreError once it was closed, and Fenced where the
        file is not what was opened."""
        if self._holder is None:
            raise StoreError("it was closed")
        if identity(self._path) != self._identity:
            raise Fenced("the file was replaced or removed while it was in use")
        if self._writing is None:
            self._writing = open_for_writing(self._path)
        return self._writing

    def reading(self) -> SqliteDatabase:
        """The connection that only reads. Raises as `writing`."""
        self.writing()
        if self._reading is None:
            self._reading = open_read_only(self._path)
        return self._reading

    def close(self) -> None:
        self._disconnect()
        if self._holder is not None:
            self._holder.close()
            self._holder = None

    def _disconnect(self) -> None:
        for database in (self._reading, self._writing):
            if database is not None:
                database.close()
        self._reading = self._writing = None
