"""A database that another process may have: to look at, or to put announcements in."""

from collections.abc import Iterator
from contextlib import contextmanager

from vurti.repository.database.address import ServerAddress
from vurti.repository.database.postgresql.connection import PostgresqlConnection
from vurti.repository.database.postgresql.lasting_database import LastingDatabase
from vurti.repository.database.postgresql.session import (
    READ_ONLY,
    Session,
    check_primary,
    check_schema,
    told_as_store_error,
)
from vurti.repository.migrations import version_to_read


class OtherServer(LastingDatabase):
    """A Database that takes no lock; without `writes` it can only be read."""

    def __init__(self, address: ServerAddress, *, writes: bool) -> None:
        super().__init__(address)
        self._writes = writes

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[PostgresqlConnection]:
        with told_as_store_error(self._address):
            session = self._opened()
            with session.transaction():
                yield PostgresqlConnection(session)

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
