"""A database that is only read, in a thread of its own."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from vurti.clock import Worker
from vurti.repository.database.port import Connection, Question

T = TypeVar("T")


class ReadOnly(Protocol):
    """As much of a Database as is needed to read."""

    def open(self) -> None: ...

    def ask(self, question: Question[T]) -> T: ...

    def look(self, action: Callable[[Connection], T]) -> T: ...

    def close(self) -> None: ...


class InWorker:
    """The same database, each of whose calls waits in a worker."""

    def __init__(self, database: ReadOnly, worker: Worker) -> None:
        self._database, self._worker = database, worker

    def open(self) -> None:
        self._worker.run(self._database.open)

    def ask(self, question: Question[T]) -> T:
        return self._worker.run(self._database.ask, question)

    def look(self, action: Callable[[Connection], T]) -> T:
        return self._worker.run(self._database.look, action)

    def close(self) -> None:
        self._worker.run(self._database.close)
