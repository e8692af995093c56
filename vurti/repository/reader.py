"""The store of one scope, for anybody who only looks: also while vurti writes it."""

from collections.abc import Callable
from typing import Self, TypeVar

from peewee import SqliteDatabase

from vurti.repository import promises
from vurti.repository.explanations import ExplanationRepository
from vurti.repository.log_reading import LogReading
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


class Reader(LogReading):
    """Made by `open_for_reading`. Every call sees what is committed at that moment."""

    def __init__(self, database: SqliteDatabase, where: str, scope: str) -> None:
        super().__init__()
        self.scope = scope
        self.vdss = VdsRepository(scope, self._read)
        self.expectations = promises.expectations(scope, self._read)
        self.intents = promises.intents(scope, self._read)
        self.explanations = ExplanationRepository(scope, self._read)
        self._database, self._where = database, where

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
