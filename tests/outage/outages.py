"""Ways in which a database is not there, each as long as its block runs."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.postgres.server import Server


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


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """The server of the database was shut down in order, and is started again."""
    server.stop()
    yield
    server.start()


@contextmanager
def killed(server: Server) -> Iterator[None]:
    """It died, and recovers when it is started again."""
    server.kill()
    yield
    server.start()


@contextmanager
def paused(server: Server) -> Iterator[None]:
    """It stands still: connections stay, and nothing is answered."""
    server.pause()
    yield
    server.resume()


@contextmanager
def held_up(server: Server, database: str) -> Iterator[None]:
    """Another session has locked what each commit needs: the server answers, and says wait."""
    import psycopg

    with psycopg.connect(server.url(database)) as connection:
        connection.execute("lock table scope in access exclusive mode")
        yield
        connection.rollback()
