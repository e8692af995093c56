"""A transaction on PostgreSQL: each statement takes all its rows at once, as arrays."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

import psycopg

from vurti.repository.database.port import Connection
from vurti.repository.database.postgresql.arrays import array
from vurti.repository.database.postgresql.session import Session
from vurti.repository.database.postgresql.words import translated
from vurti.repository.database.statement import Statement, Values, steps

T = TypeVar("T")


class PostgresqlConnection:
    """A Connection."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cursor = session.cursor()  # for what is read at once; to make one takes its time

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> "psycopg.Cursor[tuple[Any, ...]]":
        return self._session.execute(_marked(sql), values)

    def write(self, statement: Statement, rows: Iterable[Values]) -> int:
        changed = 0
        for step in steps(rows):
            if statement.keys:  # one statement cannot change a row twice
                step = list({row[: statement.keys]: row for row in step}.values())
            columns = map(array, statement.kinds, zip(*step, strict=True))
            changed += self._cursor.execute(_compiled(statement), list(columns)).rowcount
        return changed

    def among(self, sql: str, values: Sequence[Any], things: Iterable[str]) -> list[Any]:
        if not (wanted := list(things)):
            return []
        marked = _marked(sql.format(among="= any(?::text[])"))
        cursor = self._cursor.execute(marked, (*values, array("text", wanted)))
        return cursor.fetchall() if cursor.description else []

    def define(self, sql: str) -> None:
        for statement in translated(sql):
            self._session.execute(statement.encode())

    def tables(self) -> set[str]:
        return {name for (name,) in self._session.execute(_TABLES)}

    def columns(self, table: str) -> list[str]:
        return [name for (name,) in self._session.execute(_COLUMNS, (table,))]


def at_one_moment(session: Session, action: Callable[[Connection], T]) -> T:
    """What `action` gives: all that it reads is of one moment."""
    with session.transaction():
        session.execute("set transaction isolation level repeatable read, read only")
        return action(PostgresqlConnection(session))


_TABLES = """
select c.relname from pg_catalog.pg_class c
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
and not exists (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass
  and d.objid = c.oid and d.deptype = 'e')
"""
"""What is in the schema, but for what came with an extension."""
_COLUMNS = """
select attname from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
where c.relnamespace = current_schema()::regnamespace and c.relname = %s
and a.attnum > 0 and not a.attisdropped order by a.attnum
"""


@cache
def _marked(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()


@cache
def _compiled(statement: Statement) -> bytes:
    arrays = ", ".join(f"%s::{kind}[]" for kind in statement.kinds)
    rows = f"select * from unnest({arrays})"  # noqa: S608 # kinds are our own words
    return statement.sql.format(rows=rows, differs="is distinct from").encode()
