"""The store of one scope, for anybody who only looks: also while vurti writes it."""

from collections.abc import Callable
from typing import Self, TypeVar

from peewee import SqliteDatabase

from vurti.model.commit import Logged
from vurti.repository import log, promises
from vurti.repository.explanations import ExplanationRepository
from vurti.repository.sqlite import open_read_only, told_as_store_error
from vurti.repository.url import parsed
from vurti.repository.vdss import VdsRepository

T = TypeVar("T")


def open_for_reading(url: str, scope: str = "system") -> "Reader":
    """Open a store that can only be read, by a connection of its own; calls block for moments.

    Raises ValueError for a URL that names no file, StoreError for a store that cannot be read.
    """
    path = parsed(url)
    if path is None:
        raise ValueError(f"{url} is a store in memory: only its own process can read it")
    with told_as_store_error(str(path)):
        return Reader(open_read_only(path), str(path), scope)


class Reader:
    """Made by `open_for_reading`. Every call sees what is committed at that moment."""

    def __init__(self, database: SqliteDatabase, where: str, scope: str) -> None:
        self.scope = scope
        self.vdss = VdsRepository(scope, self._read)
        self.expectations = promises.expectations(scope, self._read)
        self.intents = promises.intents(scope, self._read)
        self.explanations = ExplanationRepository(scope, self._read)
        self._database, self._where = database, where

    def log(self, after: int = 0, limit: int = 1000, thing: str | None = None) -> list[Logged]:
        """Committed events behind the cursor `after`, at most `limit`; of one VM or host."""
        return log.read_log(self._read, self.scope, after, limit, thing)

    def log_bounds(self) -> tuple[int, int]:
        """The first and last cursor that the log still has; (0, 0) where it is empty."""
        return log.read_bounds(self._read, self.scope)

    def close(self) -> None:
        """Let the file go. May be called twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, question: Callable[[SqliteDatabase], T]) -> T:
        with told_as_store_error(self._where):
            return question(self._database)
