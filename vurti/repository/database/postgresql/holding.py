"""One vurti a scope: an advisory lock that lives as long as the session that took it.

The server drops it when the session ends, however its process ends: at once where the process is
killed, after HELD_SECS at most where nobody tells the server. A session of our own that lingers in
this way does not keep us out: it is ended.
"""

from datetime import UTC
from hashlib import sha256
from typing import Any

from msgspec import Struct
from psycopg import errors

from vurti.repository.database.postgresql.session import Session

WAIT_MS, OURS_MAX = 1000, 20

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
    """A session that holds a scope, or tries to, as the server knows it; `pid` is 0 where that
    cannot be known."""

    pid: int
    since: Any
    application: str
    address: str | None

    def __str__(self) -> str:
        if not self.pid:
            return "unknown"
        told = [self.application or "unnamed"]
        if self.since is not None:
            told.append(f"since {self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        if self.address:
            told.append(f"from {self.address}")
        return ", ".join([*told, f"server process {self.pid}"])


UNKNOWN = Held(0, None, "", None)


def hold(session: Session, scope: str, ours: list[Held]) -> Held | None:
    """Take the scope's lock: None, or else who has it, as far as that can be known.

    `ours` are the sessions by which this process ever tried: the new one is put to them, for its
    answer may be lost, and those of before that are still there are ended.
    """
    key = _key(session, scope)
    ours += filter(None, [_found(session, _ITSELF)])
    del ours[:-OURS_MAX]
    if _taken(session, key):
        return None
    other = holder(session, scope)
    if other is not None and other in ours:
        session.execute("select pg_terminate_backend(%s)", (other.pid,))
    return None if _taken_in_time(session, key) else holder(session, scope) or UNKNOWN


def holder(session: Session, scope: str) -> Held | None:
    """Who has the scope's lock, as far as that can be known; it is left alone."""
    key = _key(session, scope)
    return _found(session, _HOLDER, key >> 32 & 0xFFFFFFFF, key & 0xFFFFFFFF)


def _key(session: Session, scope: str) -> int:
    ((schema,),) = session.execute("select current_schema()").fetchall()
    digest = sha256(f"vurti {schema} {scope}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _taken(session: Session, key: int) -> bool:
    return session.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone() == (True,)


def _taken_in_time(session: Session, key: int) -> bool:
    """The server may not be done yet with a session whose process was just killed."""
    session.execute("select set_config('lock_timeout', %s, false)", (f"{WAIT_MS}ms",))
    try:
        session.execute("select pg_advisory_lock(%s)", (key,))
    except errors.LockNotAvailable:
        return False
    finally:
        session.execute("reset lock_timeout")
    return True


def _found(session: Session, sql: str, *values: int) -> Held | None:
    found = session.execute(sql.encode(), values).fetchone()
    return None if found is None else Held(*found)
