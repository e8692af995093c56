"""What the two databases on a server have in common: a session that lasts, and reading by it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from vurti.repository.database.address import ServerAddress
from vurti.repository.database.port import Connection, Question
from vurti.repository.database.postgresql.connection import at_one_moment
from vurti.repository.database.postgresql.lasting import Lasting
from vurti.repository.database.postgresql.session import (
    PeeweeServer,
    Session,
    told_as_store_error,
)

T = TypeVar("T")


class LastingDatabase(ABC):
    """All of a Database but its transactions."""

    def __init__(self, address: ServerAddress) -> None:
        self.name, self._address = str(address), address
        self._lasting = Lasting(self._connected)

    def open(self) -> None:
        with told_as_store_error(self._address):
            self._opened()

    def ask(self, question: Question[T]) -> T:
        with told_as_store_error(self._address):
            return self._lasting.read(lambda session: question(PeeweeServer(session)))

    def look(self, action: Callable[[Connection], T]) -> T:
        with told_as_store_error(self._address):
            return self._lasting.read(lambda session: at_one_moment(session, action))

    def close(self) -> None:
        self._lasting.close()

    def _opened(self) -> Session:
        return self._lasting.session()

    @abstractmethod
    def _connected(self) -> Session:
        """A new session. Raises what keeps this database from being used."""
