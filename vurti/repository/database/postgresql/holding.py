"""One vurti a scope: an advisory lock that lives as long as the session that took it.

The server drops it when the session ends, however its process ends. It notices at once, or within
GONE_SECS where machine or network are gone. A session of our own that lingers in this way does not
keep us out: it is ended.
"""

from datetime import UTC
from hashlib import sha256
from typing import Any

from msgspec import Struct
from psycopg import errors

from vurti.repository.database.postgresql.session import Session

WAIT_MS = 1000
"""Time for a server to be done with a session whose process was just killed."""

_ITSELF = (
    "select pid, backend_start, application_name, host(client_addr) from pg_stat_activity"
    " where pid = pg_backend_pid()"
)
_HOLDER = (
    "select a.pid, a.backend_start, a.application_name, host(a.client_addr)"
    " from pg_locks l join pg_stat_activity a on a.pid = l.pid"
    " where l.locktype = 'advisory' and l.granted and l.objsubid = 1"
    " and l.database = (select oid from pg_database where datname = current_database())"
    " and l.classid::bigint = %s and l.objid::bigint = %s"
)


class Held(Struct, frozen=True):
    """The session that holds a scope, as the server knows it."""

    pid: int
    since: Any
    application: str
    address: str | None

    def __str__(self) -> str:
        told = [self.application or "unnamed"]
        if self.since is not None:
            told.append(f"since {self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        if self.address:
            told.append(f"from {self.address}")
        return ", ".join([*told, f"server process {self.pid}"])

    def is_the_session_of(self, other: "Held | None") -> bool:
        """Whether they are one session, and not just one number given again."""
        return other is not None and (self.pid, self.since) == (other.pid, other.since)


def hold(session: Session, scope: str, before: Held | None) -> tuple[Held | None, Held | None]:
    """Take the scope's lock: who we are then, or else who has it, as far as that can be known.
    `before` is who we were in a session that was lost."""
    key = _key(session, scope)
    if _locked(session, key):
        return _found(session, _ITSELF), None
    other = _found(session, _HOLDER, key >> 32 & 0xFFFFFFFF, key & 0xFFFFFFFF)
    if other is not None and other.is_the_session_of(before):
        session.execute("select pg_terminate_backend(%s, 5000)", (other.pid,))
        if _locked(session, key):
            return _found(session, _ITSELF), None
    return None, other


def holder(session: Session, scope: str) -> Held | None:
    """Who has the scope's lock, as far as that can be known; it is left alone."""
    key = _key(session, scope)
    return _found(session, _HOLDER, key >> 32 & 0xFFFFFFFF, key & 0xFFFFFFFF)


def _key(session: Session, scope: str) -> int:
    ((schema,),) = session.execute("select current_schema()").fetchall()
    digest = sha256(f"vurti {schema} {scope}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _locked(session: Session, key: int) -> bool:
    try:
        with session.transaction():
            session.execute(f"set local lock_timeout to {WAIT_MS}".encode())
            session.execute("select pg_advisory_lock(%s)", (key,))
    except errors.LockNotAvailable:
        return False
    return True


def _found(session: Session, sql: str, *values: int) -> Held | None:
    found = session.execute(sql.encode(), values).fetchone()
    return None if found is None else Held(*found)
