"""How a store became what it is: one step a version, each written down once and never changed.

A store without `meta` that holds nothing is new; one that holds something is somebody else's.
"""

from vurti.errors import StoreError
from vurti.repository import steps
from vurti.repository.database.port import Connection

MIGRATIONS: tuple[str, ...] = (
    steps.FIRST,
    steps.WHAT_GUESTS_TELL,
    steps.PROMISES,
    steps.EXPLANATIONS,
    steps.HOW_HOSTS_ARE,
    steps.MAINTENANCE_ENDS,
    steps.WHERE_SEQUENCES_STAND,
    steps.READERS_OF_THE_LOG,
    steps.SCOPES_OF_CLUSTERS,
    steps.BY_ID_OVER_SCOPES,
)
"""Step n turns a store of version n into one of version n + 1; a new store has version 0. Each is
a row of statements in SQLite's words, which PostgreSQL's are made from."""

SCHEMA_VERSION = len(MIGRATIONS)


def version_of(connection: Connection) -> int:
    """The version of an open store, 0 for a new one. Changes nothing.

    Raises StoreError where the database is not vurti's, or is of a newer vurti.
    """
    tables = connection.tables()
    if not tables:
        return 0
    found = _written_version(connection) if "meta" in tables else None
    if found is None:
        raise StoreError("it is a database, but not one of vurti's")
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"it was written by a newer vurti (schema_version {found}, this one knows"
            f" {SCHEMA_VERSION}): run that version, or use another database"
        )
    return found


def version_to_read(connection: Connection) -> None:
    """Raise StoreError unless the store is of today's version."""
    found = version_of(connection)
    if found < SCHEMA_VERSION:
        raise StoreError(
            f"it is of an older vurti (schema_version {found}, this one reads"
            f" {SCHEMA_VERSION}): start vurti with it once to migrate it"
        )


def migrate(connection: Connection) -> int:
    """Bring a store to today's version, within the open transaction: all of it or nothing. Returns
    the version found."""
    found = version_of(connection)
    for step in MIGRATIONS[found:]:
        for statement in step.split(";"):
            connection.define(statement)
    if found < SCHEMA_VERSION:
        _write_version(connection)
    return found


def _written_version(connection: Connection) -> int | None:
    if connection.columns("meta") != ["name", "value"]:  # somebody else's table of that name
        return None
    found = connection.execute("select value from meta where name = 'schema_version'").fetchone()
    return int(found[0]) if found and str(found[0]).isdigit() else None


def _write_version(connection: Connection) -> None:
    connection.execute(
        "insert into meta (name, value) values ('schema_version', ?)"
        " on conflict (name) do update set value = excluded.value",
        (str(SCHEMA_VERSION),),
    )
