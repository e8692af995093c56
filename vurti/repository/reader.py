"""The store, for anybody who only looks: also while vurti writes it."""

from collections.abc import Iterator, Mapping
from typing import Self

from vurti.clock import Worker
from vurti.model import Expectation, Intent
from vurti.model.commit import Logged
from vurti.repository import promises
from vurti.repository.all_logs import AllLogs, scopes_of
from vurti.repository.bookmarks import scopes_with_readers
from vurti.repository.database import Connection, for_reading, parsed
from vurti.repository.database.in_worker import InWorker, ReadOnly
from vurti.repository.explanations import ExplanationRepository
from vurti.repository.log_reading import LogReading
from vurti.repository.promises import PromiseRepository
from vurti.repository.standing import Standing, standing_of
from vurti.repository.vdss import VdsRepository


def open_for_reading(url: str, scope: str = "system") -> "Reader":
    """Open one scope of a store that can only be read, by a connection of its own; calls block for
    moments.

    Raises ValueError for a URL that names no such store, StoreError for one that cannot be read.
    """
    database = for_reading(parsed(url))
    database.open()
    return Reader(database, scope)


def open_all_for_reading(url: str) -> "AllReader":
    """The same of all scopes together."""
    database = for_reading(parsed(url))
    database.open()
    return AllReader(database)


def open_all_in_worker(url: str, worker: Worker) -> "AllReader":
    """The same, whose calls wait in `worker`, which stays the caller's to close."""
    database = InWorker(for_reading(parsed(url)), worker)
    database.open()
    return AllReader(database)


class Records:
    """The records of a store that can only be read: of one scope, or with None of all."""

    vdss: VdsRepository
    expectations: PromiseRepository[Expectation]
    intents: PromiseRepository[Intent]
    explanations: ExplanationRepository

    def __init__(self, database: ReadOnly, scope: str | None) -> None:
        super().__init__()
        self._database = database
        self._read, self._look = database.ask, database.look
        self.vdss = VdsRepository(scope, self._read)
        self.expectations = promises.expectations(scope, self._read)
        self.intents = promises.intents(scope, self._read)
        self.explanations = ExplanationRepository(scope, self._read)

    def history(self, thing: str) -> Iterator[Logged]:
        """All events of one VM or host that the logs still have, in their order, over scopes as
        within them."""
        return (entry.logged for entry in AllLogs(self._look, thing=thing).all())

    def close(self) -> None:
        """Let the store go. May be called twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Reader(Records, LogReading):
    """Made by `open_for_reading`. Every call sees what is committed at that moment."""

    def __init__(self, database: ReadOnly, scope: str) -> None:
        super().__init__(database, scope)
        self.scope = scope


class AllReader(Records):
    """Made by `open_all_for_reading`. Each scope has a log of its own: `logs` reads them as one."""

    def __init__(self, database: ReadOnly) -> None:
        super().__init__(database, None)

    def logs(self, cursors: Mapping[str, int] | None = None) -> AllLogs:
        """All events behind these cursors; of a scope that has none among them, all."""
        return AllLogs(self._look, cursors)

    def snapshots(self) -> list[Standing]:
        """All hosts and VMs of each scope as they are stored, and the cursor that they stand for;
        all of one moment, so that whatever crosses is in one of them."""
        return self._look(self._standings)

    def _standings(self, connection: Connection) -> list[Standing]:
        return [
            standing_of(connection, scope, VdsRepository(scope, self._read))
            for scope in scopes_of(connection)
        ]

    def followed(self) -> list[Reader]:
        """Each scope whose log somebody follows."""
        return [self.of(scope) for scope in self._look(scopes_with_readers)]

    def of(self, scope: str) -> Reader:
        """One scope. It is open as long as this one."""
        return Reader(self._database, scope)
