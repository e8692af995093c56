"""The log of one scope: appended to by the commit, read by cursor, forgotten from its old end."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import DecodeError

from vurti.errors import StoreError
from vurti.events import Event, decode
from vurti.model.commit import Logged
from vurti.repository import schema
from vurti.repository.database import Connection, Look, Read, many_rows_of
from vurti.repository.log_tables import EventLog
from vurti.repository.rows import EVENT, event_values
from vurti.repository.statements import insert

_LOG, _SCOPE = EventLog, schema.Scope
_APPEND = insert("event_log", ("scope", "cursor", "committed_at", "log_time", *EVENT))
_OLDEST = "select cursor, committed_at from event_log where scope = ? order by cursor limit ?"
_FIRST = "select cursor, committed_at from event_log where scope = ? order by cursor limit 1"
_SEQUENCES = (
    "select coalesce(vm, host), max(seq) from event_log where scope = ? and (after_status is null"
    " or kind in ('VmExpectationEnded', 'VdsExpectationEnded')) group by coalesce(vm, host)"
)
_NEXT = (
    "select log_time, cursor, committed_at, body from event_log"
    " where scope = ? and cursor > ? order by cursor limit ?"
)
_BOUNDS = (
    "select cursor, (select min(cursor) from event_log where scope = ?) from scope where name = ?"
)
_FORGET = "delete from event_log where scope = ? and cursor <= ?"


class Bound(NamedTuple):
    """What is at or before the cursor `keep_after`, or was committed before `keep_since` (wall
    seconds), is beyond it."""

    keep_after: int
    keep_since: float

    def is_over(self, cursor: int, committed_at: float) -> bool:
        """Whether an event is beyond it."""
        return cursor <= self.keep_after or committed_at < self.keep_since


class Placed(NamedTuple):
    """An event of the log with its log time, for those who go by that."""

    logged: Logged
    log_time: float


def append(
    connection: Connection,
    scope: str,
    after: int,
    events: Sequence[Event],
    at: float,
    log_time: float,
) -> None:
    """Put events at the cursors that follow `after`, within the open transaction."""
    places = enumerate(events, after + 1)
    connection.write(
        _APPEND, ((scope, cursor, at, log_time, *event_values(event)) for cursor, event in places)
    )


def forgettable(
    connection: Connection,
    scope: str,
    limit: int,
    wished: Bound,
    held_after: int | None,
    allowed: Bound,
) -> tuple[int, int]:
    """The first and the last cursor of what is to be forgotten now, at most `limit` of the oldest
    events; (0, 0) for nothing.

    What is beyond `wished` goes. What stands behind the cursor `held_after`, because somebody has
    not read it, goes only where it is beyond `allowed` as well.
    """
    first = last = 0
    for cursor, committed_at in connection.execute(_OLDEST, (scope, limit)).fetchall():
        if not wished.is_over(cursor, committed_at):
            break
        is_held = held_after is not None and cursor > held_after
        if is_held and not allowed.is_over(cursor, committed_at):
            break
        first, last = first or cursor, cursor
    return first, last


def forget(connection: Connection, scope: str, last: int) -> int:
    """Delete what is at or before the cursor `last`; returns how many. Within the open
    transaction."""
    return connection.execute(_FORGET, (scope, last)).rowcount


def forgotten_before(connection: Connection, scope: str) -> float:
    """When the oldest event that is left was committed, 0 where nothing was ever forgotten."""
    first = connection.execute(_FIRST, (scope,)).fetchone()
    return float(first[1]) if first and first[0] > 1 else 0.0


def sequences(connection: Connection, scope: str) -> dict[str, int]:
    """Where the events of things without a record had come to: of those that were removed, and of
    those that never had one. Of what has a record its row knows better."""
    return dict(connection.execute(_SEQUENCES, (scope,)).fetchall())


def read_log(read: Read, scope: str, after: int, limit: int) -> list[Logged]:
    """Events behind the cursor `after`, in order. Raises StoreError for one that it cannot read."""
    query = (
        _LOG.select(_LOG.cursor, _LOG.committed_at, _LOG.body)
        .where(_LOG.scope == scope, _LOG.cursor > after)
        .order_by(_LOG.cursor)
        .limit(limit)
    )
    return [logged(*values) for values in read(many_rows_of(query))]


def read_placed(look: Look, scope: str, after: int, limit: int) -> list[Placed]:
    """The same of all things, with log times. Raises StoreError for one that it cannot read."""
    rows = look(lambda connection: connection.execute(_NEXT, (scope, after, limit)).fetchall())
    # What an older vurti has logged has no log time of its own.
    return [Placed(logged(*values), values[1] if at is None else at) for at, *values in rows]


def read_bounds(look: Look, scope: str) -> tuple[int, int]:
    """The first and the last cursor that the log still has. Where all of it was forgotten, the
    first is the next that it will have; (0, 0) where nothing ever happened."""
    found = look(lambda connection: connection.execute(_BOUNDS, (scope, scope)).fetchone())
    last, first = found or (0, None)
    return (first or last + 1, last) if last else (0, 0)


def logged(cursor: int, committed_at: float, body: str) -> Logged:
    """A row of the log as a value. Raises StoreError where it cannot be read."""
    try:
        return Logged(cursor, committed_at, decode(body))
    except DecodeError as error:
        raise StoreError(f"the log at cursor {cursor} cannot be read: {error}") from error
