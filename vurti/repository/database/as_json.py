"""Rows as JSON objects that the database itself makes.

To make an object of each row, field by field, holds the interpreter for longer than all else that a
page of rows takes, and who else would work meanwhile is a busy loop; the database holds it not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import FloatField, Value


class Json(NamedTuple):
    """A column that holds JSON, which is told as it is."""

    place: int


class Nested(NamedTuple):
    """An object in a field; null where the column at `unless_null` is."""

    unless_null: int
    shape: "Shape"


Shape = Mapping[str, int | Json | Nested]
"""The fields of an object by their names, and at which place of the select each is."""


class Given(NamedTuple):
    """A value that is given, by this name, each time that it is asked."""

    name: str


def given(name: str) -> Value:
    """Its place in a select."""
    return Value(Given(name), converter=False, unpack=False)


class Objects:
    """A select that is asked again and again, each row of which is told as an object of this shape,
    with the values of the columns at the places `beside`. Used with one database."""

    def __init__(self, query: Any, shape: Shape, beside: Sequence[int]) -> None:
        self.columns: Sequence[Any] = query._returning
        self.shape, self.beside = shape, beside
        self._query = query
        self._compiled: tuple[str, Sequence[Any]] | None = None

    def statement(
        self, database: Any, told: Callable[[], str], values: Mapping[str, Any]
    ) -> tuple[str, list[Any]]:
        """The SQL that selects what is `told` from all that it has found, and its values. To make
        it takes longer than all else that is done about a page by the one who asks."""
        if self._compiled is None:
            sql, places = database.get_sql_context().sql(self._query).query()
            names = ", ".join(named(self.columns))
            all_of_it = f"with found ({names}) as ({sql}) select {told()} from found"  # noqa: S608 # our own names, peewee's SQL
            self._compiled = all_of_it, places
        statement, places = self._compiled
        return statement, [values[one.name] if isinstance(one, Given) else one for one in places]


class Told(NamedTuple):
    """A row: the values of some columns, and its object."""

    values: Sequence[Any]
    text: str


class Words(NamedTuple):
    """How a database says it, `{0}` being a column. A number that JSON has no word for is null."""

    object: str
    number: str
    json: str


def named(columns: Sequence[Any]) -> list[str]:
    """A name for each column of a select."""
    return [f"c{place}" for place in range(len(columns))]


def object_of(shape: Shape, columns: Sequence[Any], words: Words) -> str:
    """SQL of one row's object. Names of fields are ours, and need no quoting."""
    told = ", ".join(f"'{name}', {value}" for name, value in _values(shape, columns, words))
    return f"{words.object}({told})"


def value_of(place: int, columns: Sequence[Any], words: Words) -> str:
    """SQL of one column's value within JSON."""
    name = named(columns)[place]
    return words.number.format(name) if isinstance(columns[place], FloatField) else name


def _values(shape: Shape, columns: Sequence[Any], words: Words) -> Iterator[tuple[str, str]]:
    names = named(columns)
    for field, one in shape.items():
        match one:
            case Json(place):
                yield field, words.json.format(names[place])
            case Nested(place, inner):
                within = object_of(inner, columns, words)
                yield field, f"case when {names[place]} is not null then {within} end"
            case place:
                yield field, value_of(place, columns, words)
