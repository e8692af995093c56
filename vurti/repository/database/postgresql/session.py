"""A session of PostgreSQL: how it is opened, and what bounds its waiting.

Nothing waits for ever: the server ends what takes too long, ends a session that stays in the middle
of a transaction, and finds out that we are gone; we find out that the server is gone or frozen.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, cast

import psycopg
from peewee import PeeweeException, PostgresqlDatabase
from psycopg import conninfo, errors
from psycopg.abc import PQGen

from vurti.errors import StoreError
from vurti.repository.database.address import ServerAddress
from vurti.repository.database.as_json import Objects, Told, Words, named, object_of

_WORDS = Words("json_build_object", "case when abs({0}) < 'Infinity' then {0} end", "{0}::json")
STATEMENT_SECS = 20
REPLY_SECS = 25.0
GONE_SECS = 20
"""So long at most the server waits for a client whose machine or network vanished."""
HELD_SECS = 30
"""So long at most a scope is held by a process that says nothing, whatever stands between it and
the server: vurti says something twice a second."""

OF_SERVER = {
    "statement_timeout": f"{STATEMENT_SECS}s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
    "client_connection_check_interval": "2s",
    "default_transaction_isolation": "read\\ committed",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": f"{GONE_SECS}s",
}
READ_ONLY = {"default_transaction_read_only": "on"}
OF_CLIENT: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": GONE_SECS * 1000,
}


class Session(psycopg.Connection[tuple[Any, ...]]):
    """A connection in autocommit that waits at most `reply_secs` for an answer."""

    reply_secs: float | None = REPLY_SECS

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        bound = self.reply_secs if timeout is None else timeout
        try:
            return super().wait(gen, interval, bound)
        except errors._WaitTimeout as error:
            self.close()  # what it would still say is of no use
            raise errors.ConnectionTimeout(f"no answer within {bound:g} s") from error

    @classmethod
    def opened(cls, address: ServerAddress, **settings: str) -> Self:
        """A new session, with `settings` of the server beside ours. Whatever the URL says of its
        own counts more.

        Raises psycopg.Error, and StoreError for a URL that libpq cannot read.
        """
        session = cls.connect(autocommit=True, **_parameters(address, settings))
        if session.info.parameter_status("server_encoding") != "UTF8":
            session.close()
            raise StoreError("its encoding is not UTF8: create it with encoding 'UTF8'")
        return session


class PeeweeServer(PostgresqlDatabase):
    """Peewee's queries over a session that is there already."""

    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__("its own", prefer_psycopg3=True, thread_safe=False, autoconnect=False)
        self.connect()

    def _connect(self) -> Session:
        return self._session

    def objects(self, asked: Objects, values: Mapping[str, Any]) -> list[Told]:
        """See `port.objects_of`."""

        def told() -> str:
            names = named(asked.columns)
            beside = ", ".join(names[place] for place in asked.beside)
            return f"{object_of(asked.shape, asked.columns, _WORDS)}::text, {beside}"

        found = cast(Any, self).execute_sql(*asked.statement(self, told, values))
        return [Told(beside, text) for text, *beside in found.fetchall()]


def check_primary(session: Session) -> None:
    """Raise StoreError where nothing can be written."""
    if session.info.parameter_status("in_hot_standby") == "on":
        raise StoreError(
            "it is a standby, which only can be read: name all hosts and"
            " target_session_attrs=read-write in the URL"
        )


def check_schema(session: Session) -> None:
    """Raise StoreError where there is none for the tables to be in."""
    if session.execute("select current_schema()").fetchone() == (None,):
        raise StoreError("its search_path names no schema that is there")


@contextmanager
def told_as_store_error(address: ServerAddress) -> Iterator[None]:
    """What the database refuses inside becomes a StoreError that names it, without any secret."""
    try:
        yield
    except StoreError as error:
        raise type(error)(f"{address}: {error}") from error
    except (psycopg.Error, PeeweeException, OSError) as error:
        raise StoreError(f"{address}: {_said(error)}") from error


def _parameters(address: ServerAddress, settings: dict[str, str]) -> dict[str, Any]:
    try:
        given = conninfo.conninfo_to_dict(address.url)
    except psycopg.Error:
        # libpq would show what it could not read, and that may be a part of the password.
        raise StoreError(
            "libpq cannot read this URL: is each special character of the password written as"
            " %XX, and each parameter behind the ? one of libpq's?"
        ) from None
    options = " ".join(f"-c {name}={value}" for name, value in (OF_SERVER | settings).items())
    ours = {"application_name": _own_name(), "client_encoding": "UTF8", **OF_CLIENT}
    return {**ours, **given, "options": f"{options} {given.get('options', '')}".strip()}


def _own_name() -> str:
    """What others see of us in pg_stat_activity: 63 characters at most."""
    return f"vurti (pid {os.getpid()} on {socket.gethostname()[:40]})"


def _said(error: Exception) -> str:
    """One line of what the server or libpq said."""
    return "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
