"""What the readers of the log have kept here, for the one vurti that writes."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.repository import bookmarks
from vurti.repository.database import Connection

T = TypeVar("T")


class Write(Protocol):
    """Runs `action` in a transaction of the scope's own writer. Raises StoreError, and Fenced where
    another start has the scope."""

    def __call__(self, action: Callable[[Connection], T]) -> T: ...


class Readers:
    """Writes bookmarks and dead letters, each time in one short transaction."""

    def __init__(
        self, scope: str, write: Write, gone_secs: float, wall: Callable[[], float]
    ) -> None:
        self._scope, self._write, self._gone_secs, self._wall = scope, write, gone_secs, wall

    def keep(
        self,
        bookmark: Bookmark,
        dead: Sequence[DeadLetter] = (),
        told: Sequence[str] = (),
        dead_max: int = 1000,
    ) -> None:
        """Store how far a reader is, what its receiver could not read, and which dead letters (by
        their ids) were told after all; together. No more than `dead_max` dead letters are kept, the
        newest."""

        def store(connection: Connection) -> None:
            bookmarks.save(connection, self._scope, bookmark)
            bookmarks.raise_up(connection, self._scope, bookmark.name, told)
            if dead:
                bookmarks.bury(connection, self._scope, bookmark.name, dead, dead_max)

        self._write(store)

    def keep_only(self, names: Sequence[str]) -> list[str]:
        """These are the readers of today. The others are kept for a while, in case that they come
        back; the names of those that are forgotten now are returned."""
        now = self._wall()
        return self._write(
            lambda connection: bookmarks.keep_only(
                connection, self._scope, names, now, now - self._gone_secs
            )
        )
