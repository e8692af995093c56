"""All rows of a query in one step.

Behind each step the thread that reads waits for its turn with the interpreter, which beside a busy
loop takes longer than the reading itself.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from peewee import BooleanField, FloatField, SqliteDatabase

from vurti.repository.database.as_json import Objects, Told, Words, named, object_of, value_of

_EVERY_DIGIT = "printf('%!.17g', {0})"
"""In JSON SQLite would cut off what is behind the 15th."""

_WORDS = Words("json_object", f"iif(abs({{0}}) < 9e999, json({_EVERY_DIGIT}), null)", "json({0})")


class AtOnce(SqliteDatabase):
    """A database that can give many rows as one."""

    def rows_at_once(self, query: Any) -> list[list[Any]]:
        """The rows of a select of columns, values as peewee gives them, in their order."""
        columns, untyped = query._returning, cast(Any, self)  # peewee's stubs do not know these
        sql, values = untyped.get_sql_context().sql(query).query()
        (told,) = untyped.execute_sql(_as_one(sql, columns), values).fetchone()
        rows: list[list[Any]] = msgspec.json.decode(told)
        made: dict[int, Callable[[Any], Any]] = {
            place: column.python_value
            for place, column in enumerate(columns)
            if isinstance(column, FloatField | BooleanField)
        }
        for row in rows:
            for place, python_value in made.items():
                if row[place] is not None:
                    row[place] = python_value(row[place])
        return rows

    def objects(self, asked: Objects, values: Mapping[str, Any]) -> list[Told]:
        """See `port.objects_of`."""

        def told() -> str:
            heads = ", ".join(value_of(place, asked.columns, _WORDS) for place in asked.beside)
            return (
                f"group_concat({object_of(asked.shape, asked.columns, _WORDS)}, char(10)),"
                f" json_group_array(json_array({heads}))"
            )

        texts, beside = cast(Any, self).execute_sql(*asked.statement(self, told, values)).fetchone()
        lines = texts.split("\n") if texts is not None else []  # a line end in JSON is escaped
        return list(map(Told, msgspec.json.decode(beside), lines))


def _as_one(sql: str, columns: Any) -> str:
    names = named(columns)
    told = [
        f"iif({name} is null, null, {_EVERY_DIGIT.format(name)})"
        if isinstance(column, FloatField)
        else name
        for name, column in zip(names, columns, strict=True)
    ]
    return (
        f"with found ({', '.join(names)}) as ({sql})"  # noqa: S608 # peewee's own
        f" select json_group_array(json_array({', '.join(told)})) from found"
    )
