"""What other processes announce to the vurti that writes: an inbox in the store.

An announcement stays until the commit that holds its expectation takes it away, so it is taken in
once, whoever dies in between; one that is refused gets an answer instead.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from vurti.model import Cancel, Expect, Expectation, Outcome
from vurti.model.commit import Announcement
from vurti.repository import schema
from vurti.repository.database import Connection, Read, rows_of
from vurti.repository.rows import json_text, storable
from vurti.repository.statements import delete

INBOX = "system"
"""Announcements are for the whole store: the vurti that takes them in knows which scope has what
they are about."""

KINDS: dict[str, type[Expect] | type[Cancel]] = {"expect": Expect, "cancel": Cancel}
_TABLE = schema.Announcement
_COLUMNS = ("id", "kind", "body", "announced_at", "expires_at", "answer")
_ADD = (
    "insert into announcement (scope, id, kind, about, body, announced_at, expires_at)"
    " values (?, ?, ?, ?, ?, ?, ?)"
)
_ANSWER = "update announcement set answer = ? where scope = ? and id = ?"
_REMOVE = "delete from announcement where scope = ? and id = ?"
_TAKEN = delete("announcement", ("scope", "about", "kind"))
_FORGET = "delete from announcement where scope = ? and expires_at < ?"


def waiting(read: Read, scope: str, at: float, limit: int = 100) -> list[Announcement]:
    """The oldest of those that may still be taken in and have no answer, in their order."""
    open_ = _TABLE.answer.is_null() & (_TABLE.expires_at > at)
    query = _query(scope).where(open_).order_by(_TABLE.key).limit(limit)
    return [_announcement(values) for values in read(rows_of(query))]


def find(read: Read, scope: str, id_: str) -> Announcement | None:
    """One that was not taken in yet, or was refused; None once it was taken in."""
    found = read(rows_of(_query(scope).where(_TABLE.id == id_)))
    return _announcement(found[0]) if found else None


def add(connection: Connection, scope: str, one: Announcement) -> None:
    """Put it behind all others, within the open transaction."""
    kind = "expect" if isinstance(one.given, Expect) else "cancel"
    about, body = storable(one.about), json_text(one.given)
    values = (scope, one.id, kind, about, body, one.announced_at, one.expires_at)
    connection.execute(_ADD, values)


def answer(connection: Connection, scope: str, id_: str, text: str) -> None:
    """It is not taken in, and this is why."""
    connection.execute(_ANSWER, (storable(text), scope, id_))


def remove(connection: Connection, scope: str, id_: str) -> bool:
    """Take it back; whether it was still there."""
    return connection.execute(_REMOVE, (scope, id_)).rowcount > 0


def taken(connection: Connection, scope: str, stored: Iterable[Expectation]) -> None:
    """These expectations are stored: what announced them, or their end, has done its work."""
    connection.write(
        _TAKEN,
        (
            (scope, storable(one.id), kind)
            for one in stored
            for kind in (("expect",) if one.outcome is Outcome.OPEN else KINDS)
        ),
    )


def forget(connection: Connection, scope: str, expired_before: float) -> int:
    """Delete those that nobody may take in any more; returns how many."""
    return connection.execute(_FORGET, (scope, expired_before)).rowcount


def _query(scope: str) -> Any:
    columns = [getattr(_TABLE, name) for name in _COLUMNS]
    return _TABLE.select(*columns).where(_TABLE.scope == scope)


def _announcement(values: Sequence[Any]) -> Announcement:
    id_, kind, body, announced_at, expires_at, said = values
    try:
        given = msgspec.json.decode(body, type=KINDS[kind])
    except (KeyError, msgspec.DecodeError) as error:
        # Anybody who may write the file may have put it there: it must not stop the others.
        return Announcement(
            id_, Cancel(""), announced_at, expires_at, said or f"unreadable: {error}"
        )
    return Announcement(id_, given, announced_at, expires_at, said)
