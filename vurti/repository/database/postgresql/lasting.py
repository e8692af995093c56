"""One session at a time, for as long as somebody wants one."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import peewee
import psycopg

from vurti.errors import StoreError
from vurti.repository.database.postgresql.session import Session

T = TypeVar("T")

IDLE_SECS = 10.0


class Lasting:
    """Gives the session that there is, or a new one by `connect` where that was lost."""

    def __init__(self, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._session: Session | None = None
        self._closed, self._used_at = False, 0.0

    def session(self) -> Session:
        """Raises StoreError once it was closed, and what `connect` does."""
        if self._closed:
            raise StoreError("it was closed")
        if self._session is not None and time.monotonic() - self._used_at > IDLE_SECS:
            with suppress(psycopg.Error):  # ended while nothing was said: that is no failure
                self._session.execute("select 1")
        if self._session is None or self._session.closed:
            self._session = self._connect()
        self._used_at = time.monotonic()
        return self._session

    def read(self, action: Callable[[Session], T]) -> T:
        """What `action` gives, which only reads: where the session is lost meanwhile, it is done
        again with a new one."""
        session = self.session()
        try:
            return action(session)
        except (psycopg.OperationalError, peewee.PeeweeException):
            if not session.closed:
                raise
            return action(self.session())

    def close(self) -> None:
        """Let it go. May be called twice."""
        self._closed = True
        if self._session is not None:
            self._session.close()
            self._session = None
