"""A file of SQLite, from outside."""

import sqlite3
from pathlib import Path

from vurti.repository.database.inspected import Inspected
from vurti.repository.database.sqlite.holder import who_holds


def inspected_file(path: Path) -> Inspected:
    """The file may not be there; nothing is made."""
    size = path.stat().st_size if path.exists() else 0
    return Inspected(
        engine=f"SQLite {sqlite3.sqlite_version}",
        holder=who_holds(path),
        is_new=not size,
        size_bytes=size,
    )
