"""The database of the one vurti that writes a scope."""

from collections.abc import Iterator
from contextlib import contextmanager

from vurti.errors import Fenced, StoreError
from vurti.repository.database.address import ServerAddress
from vurti.repository.database.postgresql.connection import PostgresqlConnection
from vurti.repository.database.postgresql.holding import Held, hold
from vurti.repository.database.postgresql.lasting_database import LastingDatabase
from vurti.repository.database.postgresql.session import (
    HELD_SECS,
    Session,
    check_primary,
    check_schema,
    told_as_store_error,
)
from vurti.repository.migrations import SCHEMA_VERSION, migrate, version_of

_MIGRATING = "select pg_advisory_xact_lock(hashtext('vurti migrates ' || current_schema()))"


class HeldServer(LastingDatabase):
    """A Database whose one session holds the scope's lock: losing it, it writes nothing until it
    has the lock again."""

    def __init__(self, address: ServerAddress, scope: str) -> None:
        super().__init__(address)
        self._scope = scope
        self._ours: list[Held] = []  # the sessions by which we hold it, or did
        self._had_it = False

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[PostgresqlConnection]:
        with told_as_store_error(self._address):
            session = self._opened()
            with session.transaction():
                if not durable:
                    session.execute("set local synchronous_commit to off")
                yield PostgresqlConnection(session)

    def _connected(self) -> Session:
        session = Session.opened(self._address, idle_session_timeout=f"{HELD_SECS}s")
        try:
            check_schema(session)
            check_primary(session)
            if _is_lax(session):
                session.execute("set synchronous_commit to on")
            self._hold(session)
            self._migrate(session)
        except BaseException:
            session.close()
            raise
        return session

    def _hold(self, session: Session) -> None:
        other = hold(session, self._scope, self._ours)
        if other is None:
            self._had_it = True
            return
        if self._had_it:
            raise Fenced(f"while the connection was lost, another vurti ({other}) took over")
        raise StoreError(
            f"scope {self._scope!r} is in use by another vurti ({other}): stop that one, or use"
            " another database"
        )

    def _migrate(self, session: Session) -> None:
        connection = PostgresqlConnection(session)
        if version_of(connection) == SCHEMA_VERSION:
            return
        session.reply_secs = None  # a large table takes its time
        with session.transaction():
            session.execute("set local statement_timeout to 0")
            session.execute(_MIGRATING)
            migrate(connection)
        del session.reply_secs  # back to that of all sessions


def _is_lax(session: Session) -> bool:
    """Whether the server would tell of commits that a crash may take back."""
    return session.execute("show synchronous_commit").fetchone() == ("off",)
