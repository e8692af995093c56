"""Stores on servers of PostgreSQL, by psycopg 3."""

from vurti.errors import StoreError
from vurti.repository.database.address import ServerAddress
from vurti.repository.database.port import Database


def held(address: ServerAddress, scope: str) -> Database:
    """The database of the one vurti that writes the scope. Raises StoreError without psycopg."""
    need_psycopg(address)
    from vurti.repository.database.postgresql.held_server import HeldServer

    return HeldServer(address, scope)


def other(address: ServerAddress, *, writes: bool) -> Database:
    """A database that another process may have. Raises StoreError without psycopg."""
    need_psycopg(address)
    from vurti.repository.database.postgresql.other_server import OtherServer

    return OtherServer(address, writes=writes)


def need_psycopg(address: ServerAddress) -> None:
    """Raise StoreError where it is not there."""
    try:
        import psycopg  # noqa: F401  only whoever uses PostgreSQL needs it
    except ImportError as error:
        raise StoreError(
            f"{address}: PostgreSQL needs psycopg 3, which cannot be loaded ({error}):"
            " pip install 'vurti[postgres]'"
        ) from error
