"""Why things are as they are: one row for each that was ever spoken of, written with statistics."""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import DecodeError
from peewee import JOIN

from vurti.errors import StoreError
from vurti.model import Row
from vurti.model.explanation import Explanation
from vurti.repository import schema
from vurti.repository.reading import Read, rows_of
from vurti.repository.rows import Values, json_text, storable
from vurti.repository.transaction import write_many

_TABLE, _SCOPE = schema.Explanation, schema.Scope
_SAVE = (
    "insert into explanation (scope, thing, body, changed_at) select ?, ?, ?, ?"
    " where exists (select 1 from vm_dynamic where scope = ? and id = ?)"
    " or exists (select 1 from vds_dynamic where scope = ? and id = ?)"
    " on conflict (scope, thing) do update"
    " set body = excluded.body, changed_at = excluded.changed_at"
)
_FORGET = "delete from explanation where scope = ? and thing = ?"
_decoder = msgspec.json.Decoder(Explanation)


class ExplanationRepository:
    """Reads explanations in short transactions."""

    def __init__(self, scope: str, read: Read) -> None:
        self._scope, self._read = scope, read

    def get(self, thing: str) -> Explanation | None:
        """Of one VM or host, None where nothing was told. Timers that were set before vurti last
        started are gone with the process that had set them, and are not told."""
        query = (
            _TABLE.select(_TABLE.body, _SCOPE.started_at)
            .join(_SCOPE, JOIN.LEFT_OUTER, on=(_SCOPE.name == _TABLE.scope))
            .where(_TABLE.scope == self._scope, _TABLE.thing == storable(thing))
        )
        for body, started_at in self._read(rows_of(query)):
            told = _told(thing, body)
            if started_at is not None and told.changed_at < started_at:
                return msgspec.structs.replace(told, waiting=())
            return told
        return None

    def list(self) -> Sequence[Explanation]:
        """Of all VMs and hosts."""
        query = _TABLE.select(_TABLE.thing, _TABLE.body).where(_TABLE.scope == self._scope)
        return [_told(thing, body) for thing, body in self._read(rows_of(query))]


def save(connection: sqlite3.Connection, scope: str, explanations: Iterable[Explanation]) -> None:
    """Store the newest of each thing that has a record, within the open transaction."""
    write_many(connection, _SAVE, (_values(scope, one) for one in explanations))


def forget(connection: sqlite3.Connection, scope: str, rows: Sequence[Row]) -> None:
    """What is no longer known needs no explanation; within the transaction that removes it."""
    gone = ((scope, storable(row.value.id)) for row in rows if row.deleted)
    write_many(connection, _FORGET, gone)


def _values(scope: str, explanation: Explanation) -> Values:
    where = (scope, storable(explanation.thing))
    return (*where, json_text(explanation), explanation.changed_at, *where, *where)


def _told(thing: str, body: str) -> Explanation:
    try:
        return _decoder.decode(body)
    except DecodeError as error:
        raise StoreError(f"the explanation of {thing!r} cannot be read: {error}") from error
