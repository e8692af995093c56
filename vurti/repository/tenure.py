"""Who writes a scope: each start raises its epoch, and whoever had it before can write no more."""

import sqlite3

from msgspec import Struct

from vurti.errors import Fenced, StoreError
from vurti.model.commit import Commit

_BEGIN = (
    "insert into scope (name, epoch, nonce, seq, number_last, cursor, started_at)"
    " values (:name, 1, :nonce, 0, 0, 0, :at)"
    " on conflict (name) do update set epoch = epoch + 1, nonce = :nonce, number_last = 0,"
    " started_at = :at"
)
_FIND = "select epoch, nonce, seq, number_last, cursor, log_time from scope where name = ?"
_ADVANCE = (
    "update scope set seq = seq + 1, number_last = :number_last, cursor = :cursor,"
    " committed_at = :at, log_time = :log_time where name = :name and epoch = :epoch and seq = :seq"
)


class Tenure(Struct, frozen=True):
    """One start's right to write: it ends when another start raises the epoch."""

    scope: str
    epoch: int
    nonce: str


class Place(Struct, frozen=True):
    """How far a scope is: commits, the last input that is in, the log's last cursor and time."""

    seq: int
    number_last: int
    cursor: int
    log_time: float


def begin(connection: sqlite3.Connection, scope: str, nonce: str, at: float) -> Tenure:
    """Take a scope over, within the open transaction."""
    connection.execute(_BEGIN, {"name": scope, "nonce": nonce, "at": at})
    epoch = connection.execute(_FIND, (scope,)).fetchone()[0]
    return Tenure(scope, epoch, nonce)


def place_of(connection: sqlite3.Connection, tenure: Tenure) -> Place:
    """Where the scope is now. Raises Fenced where it is another's."""
    found = connection.execute(_FIND, (tenure.scope,)).fetchone()
    if found is None:
        raise Fenced(f"scope {tenure.scope!r} is gone: its database was replaced or removed")
    if found[:2] != (tenure.epoch, tenure.nonce):
        raise Fenced(
            f"scope {tenure.scope!r} was taken over by another start of vurti"
            f" (epoch {found[0]}, ours was {tenure.epoch})"
        )
    seq, number_last, cursor, log_time = found[2:]
    return Place(seq, number_last, cursor, log_time or 0.0)


def advance(
    connection: sqlite3.Connection,
    tenure: Tenure,
    place: Place,
    commit: Commit,
    at: float,
    log_time: float,
) -> int:
    """Move the scope on by one commit; returns the log's last cursor. Raises Fenced."""
    cursor = place.cursor + len(commit.events)
    moved = connection.execute(
        _ADVANCE,
        {
            "number_last": commit.number_last,
            "cursor": cursor,
            "at": at,
            "log_time": log_time,
            "name": tenure.scope,
            "epoch": tenure.epoch,
            "seq": place.seq,
        },
    )
    if moved.rowcount != 1:
        raise Fenced(f"scope {tenure.scope!r} was moved on by another writer")
    return cursor


def is_in(place: Place, commit: Commit) -> bool:
    """Whether the commit is stored already: its outcome was unknown and it is tried again.

    Raises StoreError for one that begins before the end of what is stored.
    """
    if place.number_last == commit.number_last:
        return True
    if commit.number_first <= place.number_last:
        raise StoreError(
            f"inputs {commit.number_first} to {commit.number_last} came after"
            f" {place.number_last} was stored"
        )
    return False
