"""The databases that vurti is killed over, as one who stands beside them sees them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from vurti.repository import Reader, open_for_reading


class Holding(NamedTuple):
    """The row of a scope: whose it is, and how far it is."""

    epoch: int
    nonce: str
    cursor: int


class Store(Protocol):
    """`url` is as in a configuration."""

    url: str

    def exists(self) -> bool:
        """Whether anything can be read there yet."""
        ...

    def reader(self) -> Reader: ...

    def holding(self) -> Holding | None: ...

    def written(self) -> int:
        """A number that changes as soon as a transaction has begun to reach the disk."""
        ...


class SqliteStore:
    """A file; its write-ahead log grows, or is begun anew, while a COMMIT runs."""

    def __init__(self, path: Path) -> None:
        self.path, self.url = path, f"sqlite:///{path}"
        self._wal = path.with_name(path.name + "-wal")

    def exists(self) -> bool:
        if not self.path.exists():
            return False
        with self._connected() as connection:
            return bool(connection.execute("select count(*) from sqlite_master").fetchone()[0])

    def reader(self) -> Reader:
        return open_for_reading(self.url)

    def holding(self) -> Holding | None:
        with self._connected() as connection:
            rows = connection.execute("select epoch, nonce, cursor from scope").fetchall()
        return Holding(*rows[0]) if rows else None

    def written(self) -> int:
        try:
            return self._wal.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            yield connection
