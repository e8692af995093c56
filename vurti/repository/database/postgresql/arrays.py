"""A column of values as one array, in the words in which PostgreSQL reads it.

The driver's own arrays are made element by element, and take ten times as long.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from vurti.repository.database.statement import WHOLE_MAX, Kind

_BETWEEN, _NULL = "\x1f", "\x1e"  # which hardly any text has


def array(kind: Kind, column: Sequence[Any]) -> str:
    """What `%s::kind[]` takes. Raises OverflowError for a whole number beyond 64 bits."""
    return _WRITTEN[kind](column)


def _whole(column: Sequence[Any]) -> str:
    text = _as_json(column)
    told = [value for value in column if value is not None] if "null" in text else column
    if told and not -WHOLE_MAX <= min(told) <= max(told) <= WHOLE_MAX:
        raise OverflowError("a whole number beyond 64 bits")
    return text


def _fractional(column: Sequence[Any]) -> str:
    """What is not finite has no word in JSON."""
    numbers = [None if value is None else float(value) for value in column]
    text = _as_json(numbers)
    if "null" in text and text.count("null") > numbers.count(None):
        return f"{{{','.join('null' if value is None else str(value) for value in numbers)}}}"
    return text


def _as_json(column: Sequence[Any]) -> str:
    """Numbers, truths and NULL are written as in JSON, but in braces."""
    return f"{{{msgspec.json.encode(column).decode()[1:-1]}}}"


def _texts(column: Sequence[Any]) -> str:
    """All in one go, unless one of them has what stands between them, or for NULL, meanwhile."""
    nulls = column.count(None)
    told = [_NULL if text is None else text for text in column] if nulls else column
    joined = _BETWEEN.join(told)
    if joined.count(_BETWEEN) >= len(told) or joined.count(_NULL) > nulls:
        return f"{{{','.join('null' if text is None else _quoted(text) for text in column)}}}"
    return f"{{{_quoted(joined)}}}".replace(_BETWEEN, '","').replace(f'"{_NULL}"', "null")


def _quoted(text: str) -> str:
    """In quotes a backslash keeps the next character."""
    kept = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{kept}"'


_WRITTEN: dict[Kind, Callable[[Sequence[Any]], str]] = {
    "bigint": _whole,
    "double precision": _fractional,
    "text": _texts,
    "boolean": _as_json,
}
