"""A program or an address, and how its answers are read: what one inventory is asked by."""

import hashlib
from typing import Protocol

from vurti.inventory.answer import Failed, Outcome, Unchanged
from vurti.inventory.memory import Memory
from vurti.inventory.reading import ReadEntries, read
from vurti.inventory.settings import InventorySettings


class Fetching(Protocol):
    """Program or Address."""

    def fetch(self) -> bytes | Unchanged | Failed: ...

    def forget(self) -> None: ...

    def abort(self) -> None: ...

    def close(self) -> None: ...


class JsonSource:
    """Asks and reads. The same bytes as the last time are not read again."""

    def __init__(
        self, fetching: Fetching, settings: InventorySettings, entries: ReadEntries
    ) -> None:
        self._fetching, self._settings, self._entries = fetching, settings, Memory(entries)
        self._last = b""
        self.abort = fetching.abort
        self.close = fetching.close

    def again(self) -> None:
        """It is asked in full each time."""

    def ask(self) -> Outcome:
        """What it answers. Blocks: to be called in a worker."""
        data = self._fetching.fetch()
        if not isinstance(data, bytes):
            return data
        digest = hashlib.sha256(data).digest()
        if digest == self._last:
            return Unchanged()
        listed = read(data, self._settings, self._entries)
        self._last = digest
        if isinstance(listed, Failed):  # the same again is as bad again
            self._last = b""
            self._fetching.forget()
        return listed


def source_of(settings: InventorySettings, entries: ReadEntries) -> JsonSource:
    """What these settings name."""
    from vurti.inventory.address import Address  # who has no such inventory loads no requests
    from vurti.inventory.program import Program

    fetching = Program(settings) if settings.command else Address(settings)
    return JsonSource(fetching, settings, entries)
