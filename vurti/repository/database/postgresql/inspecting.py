"""A database of PostgreSQL, from outside."""

from vurti.repository.database.address import ServerAddress
from vurti.repository.database.inspected import Inspected
from vurti.repository.database.postgresql.connection import PostgresqlConnection
from vurti.repository.database.postgresql.holding import holder
from vurti.repository.database.postgresql.session import (
    READ_ONLY,
    Session,
    check_schema,
    told_as_store_error,
)

_ASK = (
    "select current_setting('server_version'), pg_database_size(current_database()),"
    " has_schema_privilege(current_schema(), 'CREATE')"
)


def inspected_server(address: ServerAddress, scope: str) -> Inspected:
    """By a session of its own, which takes no lock. Raises StoreError."""
    with told_as_store_error(address):
        session = Session.opened(address, **READ_ONLY)
        try:
            check_schema(session)
            ((version, size, may_make),) = session.execute(_ASK).fetchall()
            return Inspected(
                engine=f"PostgreSQL {version}",
                holder=str(holder(session, scope) or ""),
                is_new=not PostgresqlConnection(session).tables(),
                may_make=may_make,
                size_bytes=size,
            )
        finally:
            session.close()
