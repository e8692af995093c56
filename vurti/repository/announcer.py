"""The way in for commands: they announce to the vurti that writes, through its store."""

import secrets
import time
from collections.abc import Callable
from typing import Self, TypeVar

from vurti.model import Cancel, Expect
from vurti.model.commit import Announcement
from vurti.repository import announcements, bookmarks
from vurti.repository.database import Connection, Database, for_announcing, parsed

T = TypeVar("T")


def new_id() -> str:
    """An id for an expectation or an announcement, to be typed by people."""
    return f"x{secrets.token_hex(5)}"


def open_for_announcing(
    url: str, scope: str = "system", wall: Callable[[], float] = time.time
) -> "Announcer":
    """Open a store to put announcements in, also while vurti writes it; calls block for moments.

    Raises ValueError for a URL that names no such store, StoreError for one that cannot be used.
    """
    database = for_announcing(parsed(url))
    database.open()
    return Announcer(database, scope, wall)


class Announcer:
    """Made by `open_for_announcing`. Calls raise StoreError where the store refuses."""

    def __init__(self, database: Database, scope: str, wall: Callable[[], float]) -> None:
        self._database, self._scope, self._wall = database, scope, wall

    def announce(self, given: Expect | Cancel, keep_secs: float) -> Announcement:
        """Put it in; it stays for `keep_secs` unless it is taken in or taken back."""
        at = self._wall()
        one = Announcement(new_id(), given, at, at + keep_secs)
        self._write(lambda connection: announcements.add(connection, self._scope, one))
        return one

    def find(self, announcement: str) -> Announcement | None:
        """As it is now: with an answer where it was refused, None once it was taken in."""
        return announcements.find(self._database.ask, self._scope, announcement)

    def take_back(self, announcement: str) -> bool:
        """Remove it; False where it had been taken in already."""
        return self._write(
            lambda connection: announcements.remove(connection, self._scope, announcement)
        )

    def ask_to_retry(self, sink: str) -> bool:
        """The sink is to try again at once, and its dead letters as well; False where there is no
        such sink."""
        at = self._wall()
        return self._write(lambda connection: bookmarks.ask(connection, self._scope, sink, at))

    def close(self) -> None:
        """Let the store go. May be called twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, action: Callable[[Connection], T]) -> T:
        with self._database.transaction() as connection:
            return action(connection)
