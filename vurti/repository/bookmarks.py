"""How far each reader of the log is, and what its receiver could not read."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from peewee import fn

from vurti.errors import StoreError
from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.repository import log_tables
from vurti.repository.database import Connection, Read, rows_of
from vurti.repository.log import Bound, forgettable
from vurti.repository.rows import json_text, storable
from vurti.repository.statements import delete, upsert

INTENTS = "intents"
"""The stream whose readers count commits, so they hold no event of the log."""

_READER, _LETTER = log_tables.Reader, log_tables.DeadLetter
_COLUMNS = Bookmark.__struct_fields__
_OTHERS = ("lost", "gone_at", "asked_at")
"""What is written by others than the reader itself."""
_OWN = tuple(name for name in _COLUMNS if name not in ("name", *_OTHERS))
_ALL = f"select {', '.join(_COLUMNS)} from reader where scope = ? order by name"  # noqa: S608 # our own
_SAVE = upsert("reader", ("scope", "name"), _OWN, others=("lost",))
_LOSE = "update reader set lost = lost + ? where scope = ? and name = ?"
_BACK = "update reader set gone_at = null where scope = ? and name = ?"
_GONE = "update reader set gone_at = ? where scope = ? and name = ? and gone_at is null"
_ASK = "update reader set asked_at = ? where scope = ? and name = ?"
_ASKED = "select distinct scope from reader order by scope"
_FORGET = "delete from reader where scope = ? and name = ?"
_LETTERS = ("id", "cursor", "refused_at", "reason", "body", "tries")
_BURY = upsert("dead_letter", ("scope", "reader", "id"), _LETTERS[1:])
_RAISE = delete("dead_letter", ("scope", "reader", "id"))
_FORGET_LETTERS = "delete from dead_letter where scope = ? and reader = ?"
_OVERFLOW = (
    "delete from dead_letter where scope = ? and reader = ? and key not in"
    " (select key from dead_letter where scope = ? and reader = ? order by key desc limit ?)"
)


def read_bookmarks(read: Read, scope: str) -> list[Bookmark]:
    """All of them, by name."""
    columns = [getattr(_READER, name) for name in _COLUMNS]
    query = _READER.select(*columns).where(_READER.scope == scope).order_by(_READER.name)
    return [_bookmark(values) for values in read(rows_of(query))]


def read_within(connection: Connection, scope: str) -> list[Bookmark]:
    """The same within the open transaction."""
    return [_bookmark(values) for values in connection.execute(_ALL, (scope,)).fetchall()]


def scopes_with_readers(connection: Connection) -> list[str]:
    """The scopes that somebody reads."""
    return [scope for (scope,) in connection.execute(_ASKED).fetchall()]


def read_letters(read: Read, scope: str, reader: str, limit: int) -> list[DeadLetter]:
    """The dead letters of one reader, the oldest first."""
    columns = [getattr(_LETTER, name) for name in _LETTERS]
    query = (
        _LETTER.select(*columns)
        .where(_LETTER.scope == scope, _LETTER.reader == reader)
        .order_by(_LETTER.key)
        .limit(limit)
    )
    return [
        DeadLetter(**dict(zip(_LETTERS, values, strict=True))) for values in read(rows_of(query))
    ]


def count_letters(read: Read, scope: str) -> dict[str, int]:
    """How many dead letters each reader has."""
    query = _LETTER.select(_LETTER.reader, fn.COUNT(_LETTER.key)).where(_LETTER.scope == scope)
    return dict(read(rows_of(query.group_by(_LETTER.reader))))


def save(connection: Connection, scope: str, bookmark: Bookmark) -> None:
    """Create it or bring it up to date, but for what others write. Within the open transaction."""
    values = [_value(getattr(bookmark, name)) for name in _OWN]
    connection.write(_SAVE, [(scope, bookmark.name, *values, 0)])


def bury(
    connection: Connection,
    scope: str,
    reader: str,
    letters: Sequence[DeadLetter],
    letters_max: int,
) -> None:
    """Keep these dead letters, and no more than the newest so many of that reader. Within the open
    transaction."""
    rows = ([_value(getattr(one, name)) for name in _LETTERS] for one in letters)
    connection.write(_BURY, ((scope, reader, *row) for row in rows))
    connection.execute(_OVERFLOW, (scope, reader, scope, reader, letters_max))


def raise_up(connection: Connection, scope: str, reader: str, ids: Iterable[str]) -> None:
    """These were told after all. Within the open transaction."""
    connection.write(_RAISE, ((scope, reader, storable(id_)) for id_ in ids))


def ask(connection: Connection, scope: str, reader: str, at: float) -> bool:
    """It is to try again at once; whether there is such a reader. Within the open transaction."""
    return connection.execute(_ASK, (at, scope, reader)).rowcount > 0


def keep_only(
    connection: Connection,
    scope: str,
    configured: Iterable[str],
    at: float,
    gone_before: float,
) -> list[str]:
    """Those that the configuration names are there again; the others are gone since `at`, unless
    they were gone before; those gone since before `gone_before` are forgotten. Gives the names of
    these. Within the open transaction."""
    named = set(configured)
    forgotten = []
    for one in read_within(connection, scope):
        if one.name in named:
            connection.execute(_BACK, (scope, one.name))
        elif one.gone_at is not None and one.gone_at < gone_before:
            connection.execute(_FORGET_LETTERS, (scope, one.name))
            connection.execute(_FORGET, (scope, one.name))
            forgotten.append(one.name)
        else:
            connection.execute(_GONE, (at, scope, one.name))
    return forgotten


def held_range(
    connection: Connection,
    scope: str,
    readers: Sequence[Bookmark],
    limit: int,
    wished: Bound,
    allowed: Bound,
) -> tuple[int, dict[str, int]]:
    """The last cursor that is to be forgotten now, and how many events each reader loses by it:
    that is counted in its row. Within the open transaction."""
    behind = [one for one in readers if one.stream != INTENTS]
    held = min((one.cursor for one in behind), default=None)
    first, last = forgettable(connection, scope, limit, wished, held, allowed)
    lost = {one.name: last - max(one.cursor, first - 1) for one in behind if one.cursor < last}
    for name, count in lost.items():
        connection.execute(_LOSE, (count, scope, name))
    return last, lost


def _value(value: Any) -> Any:
    match value:
        case dict():
            return json_text(value) if value else None
        case str():
            return storable(value)
        case _:
            return value


def _bookmark(values: Sequence[Any]) -> Bookmark:
    told = dict(zip(_COLUMNS, values, strict=True))
    try:
        told["done"] = (
            msgspec.json.decode(told["done"], type=dict[str, int]) if told["done"] else {}
        )
        told["is_new"] = bool(told["is_new"])
        return msgspec.convert(told, type=Bookmark)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreError(f"the bookmark of {told['name']!r} cannot be read: {error}") from error
