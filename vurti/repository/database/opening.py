"""The three ways to open a store: to have it, to look at it, and to write beside who has it.

A kind of database is loaded as a whole, when the first of it is opened: under gevent two threads
that load one module at the same time may wait for each other for ever.
"""

from vurti.repository.database.address import Address, FileAddress, InMemory, ServerAddress
from vurti.repository.database.port import Database


def for_writing(address: Address, scope: str) -> Database:
    """The store of one vurti, whose `open` keeps others from it and makes or migrates its tables.

    `open` raises StoreError where it is held by another vurti, of a newer one, not a database of
    vurti's, or cannot be reached.
    """
    match address:
        case InMemory():
            from vurti.repository.database.sqlite import Memory

            return Memory()
        case FileAddress():
            from vurti.repository.database.sqlite import HeldFile

            return HeldFile(address)
        case ServerAddress():
            from vurti.repository.database.postgresql import held

            return held(address, scope)


def for_reading(address: Address) -> Database:
    """A store that can only be read, each statement at one moment.

    `open` raises StoreError where there is none, or one of another version. Raises ValueError for
    one in memory.
    """
    match address:
        case InMemory():
            raise ValueError(f"{address}: only its own process can use it")
        case FileAddress():
            from vurti.repository.database.sqlite import OtherFile

            return OtherFile(address, writes=False)
        case ServerAddress():
            from vurti.repository.database.postgresql import other

            return other(address, writes=False)


def for_announcing(address: Address) -> Database:
    """A store to write in beside the vurti that has it. Raises and refuses as `for_reading`."""
    match address:
        case InMemory():
            raise ValueError(f"{address}: only its own process can use it")
        case FileAddress():
            from vurti.repository.database.sqlite import OtherFile

            return OtherFile(address, writes=True)
        case ServerAddress():
            from vurti.repository.database.postgresql import other

            return other(address, writes=True)
