"""The base of the log: how things stood where the log begins.

What the log forgets is folded into it: of each thing the last event that was forgotten, unless that
one says that the thing was removed. So base and log together replay to the rows of state, however
much was forgotten. It is never larger than the fleet was.
"""

from vurti.events import VmEvent
from vurti.model import Row
from vurti.model.commit import Logged
from vurti.repository.database import Connection, Read, many_rows_of
from vurti.repository.log import logged
from vurti.repository.log_tables import LogBeginning

_LAST = "select max(cursor) from event_log where scope = ? and cursor <= ? group by vm, host"
_THING = "case when vm is null then 'host' else 'vm' end, coalesce(vm, host)"
_FOLD = (
    "insert into log_base (scope, noun, thing, cursor, committed_at, body)"  # noqa: S608 # our own
    f" select scope, {_THING}, cursor, committed_at, body from event_log"
    f" where scope = ? and after_status is not null and cursor in ({_LAST})"
    " on conflict (scope, noun, thing) do update set cursor = excluded.cursor,"
    " committed_at = excluded.committed_at, body = excluded.body"
)
_REMOVE = (
    "delete from log_base where scope = ? and (noun, thing) in"  # noqa: S608 # our own names
    f" (select {_THING} from event_log"
    f" where scope = ? and after_status is null and cursor in ({_LAST}))"
)


def fold(connection: Connection, scope: str, last: int) -> None:
    """Take in the events up to the cursor `last`, which are about to be forgotten. Within the open
    transaction."""
    connection.execute(_FOLD, (scope, scope, last))
    connection.execute(_REMOVE, (scope, scope, scope, last))


def read_base(read: Read, scope: str) -> list[Logged]:
    """The last forgotten event of each thing that was there then, in the log's order."""
    query = (
        LogBeginning.select(LogBeginning.cursor, LogBeginning.committed_at, LogBeginning.body)
        .where(LogBeginning.scope == scope)
        .order_by(LogBeginning.cursor)
    )
    return [logged(*values) for values in read(many_rows_of(query))]


def replayed(events: list[Logged]) -> dict[tuple[str, str], Row]:
    """What events come to: the last row of each thing, by ("vm" or "host", id)."""
    rows: dict[tuple[str, str], Row] = {}
    for one in events:
        event = one.event
        thing = ("vm" if isinstance(event, VmEvent) else "host", event.thing)
        if event.after is None:
            rows.pop(thing, None)
        else:
            rows[thing] = Row(event.after, event.seq, 0.0, event.observed_at, event.rule)
    return rows
