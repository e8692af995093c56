"""How a store became what it is: one step a version, each written down once and never changed.

A store without `meta` that holds nothing is new; one that holds something is somebody else's.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from vurti.errors import StoreError
from vurti.repository import steps
from vurti.repository.transaction import immediate

Step = Callable[[sqlite3.Connection], None]


def _running(statements: str) -> Step:
    def run(connection: sqlite3.Connection) -> None:
        for statement in statements.split(";"):
            connection.execute(statement)

    return run


MIGRATIONS: tuple[Step, ...] = (
    _running(steps.FIRST),
    _running(steps.WHAT_GUESTS_TELL),
    _running(steps.PROMISES),
    _running(steps.EXPLANATIONS),
    _running(steps.HOW_HOSTS_ARE),
    _running(steps.MAINTENANCE_ENDS),
    _running(steps.WHERE_SEQUENCES_STAND),
    _running(steps.READERS_OF_THE_LOG),
)
"""Step n turns a store of version n into one of version n + 1; a new store has version 0."""

SCHEMA_VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of an open store, 0 for a new one. Changes nothing.

    Raises StoreError where the database is not vurti's, or is of a newer vurti.
    """
    tables = {name for (name,) in connection.execute("select name from sqlite_master")}
    if not tables:
        return 0
    found = _written_version(connection) if "meta" in tables else None
    if found is None:
        raise StoreError("it is a database, but not one of vurti's")
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"it was written by a newer vurti (schema_version {found}, this one knows"
            f" {SCHEMA_VERSION}): run that version, or use another file"
        )
    return found


def migrate(connection: sqlite3.Connection) -> int:
    """Bring an open store to today's version, all of it or nothing; returns the version found."""
    with immediate(connection):
        found = version_of(connection)
        for step in MIGRATIONS[found:]:
            step(connection)
        if found < SCHEMA_VERSION:
            _write_version(connection)
    return found


def _written_version(connection: sqlite3.Connection) -> int | None:
    try:
        rows: list[tuple[Any]] = connection.execute(
            "select value from meta where name = 'schema_version'"
        ).fetchall()
        return int(rows[0][0]) if rows else None
    except (sqlite3.OperationalError, ValueError):  # somebody else's table of that name
        return None


def _write_version(connection: sqlite3.Connection) -> None:
    connection.execute(
        "insert into meta (name, value) values ('schema_version', ?)"
        " on conflict (name) do update set value = excluded.value",
        (str(SCHEMA_VERSION),),
    )
