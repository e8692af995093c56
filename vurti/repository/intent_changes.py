"""Intents by the commits that brought them: what a reader of intents goes on from."""

from collections.abc import Iterable
from typing import NamedTuple

from vurti.model import Intent
from vurti.repository.database import Connection, Read, rows_of
from vurti.repository.promises import PromiseRepository
from vurti.repository.rows import storable
from vurti.repository.schema import Intent as Table
from vurti.repository.schema import Scope

_MARK = (
    "update intent set changed_in = ?, raised_in = coalesce(raised_in, ?)"
    " where scope = ? and id {among}"
)


class IntentChange(NamedTuple):
    """An intent as it is now, and the commits (`seq` of the scope) that brought it and its last
    word."""

    intent: Intent
    raised_in: int
    changed_in: int


def mark(connection: Connection, scope: str, seq: int, intents: Iterable[Intent]) -> None:
    """These come with commit `seq`, within the open transaction."""
    connection.among(_MARK, (seq, seq, scope), (storable(one.id) for one in intents))


def read_changes(
    read: Read, intents: PromiseRepository[Intent], scope: str, after: int, limit: int
) -> list[IntentChange]:
    """What changed behind the commit `after`, whole commits, of about `limit` intents."""
    base = Table.select(Table.id, Table.raised_in, Table.changed_in).where(Table.scope == scope)
    order = (Table.changed_in, Table.key)
    rows = read(rows_of(base.where(Table.changed_in > after).order_by(*order).limit(limit)))
    if len(rows) == limit:
        last = rows[-1][2]
        rows = [row for row in rows if row[2] < last]
        rows += read(rows_of(base.where(Table.changed_in == last).order_by(*order)))
    found = ((intents.get(id_), raised_in, changed_in) for id_, raised_in, changed_in in rows)
    return [IntentChange(one, *commits) for one, *commits in found if one is not None]


def read_seq(read: Read, scope: str) -> int:
    """The last commit; 0 before the first."""
    rows = read(rows_of(Scope.select(Scope.seq).where(Scope.name == scope)))
    return int(rows[0][0]) if rows else 0
