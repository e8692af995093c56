"""What a database says of how much was written to it, for benchmarks; both are asked alike."""

import os
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from tests.postgres.server import Server
from vurti.repository import Repository

SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "checkpoint_timeout": "1h",  # only those that are asked for
    "max_wal_size": "20GB",
    "autovacuum": "on",
}
"""What a server needs to be asked so."""


class Written(Struct, frozen=True):
    """Transactions that the database committed, statements that it ran, bytes of WAL."""

    transactions: int
    statements: int
    wal_bytes: int

    def __sub__(self, other: "Written") -> "Written":
        return Written(
            self.transactions - other.transactions,
            self.statements - other.statements,
            self.wal_bytes - other.wal_bytes,
        )


class Store(Protocol):
    """A new store, and what it counts from the time it was opened on."""

    name: str
    url: str

    def follow(self, repository: Repository) -> None:
        """Count what this one writes."""

    def counted(self) -> Written: ...

    def checkpoint(self) -> None: ...

    def execute(self, sql: str, *values: Any) -> list[Any]:
        """One statement in a transaction of its own, by the same connection."""

    def bulk(self, table: str, upsert: str, rows: list[tuple[str, ...]]) -> None:
        """All rows in one transaction, by the quickest way that the driver has."""


class InFile:
    """SQLite counts by its trace and the length of its WAL, which is not reset meanwhile."""

    name = "SQLite"

    def __init__(self, home: Path) -> None:
        self.path = home / "vurti.db"
        self.url = f"sqlite:///{self.path}"
        self._transactions = self._statements = 0

    def follow(self, repository: Repository) -> None:
        self._connection = repository._database.writing().connection()  # type: ignore[attr-defined] # of a HeldFile
        self._connection.execute("pragma wal_autocheckpoint = 0")
        self._connection.set_trace_callback(self._traced)

    def _traced(self, sql: str) -> None:
        self._statements += 1
        self._transactions += sql.lower() == "commit"

    def counted(self) -> Written:
        wal = os.stat(f"{self.path}-wal").st_size
        return Written(self._transactions, self._statements, wal)

    def checkpoint(self) -> None:
        self._connection.execute("pragma wal_checkpoint(truncate)")

    def execute(self, sql: str, *values: Any) -> list[Any]:
        found: list[Any] = self._connection.execute(sql, values).fetchall()
        self._transactions += not sql.startswith("select")
        return found

    def bulk(self, table: str, upsert: str, rows: list[tuple[str, ...]]) -> None:
        self._connection.execute("begin immediate")
        self._connection.executemany(upsert, rows)
        self._connection.execute("commit")


class OnServer:
    """PostgreSQL counts by its statistics and by the place of its WAL."""

    name = "PostgreSQL"

    def __init__(self, server: Server) -> None:
        self._server = server
        self.url = server.create()
        self._database = self.url.rsplit("/", 1)[1]
        server.sql("create extension if not exists pg_stat_statements")

    def follow(self, repository: Repository) -> None:
        self._session = repository._database._opened()  # type: ignore[attr-defined] # of a HeldServer

    def counted(self) -> Written:
        self._session.execute("select pg_stat_force_next_flush()")
        ((statements,),) = self._server.sql(
            "select sum(calls)::bigint from pg_stat_statements s"  # noqa: S608 # our own names
            f" join pg_database d on d.oid = s.dbid where d.datname = '{self._database}'"
        )
        ((commits, wal),) = self._server.sql(
            "select xact_commit, (pg_current_wal_insert_lsn() - '0/0')::bigint"  # noqa: S608 # same
            f" from pg_stat_database where datname = '{self._database}'"
        )
        return Written(commits, statements, wal)

    def checkpoint(self) -> None:
        self._server.sql("checkpoint")

    def execute(self, sql: str, *values: Any) -> list[Any]:
        cursor = self._session.execute(sql.replace("?", "%s").encode(), values)
        return cursor.fetchall() if cursor.description else []

    def bulk(self, table: str, upsert: str, rows: list[tuple[str, ...]]) -> None:
        with self._session.transaction():
            self._session.execute(f"truncate {table}".encode())
            with self._session.cursor() as cursor, cursor.copy(f"copy {table} from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
