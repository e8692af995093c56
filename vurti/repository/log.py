"""The log of one scope: appended to by the commit, read by cursor, forgotten from its old end."""

import sqlite3
from collections.abc import Sequence

from msgspec import DecodeError
from peewee import fn

from vurti.errors import StoreError
from vurti.events import Event, decode
from vurti.model.commit import Logged
from vurti.repository import schema
from vurti.repository.reading import Read, rows_of
from vurti.repository.rows import EVENT, event_values, storable
from vurti.repository.transaction import write_many

_LOG = schema.EventLog
_COLUMNS = ("scope", "cursor", "committed_at", *EVENT)
_APPEND = (
    f"insert into event_log ({', '.join(_COLUMNS)})"  # noqa: S608 # our own names
    f" values ({', '.join('?' for _ in _COLUMNS)})"
)
_OLDEST = "select cursor, committed_at from event_log where scope = ? order by cursor limit ?"
_FIRST = "select cursor, committed_at from event_log where scope = ? order by cursor limit 1"
_SEQUENCES = (
    "select coalesce(vm, host), max(seq) from event_log where scope = ? and (after_status is null"
    " or kind in ('VmExpectationEnded', 'VdsExpectationEnded')) group by coalesce(vm, host)"
)
_FORGET = "delete from event_log where scope = ? and cursor <= ?"


def append(
    connection: sqlite3.Connection, scope: str, after: int, events: Sequence[Event], at: float
) -> None:
    """Put events at the cursors that follow `after`, within the open transaction."""
    places = enumerate(events, after + 1)
    write_many(
        connection,
        _APPEND,
        ((scope, cursor, at, *event_values(event)) for cursor, event in places),
    )


def forget(
    connection: sqlite3.Connection, scope: str, keep_after: int, keep_since: float, limit: int
) -> int:
    """Delete at most `limit` of the oldest rows that are at or before the cursor `keep_after`, or
    were committed before `keep_since`; returns how many. Within the open transaction."""
    last = 0
    for cursor, committed_at in connection.execute(_OLDEST, (scope, limit)):
        if cursor > keep_after and committed_at >= keep_since:
            break
        last = cursor
    return connection.execute(_FORGET, (scope, last)).rowcount if last else 0


def forgotten_before(connection: sqlite3.Connection, scope: str) -> float:
    """When the oldest event that is left was committed, 0 where nothing was ever forgotten."""
    for cursor, committed_at in connection.execute(_FIRST, (scope,)):
        return float(committed_at) if cursor > 1 else 0.0
    return 0.0


def sequences(connection: sqlite3.Connection, scope: str) -> dict[str, int]:
    """Where the events of things without a record had come to: of those that were removed, and of
    those that never had one. Of what has a record its row knows better."""
    return dict(connection.execute(_SEQUENCES, (scope,)).fetchall())


def read_log(
    read: Read, scope: str, after: int, limit: int, thing: str | None = None
) -> list[Logged]:
    """Events behind the cursor `after`, in order. Raises StoreError for one that it cannot read."""
    query = (
        _LOG.select(_LOG.cursor, _LOG.committed_at, _LOG.body)
        .where(_LOG.scope == scope, _LOG.cursor > after)
        .order_by(_LOG.cursor)
        .limit(limit)
    )
    if thing is not None:
        query = query.where((_LOG.vm == storable(thing)) | (_LOG.host == storable(thing)))
    return [Logged(cursor, at, _event(cursor, body)) for cursor, at, body in read(rows_of(query))]


def read_bounds(read: Read, scope: str) -> tuple[int, int]:
    """The first and the last cursor that the log still has; (0, 0) where it is empty."""
    query = _LOG.select(fn.MIN(_LOG.cursor), fn.MAX(_LOG.cursor)).where(_LOG.scope == scope)
    ((first, last),) = read(rows_of(query))
    return first or 0, last or 0


def _event(cursor: int, body: str) -> Event:
    try:
        return decode(body)
    except DecodeError as error:
        raise StoreError(f"the log at cursor {cursor} cannot be read: {error}") from error
