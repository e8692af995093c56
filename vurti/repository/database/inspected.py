"""What a store is like from outside: before it is there, and whoever has it."""

from msgspec import Struct

from vurti.repository.database.address import Address, FileAddress, InMemory


class Inspected(Struct, frozen=True):
    """`engine` is the database's name and version, `holder` the vurti that has it, empty where none
    has; `is_new` that there is nothing in it yet, `may_make` that the user may make tables there,
    `size_bytes` how much room it takes."""

    engine: str
    holder: str = ""
    is_new: bool = False
    may_make: bool = True
    size_bytes: int = 0


def inspected(address: Address, scope: str) -> Inspected:
    """Look without taking anything from anybody. Raises StoreError where it cannot be reached, and
    ValueError for one in memory."""
    match address:
        case InMemory():
            raise ValueError(f"{address}: only its own process can look at it")
        case FileAddress():
            from vurti.repository.database.sqlite.inspecting import inspected_file

            return inspected_file(address.path)
        case _:
            from vurti.repository.database.postgresql import need_psycopg

            need_psycopg(address)
            from vurti.repository.database.postgresql.inspecting import inspected_server

            return inspected_server(address, scope)
