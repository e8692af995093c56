"""Stores of both databases, as the tests of this room meddle with them behind vurti's back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from tests.postgres.server import Server
from vurti.repository import Repository


class Store(Protocol):
    """One that does not exist yet: `url` says where it will be."""

    url: str

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run it by a connection of its own, and commit."""

    def refuse(self, what: str, table: str, says: str, when: str = "true") -> None:
        """From now on it is refused to insert into or delete from a table."""

    def allow(self, table: str) -> None:
        """No more."""

    def changes(self, repository: Repository) -> int:
        """How many rows the database itself counts as inserted, changed or deleted by it so far."""

    def unlock(self, repository: Repository) -> None:
        """Its lock is gone, its connection is not."""


class FileStore:
    """In a file of SQLite."""

    def __init__(self, path: Path) -> None:
        self.path, self.url = path, f"sqlite:///{path}"

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement).fetchall()

    def refuse(self, what: str, table: str, says: str, when: str = "true") -> None:
        self.sql(
            f"create trigger refuse before {what} on {table} when {when}"
            f" begin select raise(abort, '{says}'); end"
        )

    def allow(self, table: str) -> None:
        self.sql("drop trigger refuse")

    def changes(self, repository: Repository) -> int:
        return int(repository._database.writing().connection().total_changes)  # type: ignore[attr-defined] # of a HeldFile

    def unlock(self, repository: Repository) -> None:
        repository._database._holder.close()  # type: ignore[attr-defined] # of a HeldFile


class ServerStore:
    """In a schema of its own on the tests' server of PostgreSQL."""

    made = 0

    def __init__(self, server: Server) -> None:
        type(self).made += 1
        self.server, self.schema = server, f"store{self.made}"
        server.sql(f"create schema {self.schema}")
        self.url = f"{server.url()}?options=-csearch_path%3D{self.schema}"

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload] # text of a test
            return cursor.fetchall() if cursor.description else []

    def refuse(self, what: str, table: str, says: str, when: str = "true") -> None:
        self.sql(
            "create function refuse() returns trigger language plpgsql as"
            f" $$ begin raise exception '{says}'; end $$"
        )
        self.sql(
            f"create trigger refuse before {what} on {table} for each row when ({when})"
            " execute function refuse()"
        )

    def allow(self, table: str) -> None:
        self.sql(f"drop trigger refuse on {table}")

    def changes(self, repository: Repository) -> int:
        session = repository._database._opened()  # type: ignore[attr-defined] # of a HeldServer
        session.execute("select pg_stat_force_next_flush()")
        ((counted,),) = self.sql(
            "select sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint from pg_stat_user_tables"
            " where schemaname = current_schema()"
        )
        return int(counted)

    def unlock(self, repository: Repository) -> None:
        session = repository._database._opened()  # type: ignore[attr-defined] # of a HeldServer
        session.execute("select pg_advisory_unlock_all()")
