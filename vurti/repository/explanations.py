"""Why things are as they are: one row for each that was ever spoken of, written with statistics."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import DecodeError
from peewee import JOIN

from vurti.errors import StoreError
from vurti.model import Row
from vurti.model.explanation import Explanation
from vurti.repository import schema
from vurti.repository.database import Connection, Read, Statement, Values, rows_of
from vurti.repository.rows import json_text, storable
from vurti.repository.statements import delete, kinds

_TABLE, _SCOPE = schema.Explanation, schema.Scope
_COLUMNS = ("scope", "thing", "body", "changed_at")
_SAVE = Statement(
    "insert into explanation (scope, thing, body, changed_at)"
    " with told (scope, thing, body, changed_at) as ({rows}) select told.* from told"
    " where exists (select 1 from vm_dynamic x where x.scope = told.scope and x.id = told.thing)"
    " or exists (select 1 from vds_dynamic x where x.scope = told.scope and x.id = told.thing)"
    " on conflict (scope, thing) do update"
    " set body = excluded.body, changed_at = excluded.changed_at",
    kinds("explanation", _COLUMNS),
    keys=2,
)
_FORGET = delete("explanation", ("scope", "thing"))
_decoder = msgspec.json.Decoder(Explanation)


class ExplanationRepository:
    """Reads explanations in short transactions."""

    def __init__(self, scope: str | None, read: Read) -> None:
        self._scope, self._read = scope, read

    def get(self, thing: str) -> Explanation | None:
        """Of one VM or host, None where nothing was told. Timers that were set before vurti last
        started are gone with the process that had set them, and are not told."""
        query = (
            _TABLE.select(_TABLE.body, _SCOPE.started_at)
            .join(_SCOPE, JOIN.LEFT_OUTER, on=(_SCOPE.name == _TABLE.scope))
            .where(schema.within(_TABLE.scope, self._scope), _TABLE.thing == storable(thing))
        )
        for body, started_at in self._read(rows_of(query)):
            told = _told(thing, body)
            if started_at is not None and told.changed_at < started_at:
                return msgspec.structs.replace(told, waiting=())
            return told
        return None

    def list(self) -> Sequence[Explanation]:
        """Of all VMs and hosts."""
        query = _TABLE.select(_TABLE.thing, _TABLE.body).where(
            schema.within(_TABLE.scope, self._scope)
        )
        return [_told(thing, body) for thing, body in self._read(rows_of(query))]


def save(connection: Connection, scope: str, explanations: Iterable[Explanation]) -> None:
    """Store the newest of each thing that has a record, within the open transaction."""
    connection.write(_SAVE, (_values(scope, one) for one in explanations))


def forget(connection: Connection, scope: str, rows: Sequence[Row]) -> None:
    """What is no longer known needs no explanation; within the transaction that removes it."""
    connection.write(_FORGET, ((scope, storable(row.value.id)) for row in rows if row.deleted))


def _values(scope: str, explanation: Explanation) -> Values:
    thing = storable(explanation.thing)
    return (scope, thing, json_text(explanation), explanation.changed_at)


def _told(thing: str, body: str) -> Explanation:
    try:
        return _decoder.decode(body)
    except DecodeError as error:
        raise StoreError(f"the explanation of {thing!r} cannot be read: {error}") from error
