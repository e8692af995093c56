"""A database that another process may have: to look at, or to put announcements in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import peewee
import psycopg

from vurti.errors import StoreError
from vurti.repository.database.address import ServerAddress
from vurti.repository.database.port import Connection, Question
from vurti.repository.database.postgresql.connection import PostgresqlConnection
from vurti.repository.database.postgresql.session import (
    READ_ONLY,
    PeeweeServer,
    Session,
    check_schema,
    one_moment,
    told_as_store_error,
)
from vurti.repository.migrations import version_to_read

T = TypeVar("T")


class OtherServer:
    """A Database that takes no lock; without `writes` it can only be read."""

    def __init__(self, address: ServerAddress, *, writes: bool) -> None:
        self.name, self._address, self._writes = str(address), address, writes
        self._session: Session | None = None
        self._closed = False

    def open(self) -> None:
        with told_as_store_error(self._address):
            self._opened()

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[PostgresqlConnection]:
        with told_as_store_error(self._address):
            session = self._opened()
            with session.transaction():
                yield PostgresqlConnection(session)

    def ask(self, question: Question[T]) -> T:
        """Where the connection was lost meanwhile, it is asked again on a new one."""
        with told_as_store_error(self._address):
            session = self._opened()
            try:
                return question(PeeweeServer(session))
            except (psycopg.OperationalError, peewee.PeeweeException):
                if not session.closed:
                    raise
                return question(PeeweeServer(self._opened()))

    def look(self, action: Callable[[Connection], T]) -> T:
        with told_as_store_error(self._address):
            session = self._opened()
            with one_moment(session):
                return action(PostgresqlConnection(session))

    def close(self) -> None:
        self._closed = True
        if self._session is not None:
            self._session.close()
            self._session = None

    def _opened(self) -> Session:
        if self._closed:
            raise StoreError("it was closed")
        if self._session is None or self._session.closed:
            session = Session.opened(self._address, **({} if self._writes else READ_ONLY))
            try:
                check_schema(session)
                version_to_read(PostgresqlConnection(session))
            except BaseException:
                session.close()
                raise
            self._session = session
        return self._session
