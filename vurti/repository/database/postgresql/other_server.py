"""A database that another process may have: to look at, or to put announcements in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from vurti.repository.database.address import ServerAddress
from vurti.repository.database.port import Connection, Question
from vurti.repository.database.postgresql.connection import PostgresqlConnection, at_one_moment
from vurti.repository.database.postgresql.lasting import Lasting
from vurti.repository.database.postgresql.session import (
    READ_ONLY,
    PeeweeServer,
    Session,
    check_primary,
    check_schema,
    told_as_store_error,
)
from vurti.repository.migrations import version_to_read

T = TypeVar("T")


class OtherServer:
    """A Database that takes no lock; without `writes` it can only be read."""

    def __init__(self, address: ServerAddress, *, writes: bool) -> None:
        self.name, self._address, self._writes = str(address), address, writes
        self._lasting = Lasting(self._connected)

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
        with told_as_store_error(self._address):
            return self._lasting.read(lambda session: question(PeeweeServer(session)))

    def look(self, action: Callable[[Connection], T]) -> T:
        with told_as_store_error(self._address):
            return self._lasting.read(lambda session: at_one_moment(session, action))

    def close(self) -> None:
        self._lasting.close()

    def _opened(self) -> Session:
        return self._lasting.session()

    def _connected(self) -> Session:
        session = Session.opened(self._address, **({} if self._writes else READ_ONLY))
        try:
            check_schema(session)
            if self._writes:
                check_primary(session)
            version_to_read(PostgresqlConnection(session))
        except BaseException:
            session.close()
            raise
        return session
