"""How often each table was written, as the database itself counts it."""

import sqlite3
from contextlib import closing
from pathlib import Path

STATE = ("vds_dynamic", "vm_dynamic", "event_log")
"""What a quiet fleet does not write (contract 10)."""
STATISTICS = ("vds_statistics", "vm_statistics")


def count_in_sqlite(path: Path) -> None:
    """Have each row that is written from now on counted, by triggers of the database."""
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        connection.execute("create table written (name text primary key, count integer not null)")
        for table in (*STATE, *STATISTICS):
            connection.execute("insert into written values (?, 0)", (table,))
            for act in ("insert", "update", "delete"):
                connection.execute(
                    f"create trigger {table}_{act} after {act} on {table} begin"
                    f" update written set count = count + 1 where name = '{table}'; end"
                )
        connection.commit()


def written_in_sqlite(path: Path) -> dict[str, int]:
    """Rows written since then, of each table."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("select name, count from written").fetchall())
