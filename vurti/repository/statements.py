"""Set-based SQL for the hot path, built from the names of tables and columns."""

from collections.abc import Sequence

from vurti.repository.database import Kind, Statement
from vurti.repository.schema import MODELS

_TABLES = {model._meta.table_name: model._meta.columns for model in MODELS}
_KINDS: dict[str, Kind] = {
    "TEXT": "text",
    "INT": "bigint",
    "AUTO": "bigint",
    "FLOAT": "double precision",
    "BOOL": "boolean",
}


def kinds(table: str, columns: Sequence[str]) -> tuple[Kind, ...]:
    """What the columns of a table hold."""
    return tuple(_KINDS[_TABLES[table][column].field_type] for column in columns)


def insert(table: str, columns: Sequence[str]) -> Statement:
    """Create rows that are not there."""
    return Statement(_insert(table, columns), kinds(table, columns))


def upsert(
    table: str,
    keys: Sequence[str],
    columns: Sequence[str],
    *,
    others: Sequence[str] = (),
    unless_equal: Sequence[str] = (),
) -> Statement:
    """Create the row that `keys` name, or bring its other columns up to date; `others` are given as
    well, for a new row only. A row with equal `unless_equal` columns is not written at all."""
    every = (*keys, *columns, *others)
    news = ", ".join(f"{column} = excluded.{column}" for column in columns)
    sql = f"{_insert(table, every)} on conflict ({', '.join(keys)}) do update set {news}"
    if unless_equal:
        new = ", ".join(f"excluded.{column}" for column in unless_equal)
        old = ", ".join(f"{table}.{column}" for column in unless_equal)
        sql += f" where ({old}) {{differs}} ({new})"
    return Statement(sql, kinds(table, every), len(keys))


def delete(table: str, keys: Sequence[str]) -> Statement:
    """Remove the rows that `keys` name."""
    sql = f"delete from {table} where ({', '.join(keys)}) in ({{rows}})"  # noqa: S608 # our own names
    return Statement(sql, kinds(table, keys))


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"insert into {table} ({', '.join(columns)}) {{rows}}"  # our own names
