"""Who writes a scope: each start raises its epoch, and whoever had it before can write no more."""

from typing import NamedTuple

from vurti.errors import Fenced, StoreError
from vurti.model.commit import Commit
from vurti.repository.database import Connection

_BEGIN = (
    "insert into scope (name, epoch, nonce, seq, number_last, cursor, started_at)"
    " values (?, 1, ?, 0, 0, 0, ?)"
    " on conflict (name) do update set epoch = scope.epoch + 1, nonce = excluded.nonce,"
    " number_last = 0, started_at = excluded.started_at returning epoch"
)
_FIND = (
    "select epoch, nonce, seq, number_last, cursor, coalesce(log_time, 0.0) from scope"
    " where name = ?"
)
_ADVANCE = (
    "update scope set seq = seq + 1, number_last = ?, cursor = cursor + ?, committed_at = ?,"
    " log_time = case when log_time > ? then log_time else ? end"
    " where name = ? and epoch = ? and nonce = ? and seq = ? and number_last < ?"
    " returning seq, number_last, cursor, log_time"
)


class Tenure(NamedTuple):
    """One start's right to write: it ends when another start raises the epoch."""

    scope: str
    epoch: int
    nonce: str


class Place(NamedTuple):
    """How far a scope is: commits, the last input that is in, the log's last cursor and time."""

    seq: int
    number_last: int
    cursor: int
    log_time: float


def begin(connection: Connection, scope: str, nonce: str, at: float) -> Tenure:
    """Take a scope over, within the open transaction."""
    ((epoch,),) = connection.execute(_BEGIN, (scope, nonce, at)).fetchall()
    return Tenure(scope, epoch, nonce)


def place_of(connection: Connection, tenure: Tenure) -> Place:
    """Where the scope is now. Raises Fenced where it is another's."""
    found = connection.execute(_FIND, (tenure.scope,)).fetchone()
    if found is None:
        raise Fenced(f"scope {tenure.scope!r} is gone: its database was replaced or removed")
    if tuple(found[:2]) != (tenure.epoch, tenure.nonce):
        raise Fenced(
            f"scope {tenure.scope!r} was taken over by another start of vurti"
            f" (epoch {found[0]}, ours was {tenure.epoch})"
        )
    return Place(*found[2:])


def advance(
    connection: Connection, tenure: Tenure, seq: int, commit: Commit, at: float, log_time: float
) -> Place | None:
    """Move the scope on by one commit behind the commit `seq`, by compare and set: it must come
    before the commit's rows, so that whoever was fenced writes none. Returns the place behind it,
    None where the commit is in already: its outcome was unknown and it is tried again. Its log time
    is no earlier than any before it.

    Raises Fenced, and StoreError for a commit that begins before the end of what is stored.
    """
    news = (commit.number_last, len(commit.events), at, log_time, log_time)
    moved = connection.execute(_ADVANCE, (*news, *tenure, seq, commit.number_first)).fetchall()
    if moved:
        return Place(*moved[0])
    place = place_of(connection, tenure)
    if place.number_last == commit.number_last:
        return None
    if commit.number_first <= place.number_last:
        raise StoreError(
            f"inputs {commit.number_first} to {commit.number_last} came after"
            f" {place.number_last} was stored"
        )
    raise Fenced(
        f"scope {tenure.scope!r} is at commit {place.seq}, and we were at {seq}: its database was"
        " put back to an earlier state"
    )
