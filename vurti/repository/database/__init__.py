"""Where a store is kept: in a file of SQLite, or on a server of PostgreSQL.

The rooms of the repository write their SQL once, for a `Connection`; how the two databases differ
is known here only. A database's own library is loaded when a store of its kind is opened.
"""

from vurti.repository.database.address import FileAddress, InMemory, ServerAddress, parsed
from vurti.repository.database.as_json import Json, Nested, Objects, Shape, given
from vurti.repository.database.inspected import Inspected, inspected
from vurti.repository.database.opening import for_announcing, for_reading, for_writing
from vurti.repository.database.port import (
    Connection,
    Database,
    Look,
    Question,
    Read,
    Result,
    many_rows_of,
    objects_of,
    rows_of,
)
from vurti.repository.database.statement import (
    STATEMENT_ROWS_MAX,
    WHOLE_MAX,
    Kind,
    Statement,
    Values,
    steps,
)

__all__ = [
    "Connection",
    "Database",
    "FileAddress",
    "InMemory",
    "Inspected",
    "Json",
    "Kind",
    "Look",
    "Nested",
    "Objects",
    "Question",
    "Read",
    "Result",
    "STATEMENT_ROWS_MAX",
    "ServerAddress",
    "Shape",
    "Statement",
    "Values",
    "WHOLE_MAX",
    "for_announcing",
    "for_reading",
    "for_writing",
    "given",
    "inspected",
    "parsed",
    "many_rows_of",
    "objects_of",
    "rows_of",
    "steps",
]
