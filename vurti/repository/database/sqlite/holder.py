"""One vurti a database: a lock on a file beside it, in which its holder says who it is.

The kernel drops the lock when the holder dies, however it dies; the file itself stays.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from vurti.errors import StoreError


class Holder:
    """The lock, held from construction to `close`. Raises StoreError naming whoever has it."""

    def __init__(self, database: Path) -> None:
        self._path = lock_of(database)
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"its lock file {self._path}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _told(self._file)
            os.close(self._file)
            raise StoreError(
                f"it is in use by another vurti ({holder}): stop that one, or use another file"
            ) from error
        self._write()

    def close(self) -> None:
        """Let it go. May be called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self) -> None:
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"pid {os.getpid()}, since {since}\n".encode(), 0)


def who_holds(database: Path) -> str:
    """Who has the lock, empty where nobody has. A shared lock cannot be had while a vurti has it
    alone; ours is let go at once."""
    try:
        file = os.open(lock_of(database), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _told(file)
    finally:
        os.close(file)
    return ""


def lock_of(database: Path) -> Path:
    """The file that is locked."""
    return database.with_name(database.name + ".lock")


def _told(file: int) -> str:
    return os.pread(file, 200, 0).decode("utf-8", "replace").strip() or "just starting"
