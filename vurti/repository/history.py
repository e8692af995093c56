"""What befell one VM or host, found by the index that its events are in: whoever asks the whole log
for it and leaves the choice to the database may wait as long as the log is long."""

from vurti.model.commit import Logged
from vurti.repository.database import Look
from vurti.repository.log import logged
from vurti.repository.rows import storable

_HALF = (
    "select * from (select cursor, committed_at, body from event_log"
    " where scope = ? and {noun} = ? and cursor {beyond} ? order by cursor {way} limit ?)"
    " as {noun}s"
)
_NOUNS = ("vm", "host")
CURSOR_MAX = 2**63 - 1


def _of_thing(beyond: str, way: str) -> str:
    halves = (_HALF.format(noun=noun, beyond=beyond, way=way) for noun in _NOUNS)
    return f"{' union all '.join(halves)} order by cursor {way} limit ?"


BEHIND = _of_thing(">", "asc")
"""Takes what `values_of` gives; rows are (cursor, committed_at, body)."""
BEFORE = _of_thing("<", "desc")
_ALL_BEFORE = (
    "select cursor, committed_at, body from event_log where scope = ? and cursor < ?"
    " order by cursor desc limit ?"
)


def values_of(scope: str, thing: str, cursor: int, limit: int) -> tuple[str | int, ...]:
    """What stands in the places of such a question."""
    half = (scope, storable(thing), cursor, limit)
    return (*half * len(_NOUNS), limit)


def read_behind(look: Look, scope: str, thing: str, after: int, limit: int) -> list[Logged]:
    """Events of it behind the cursor `after`, in order. Raises StoreError."""
    return _read(look, BEHIND, values_of(scope, thing, after, limit))


def read_before(
    look: Look, scope: str, thing: str | None, before: int | None, limit: int
) -> list[Logged]:
    """Events before a cursor, or the last ones, the newest first; of all where it names nothing.
    Raises StoreError."""
    cursor = CURSOR_MAX if before is None else before
    if thing is None:
        return _read(look, _ALL_BEFORE, (scope, cursor, limit))
    return _read(look, BEFORE, values_of(scope, thing, cursor, limit))


def _read(look: Look, sql: str, values: tuple[str | int, ...]) -> list[Logged]:
    rows = look(lambda connection: connection.execute(sql, values).fetchall())
    return [logged(*row) for row in rows]
