"""A record of the log as a line: for people, or as JSON. Nothing in it acts on who reads it."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite
from traceback import format_exception
from typing import TYPE_CHECKING, Any, TextIO

from msgspec import Struct

from vurti.wire.words import printable

if TYPE_CHECKING:
    from loguru import Record

Redact = Callable[[str], str]
EACH, PLACE = "each", "place"
"""`logger.bind(each=True)`: it is to be said each time, however alike it is. `bind(place=…)`: what
it is counted under where there is no room for it, instead of its place in the code."""
_OURS = frozenset({EACH, PLACE})
_COLOURS = {"WARNING": "\033[33m", "ERROR": "\033[31m", "CRITICAL": "\033[1;31m"}
_PRIORITIES = {"CRITICAL": 2, "ERROR": 3, "WARNING": 4, "INFO": 6, "DEBUG": 7, "TRACE": 7}
_DIM, _PLAIN = "\033[2m", "\033[0m"
_CHARS_MAX = 8_192
"""Of a message, or of a line of a traceback: whatever a host or a library says, it has an end."""


class Line(Struct, frozen=True):
    """What is to be said. `repeated` is how often it came besides within `secs`."""

    time: datetime
    level: str
    where: str
    message: str
    trace: tuple[str, ...] = ()
    extra: Mapping[str, Any] = {}
    repeated: int = 0
    secs: float = 0.0


def line_of(record: "Record", redact: Redact) -> Line:
    """What a record says, without secrets, and escaped."""
    error = record["exception"]
    trace = () if error is None else _trace(error, redact)
    return Line(
        record["time"],
        record["level"].name,
        place_of(record),
        _safe(record["message"], redact),
        trace,
        _redacted({key: one for key, one in record["extra"].items() if key not in _OURS}, redact),
    )


def place_of(record: "Record") -> str:
    """Where in the code it was said."""
    return f"{record['name']}:{record['line']}"


def as_text(line: Line, coloured: bool = False) -> str:
    """A line for people; a traceback stands further in, so that none of it looks like a record."""
    time = line.time.isoformat(sep=" ", timespec="milliseconds")[:23]
    level = f"{line.level: <7}"
    if coloured:
        time = f"{_DIM}{time}{_PLAIN}"
        level = f"{_COLOURS.get(line.level, '')}{level}{_PLAIN}"
    more = f" (and {line.repeated} times more in {line.secs:.0f} s)" if line.repeated else ""
    return "\n".join(
        (f"{time} {level} {line.message}{more}", *(f"  | {one}" for one in line.trace))
    )


def as_json(line: Line) -> str:
    """One object, in ASCII: `time` (RFC 3339), `level`, `message`, `where`, and, where there is
    such, `extra`, `exception`, and `repeated` with `secs`."""
    told: dict[str, Any] = {
        "time": line.time.isoformat(timespec="milliseconds"),
        "level": line.level,
        "message": line.message,
        "where": line.where,
    }
    if line.extra:
        told["extra"] = line.extra
    if line.trace:
        told["exception"] = "\n".join(line.trace)
    if line.repeated:
        told |= {"repeated": line.repeated, "secs": round(line.secs, 1)}
    return json.dumps(told, default=str)


def for_journal(text: str, level: str) -> str:
    """With the priority of syslog before each line, as journald takes it: sd-daemon(3)."""
    priority = _PRIORITIES.get(level, 6)
    return "\n".join(f"<{priority}>{line}" for line in text.split("\n"))


def is_journal(out: TextIO, stream: str) -> bool:
    """Whether it goes to the journal, which says in `stream` (JOURNAL_STREAM) which file it is."""
    try:
        found = os.fstat(out.fileno())
    except (OSError, ValueError):
        return False
    return stream == f"{found.st_dev}:{found.st_ino}"


def _trace(error: Any, redact: Redact) -> tuple[str, ...]:
    """Without the values of variables: they may be secrets."""
    text = redact("".join(format_exception(error.type, error.value, error.traceback)))
    return tuple(_cut(printable(one)) for one in text.splitlines())


def _safe(text: str, redact: Redact) -> str:
    return _cut(printable(redact(text)))


def _cut(text: str) -> str:
    if len(text) <= _CHARS_MAX:
        return text
    return f"{text[:_CHARS_MAX]}… and {len(text) - _CHARS_MAX} characters more"


def _redacted(value: Any, redact: Redact) -> Any:
    if isinstance(value, str):
        return _safe(value, redact)
    if isinstance(value, Mapping):
        return {str(key): _redacted(item, redact) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted(item, redact) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and isfinite(value):
        return value
    return _safe(str(value), redact)
