"""Connections to SQLite: how they are opened, and how what goes wrong with them is told."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from peewee import PeeweeException, SqliteDatabase

from vurti.errors import StoreError
from vurti.repository.database.sqlite.at_once import AtOnce
from vurti.repository.database.sqlite.connection import SqliteConnection, immediate
from vurti.repository.migrations import migrate, version_of, version_to_read

BUSY_SECS = 5
CACHE_KIB = 16_384
"""For who writes. What a large commit changes has no room in SQLite's own 2 MB, which then writes
pages before its end and again at it."""


@contextmanager
def told_as_store_error(where: object) -> Iterator[None]:
    """What the database refuses inside becomes a StoreError that names it."""
    try:
        yield
    except StoreError as error:
        raise type(error)(f"{where}: {error}") from error
    except (sqlite3.Error, PeeweeException, OSError) as error:
        raise StoreError(f"{where}: {error}") from error


def open_in_memory() -> SqliteDatabase:
    """A new store that ends with its connection."""
    database = _database(":memory:", synchronous="off")
    database.connect()
    with immediate(connection_of(database)) as connection:
        migrate(connection)
    return database


def open_for_writing(path: Path) -> SqliteDatabase:
    """A connection that may write; the file is made (for its owner only) and migrated if need be.

    Every COMMIT on it is on the disk when it returns. Raises StoreError.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    database = _database(str(path), synchronous="full", cache_size=-CACHE_KIB)
    try:
        database.connect()
        # Before anything is changed: it may be somebody else's.
        version_of(SqliteConnection(connection_of(database)))
        _use_wal(database)
        with immediate(connection_of(database)) as connection:
            migrate(connection)
    except BaseException:
        database.close()
        raise
    return database


def open_read_only(path: Path) -> SqliteDatabase:
    """A connection that sees what is committed, each statement at one moment; it cannot write.

    Raises StoreError where there is no store, or one of another version.
    """
    return _existing(path, "ro", query_only="on")


def open_beside(path: Path) -> SqliteDatabase:
    """A connection that writes beside the vurti that has the store, whose lock it leaves alone.

    Raises StoreError as `open_read_only`.
    """
    return _existing(path, "rw", synchronous="full")


def _existing(path: Path, mode: str, **pragmas: str) -> SqliteDatabase:
    check_place(path)
    if not path.exists():
        raise StoreError("there is no such file: has vurti run with it yet?")
    name = f"file:{quote(str(path.absolute()))}?mode={mode}"
    database = _database(name, uri=True, **pragmas)
    try:
        database.connect()
        version_to_read(SqliteConnection(connection_of(database)))
    except BaseException:
        database.close()
        raise
    return database


def connection_of(database: SqliteDatabase) -> sqlite3.Connection:
    """The open connection itself, for set-based SQL."""
    connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call] # peewee's stubs
    return connection


def identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def check_place(path: Path) -> None:
    """Raise StoreError where no file can be."""
    if not path.parent.is_dir():
        raise StoreError(f"there is no directory {path.parent}: make it, or name another file")
    if path.is_dir():
        raise StoreError("it is a directory: name a file in it")


def _database(name: str, uri: bool = False, **pragmas: str | int) -> SqliteDatabase:
    # One connection, used by one thread at a time, whose caller sees to that: peewee's own
    # bookkeeping by thread would become one by greenlet once gevent has patched.
    return AtOnce(
        name,
        pragmas=tuple(pragmas.items()),
        timeout=BUSY_SECS,
        thread_safe=False,
        autoconnect=False,
        check_same_thread=False,
        uri=uri,
    )


def _use_wal(database: SqliteDatabase) -> None:
    mode = database.pragma("journal_mode", "wal")
    if mode != "wal":
        raise StoreError(f"its file system cannot do WAL (journal_mode {mode}): use a local disk")
