"""The store of one scope, for anybody who only looks: also while vurti writes it."""

from typing import Self

from vurti.repository import promises
from vurti.repository.database import Database, for_reading, parsed
from vurti.repository.explanations import ExplanationRepository
from vurti.repository.log_reading import LogReading
from vurti.repository.vdss import VdsRepository


def open_for_reading(url: str, scope: str = "system") -> "Reader":
    """Open a store that can only be read, by a connection of its own; calls block for moments.

    Raises ValueError for a URL that names no such store, StoreError for one that cannot be read.
    """
    database = for_reading(parsed(url))
    database.open()
    return Reader(database, scope)


class Reader(LogReading):
    """Made by `open_for_reading`. Every call sees what is committed at that moment."""

    def __init__(self, database: Database, scope: str) -> None:
        super().__init__()
        self.scope, self._database = scope, database
        self._read, self._look = database.ask, database.look
        self.vdss = VdsRepository(scope, self._read)
        self.expectations = promises.expectations(scope, self._read)
        self.intents = promises.intents(scope, self._read)
        self.explanations = ExplanationRepository(scope, self._read)

    def close(self) -> None:
        """Let the store go. May be called twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
