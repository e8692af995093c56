"""The databases that vurti is killed over, as one who stands beside them sees them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from tests.waiting import wait_for
from vurti.errors import StoreError
from vurti.repository import AllReader, open_all_for_reading

if TYPE_CHECKING:
    from tests.postgres.server import Server


class Holding(NamedTuple):
    """The row of a scope: whose it is, and how far it is."""

    epoch: int
    nonce: str
    cursor: int


class Store(Protocol):
    """`url` is as in a configuration."""

    url: str

    def come_to_rest(self) -> None:
        """Wait until all that a dead vurti has begun there has ended."""

    def power_cut(self) -> None:
        """The database itself dies beside a vurti that lives, and comes back; where it can."""

    def exists(self) -> bool:
        """Whether anything can be read there yet."""

    def reader(self) -> AllReader: ...

    def holdings(self) -> dict[str, Holding]:
        """By the scope's name."""

    def written(self) -> int:
        """A number that changes as soon as a transaction has begun to write."""


class SqliteStore:
    """A file; its write-ahead log grows, or is begun anew, while a COMMIT runs."""

    def __init__(self, path: Path) -> None:
        self.path, self.url = path, f"sqlite:///{path}"
        self._wal = path.with_name(path.name + "-wal")

    def come_to_rest(self) -> None:
        """All of it died with its process."""

    def power_cut(self) -> None:
        """It is a part of vurti's own process."""
        raise AssertionError("SQLite has no process of its own")

    def exists(self) -> bool:
        if not self.path.exists():
            return False
        with self._connected() as connection:
            return bool(connection.execute("select count(*) from sqlite_master").fetchone()[0])

    def reader(self) -> AllReader:
        return open_all_for_reading(self.url)

    def holdings(self) -> dict[str, Holding]:
        with self._connected() as connection:
            return _holdings(connection.execute(_SCOPES).fetchall())

    def written(self) -> int:
        try:
            return self._wal.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            yield connection


class PostgresStore:
    """A database of its own on a server. `look` connections see what their statements ask for."""

    def __init__(self, server: "Server") -> None:
        import psycopg

        self.server, self.url = server, server.create()
        self._connect = lambda: psycopg.connect(self.url, autocommit=True)
        self._connection = self._connect()

    def come_to_rest(self) -> None:
        wait_for(lambda: self._ask(_SESSIONS) == [(0,)], "the end of a dead process's sessions")

    def power_cut(self) -> None:
        self.server.kill()
        self.server.start()

    def exists(self) -> bool:
        try:
            self.reader().close()
        except StoreError:
            return False
        return True

    def reader(self) -> AllReader:
        return open_all_for_reading(self.url)

    def holdings(self) -> dict[str, Holding]:
        return _holdings(self._ask(_SCOPES))

    def written(self) -> int:
        ((place,),) = self._ask("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(place)

    def close(self) -> None:
        self._connection.close()

    def _ask(self, statement: str) -> list[Any]:
        import psycopg

        try:
            return self._connection.execute(statement).fetchall()  # type: ignore[call-overload,no-any-return] # text of a test
        except psycopg.OperationalError:  # the server died meanwhile
            self._connection.close()
            self._connection = self._connect()
            return self._ask(statement)


def _holdings(rows: list[Any]) -> dict[str, Holding]:
    return {name: Holding(*more) for name, *more in rows}


_SCOPES = "select name, epoch, nonce, cursor from scope"
_SESSIONS = (
    "select count(*) from pg_stat_activity where application_name like 'vurti (pid %'"
    " and datname = current_database()"
)
