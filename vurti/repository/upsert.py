"""Set-based SQL for the hot path, built from the names of columns."""

from collections.abc import Sequence


def upsert(
    table: str, keys: Sequence[str], columns: Sequence[str], others: Sequence[str] = ()
) -> str:
    """Create the row that `keys` name, or bring its other columns up to date; `others` are given as
    well, for a new row only."""
    every = (*keys, *columns, *others)
    marks = ", ".join("?" for _ in every)
    news = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return (
        f"insert into {table} ({', '.join(every)}) values ({marks})"  # noqa: S608 # our own names
        f" on conflict ({', '.join(keys)}) do update set {news}"
    )


def where_other(table: str, columns: Sequence[str]) -> str:
    """What to add to an upsert, so that a row with equal `columns` is not written at all."""
    new = ", ".join(f"excluded.{column}" for column in columns)
    old = ", ".join(f"{table}.{column}" for column in columns)
    return f" where ({old}) is not ({new})"
