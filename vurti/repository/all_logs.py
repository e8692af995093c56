"""The logs of all scopes as one: each keeps its own gapless cursors, and per VM and host the order
is that in which things happened, over scopes as within them."""

from collections.abc import Iterator, Mapping
from heapq import merge
from typing import Any, NamedTuple

from vurti.events import VdsJoinedScope, VmJoinedScope
from vurti.model.commit import Logged
from vurti.repository import history
from vurti.repository.database import Connection, Look
from vurti.repository.log import logged

PAGE = 500
_SCOPES = "select name from scope where cursor > 0 order by name"
_BOUNDS = (
    "select s.name, coalesce((select min(l.cursor) from event_log l where l.scope = s.name),"
    " s.cursor + 1), s.cursor from scope s order by s.name"
)
_BEHIND = (
    "select cursor, committed_at, body from event_log where scope = ? and cursor > ?"
    " order by cursor limit ?"
)


class Entry(NamedTuple):
    """An event where the log of its scope has it."""

    scope: str
    logged: Logged

    @property
    def place(self) -> str:
        """As people write it: `SCOPE:CURSOR`."""
        return f"{self.scope}:{self.logged.cursor}"


class AllLogs:
    """Reads on from the `cursors` of the scopes that it knows; of one that it does not, all. Of one
    VM or host, where `thing` is told."""

    def __init__(
        self, look: Look, cursors: Mapping[str, int] | None = None, thing: str | None = None
    ) -> None:
        self.cursors = dict(cursors or {})
        self._look, self._thing = look, thing

    def bounds(self) -> dict[str, tuple[int, int]]:
        """The first and last cursor of each scope's log; see LogReading.log_bounds."""
        found = self._look(lambda connection: connection.execute(_BOUNDS).fetchall())
        return {scope: (first, last) for scope, first, last in found if last}

    def read(self, limit: int = PAGE) -> list[Entry]:
        """What follows, about so much of each scope: nothing where this is the end for now."""
        pages = self._look(lambda connection: self._pages(connection, limit))
        ends = [_when(page[-1]) for page in pages if len(page) == limit]
        entries: list[Entry] = []
        for placed in merge(*pages, key=_when):
            if entries and ends and _when(placed) > min(ends):
                break  # a page that is full goes on before this
            entries.append(placed.entry)
            self.cursors[placed.entry.scope] = placed.entry.logged.cursor
        return entries

    def all(self, limit: int = PAGE) -> Iterator[Entry]:
        """All that there is by now."""
        while page := self.read(limit):
            yield from page

    def _pages(self, connection: Connection, limit: int) -> list[list["_Placed"]]:
        """At one moment: of a crossing both halves, or none."""
        scopes = scopes_of(connection)
        return [list(self._page(connection, scope, limit)) for scope in scopes]

    def _page(self, connection: Connection, scope: str, limit: int) -> Iterator["_Placed"]:
        at, after = 0.0, self.cursors.get(scope, 0)
        for row in self._rows(connection, scope, after, limit):
            one = logged(*row)
            at = max(at, one.committed_at)  # a clock may have been set back; a log's order stays
            yield _Placed(at, Entry(scope, one))

    def _rows(self, connection: Connection, scope: str, after: int, limit: int) -> list[Any]:
        if self._thing is None:
            return connection.execute(_BEHIND, (scope, after, limit)).fetchall()
        values = history.values_of(scope, self._thing, after, limit)
        return connection.execute(history.BEHIND, values).fetchall()


class _Placed(NamedTuple):
    at: float
    entry: Entry


def _when(placed: _Placed) -> tuple[float, bool]:
    """Both halves of a crossing are committed at once: it leaves before it joins."""
    event = placed.entry.logged.event
    return placed.at, isinstance(event, VmJoinedScope | VdsJoinedScope)


def scopes_of(connection: Connection) -> list[str]:
    """The names of the scopes that something was ever committed in."""
    return [scope for (scope,) in connection.execute(_SCOPES).fetchall()]


def parsed_places(text: str) -> dict[str, int]:
    """`SCOPE:CURSOR,SCOPE:CURSOR` as cursors by scope. Raises ValueError for anything else."""
    cursors: dict[str, int] = {}
    for part in text.split(","):
        scope, colon, cursor = part.strip().rpartition(":")
        if not colon or not scope or not cursor.isdecimal():
            raise ValueError(f"{part.strip()!r} is not SCOPE:CURSOR")
        cursors[scope] = int(cursor)
    return cursors
