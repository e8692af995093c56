"""The expectations and intents of one scope: each as it was last, the ended ones for a while."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

from vurti.errors import StoreError
from vurti.model import Expectation, Intent
from vurti.repository import schema
from vurti.repository.database import Connection, Read, Values, rows_of
from vurti.repository.rows import storable
from vurti.repository.statements import upsert

P = TypeVar("P", bound=Expectation | Intent)


class PromiseRepository(Generic[P]):
    """Reads one of the two kinds in short transactions, in the order in which they began.

    Writing is for the commit alone, which hands over its open transaction.
    """

    def __init__(self, scope: str | None, read: Read, value: type[P], table: Any) -> None:
        self._scope, self._read, self._value, self._table = scope, read, value, table
        self._columns = value.__struct_fields__
        name = value.__name__.lower()
        self._save = upsert(name, ("scope", "id"), self._columns[1:])
        self._load = (
            f"select {', '.join(self._columns)} from {name}"  # noqa: S608 # our own names
            " where scope = ? and ended_at is null order by key"
        )
        self._forget = (
            f"delete from {name} where key in (select key from {name}"  # noqa: S608 # our own names
            " where scope = ? and ended_at < ? order by ended_at limit ?)"
        )

    def get(self, id_: str) -> P | None:
        """One of them, open or not; None where there is none, or none any more."""
        found = self._read(rows_of(self._query().where(self._table.id == storable(id_))))
        return self._record(found[0]) if found else None

    def list(
        self,
        *,
        ended: bool = False,
        thing: str | None = None,
        kind: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Sequence[P]:
        """Those that are open, or with `ended` all that are still kept; about one VM or host; from
        behind the id `after` on, at most `limit`."""
        table = self._table
        query = self._query().order_by(table.key).limit(limit)
        if not ended:
            query = query.where(table.ended_at.is_null())
        if thing is not None:
            query = query.where(table.thing == storable(thing))
        if kind is not None:
            query = query.where(table.kind == str(kind))
        if after is not None:
            query = query.where(table.key > self._key_of(after))
        return [self._record(values) for values in self._read(rows_of(query))]

    def load(self, connection: Connection) -> tuple[P, ...]:
        """The open ones, within the open transaction."""
        return tuple(map(self._record, connection.execute(self._load, (self._scope,)).fetchall()))

    def save(self, connection: Connection, values: Iterable[P]) -> None:
        """Create them or bring them up to date, within the open transaction."""
        connection.write(self._save, ((self._scope, *_values(one)) for one in values))

    def forget(self, connection: Connection, ended_before: float, limit: int) -> int:
        """Delete at most `limit` of those that ended longest ago; returns how many."""
        return connection.execute(self._forget, (self._scope, ended_before, limit)).rowcount

    def _query(self) -> Any:
        columns = [getattr(self._table, name) for name in self._columns]
        return self._table.select(*columns).where(schema.within(self._table.scope, self._scope))

    def _key_of(self, id_: str) -> Any:
        table = self._table.alias()
        chosen = schema.within(table.scope, self._scope) & (table.id == storable(id_))
        return table.select(table.key).where(chosen)

    def _record(self, values: Sequence[Any]) -> P:
        told = dict(zip(self._columns, values, strict=True))
        try:
            return msgspec.convert(told, type=self._value)
        except msgspec.ValidationError as error:
            noun = f"{self._value.__name__.lower()} {told['id']!r}"
            raise StoreError(f"the record of {noun} cannot be read: {error}") from error


def expectations(scope: str | None, read: Read) -> PromiseRepository[Expectation]:
    """What was announced."""
    return PromiseRepository(scope, read, Expectation, schema.Expectation)


def intents(scope: str | None, read: Read) -> PromiseRepository[Intent]:
    """What is to be done."""
    return PromiseRepository(scope, read, Intent, schema.Intent)


def _values(promise: Expectation | Intent) -> Values:
    return tuple(map(_value, msgspec.structs.astuple(promise)))


def _value(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case str():
            return storable(value)
        case _:
            return value
