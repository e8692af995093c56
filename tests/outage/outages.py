"""Ways in which a database is not there, each as long as its block runs."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process has the file of SQLite for itself alone."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as connection:
        connection.execute("begin exclusive")
        yield
        connection.execute("rollback")


@contextmanager
def full(pid: int) -> Iterator[None]:
    """No file of that process can be written beyond its first KiB: neither database nor log."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
