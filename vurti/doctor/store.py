"""Where vurti keeps what it knows: reachable, with room, and who has it."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from vurti.clock import Clock
from vurti.config import Config
from vurti.doctor.finding import Finding, bad, note, ok
from vurti.errors import StoreError
from vurti.model.scope import SYSTEM
from vurti.repository import Reader, open_all_for_reading
from vurti.repository.database import FileAddress, InMemory, Inspected, inspected, parsed

AREA = "store"
FREE_BYTES_MIN, FREE_BYTES_LOW = 256 * 2**20, 2 * 2**30
WAL_BYTES_MAX = 512 * 2**20
DAY_SECS = 86_400


def look_at_the_store(config: Config, clock: Clock) -> Iterator[Finding]:
    """The file or server, then what is in it."""
    address = parsed(config.repository.url)
    if isinstance(address, InMemory):
        yield note(AREA, str(address), "what it knows ends with vurti", "name a file or a server")
        return
    if isinstance(address, FileAddress):
        yield from _file(address.path)
    try:
        found = inspected(address, SYSTEM)
        yield from _inspected(str(address), found)
        if not found.is_new:
            yield from _content(config, clock)
    except StoreError as error:
        way_out = "is the server up, and may this user in? docs/repository.md"
        yield bad(AREA, str(address), str(error), way_out)


def holder_of(config: Config) -> str | None:
    """Who has the store, empty where nobody has; None where that cannot be known."""
    address = parsed(config.repository.url)
    try:
        return inspected(address, SYSTEM).holder
    except (StoreError, ValueError):
        return None


def _inspected(place: str, found: Inspected) -> Iterator[Finding]:
    who = f"a vurti holds it ({found.holder})" if found.holder else "no vurti holds it"
    size = "nothing in it yet: vurti makes it" if found.is_new else f"{found.size_bytes >> 20} MiB"
    yield ok(AREA, place, f"{found.engine}, {size}; {who}")
    if found.is_new and not found.may_make:
        what = "there is nothing in it yet, and this user may not make tables"
        yield bad(AREA, place, what, "grant it CREATE on the schema")


def _file(path: Path) -> Iterator[Finding]:
    home = path.parent
    if not home.is_dir():
        yield bad(AREA, str(path), f"there is no directory {home}", f"mkdir -p {home}")
        return
    if not os.access(home, os.W_OK | os.X_OK):
        what = f"this user may not write in {home}: the database needs files of its own beside it"
        yield bad(AREA, str(path), what, "run vurti as the owner of that directory")
    yield from _room(path, home)
    if not path.exists():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        what = f"everybody on this machine can read or write it (mode {mode:o})"
        yield bad(AREA, str(path), what, f"chmod o= {path}*")
    if not os.access(path, os.R_OK | os.W_OK):
        yield bad(AREA, str(path), "this user may not write it", "run vurti as its owner")
    wal = path.with_name(path.name + "-wal")
    size = wal.stat().st_size if wal.exists() else 0
    if size > WAL_BYTES_MAX:
        what = f"its -wal has {size >> 20} MiB: a reader has kept it from being taken in"
        yield note(AREA, str(path), what, "end programs that have read it for long")


def _room(path: Path, home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    what = f"{free / 2**30:.1f} GiB are free in {home}"
    if free < FREE_BYTES_MIN:
        yield bad(AREA, str(path), what, "make room: nothing is stored on a full disk")
    elif free < FREE_BYTES_LOW:
        yield note(AREA, str(path), what, "make room, or shorten [repository] log_days")
    else:
        yield ok(AREA, str(path), what)


def _content(config: Config, clock: Clock) -> Iterator[Finding]:
    settings = config.repository
    began = clock.now()
    with open_all_for_reading(settings.url) as reader:
        scopes, shown = list(reader.logs().bounds()) or [SYSTEM], str(parsed(settings.url))
        took = clock.now() - began
        yield ok(AREA, shown, f"can be read, in {took * 1000:.0f} ms")
        for scope in scopes:
            place = shown if scopes == [SYSTEM] else f"{shown} {scope}"
            yield from _log(config, place, reader.of(scope), clock)
            yield from _readers(place, reader.of(scope), clock)


def _log(config: Config, place: str, reader: Reader, clock: Clock) -> Iterator[Finding]:
    settings = config.repository
    first, last = reader.log_bounds()
    if not last:
        yield ok(AREA, place, "its log is empty")
        return
    oldest = reader.log(first - 1, 1)
    days = (clock.wall() - oldest[0].committed_at) / DAY_SECS if oldest else 0.0
    count = last - first + 1
    what = f"its log has {count} events of {days:.1f} days"
    late = days > settings.log_days + 1 or count > 1.1 * settings.log_rows_max
    if late:
        bounds = f"{settings.log_days:g} days and {settings.log_rows_max} events"
        what += f", more than the {bounds} that are wished"
        yield note(AREA, place, what, "a reader lags, or vurti has not run for long")
    else:
        yield ok(AREA, place, what)


def _readers(place: str, reader: Reader, clock: Clock) -> Iterator[Finding]:
    _, last = reader.log_bounds()
    counts = reader.dead_letter_counts()
    for one in reader.bookmarks():
        subject = f"{place} reader {one.name}"
        behind = max(last - one.cursor, 0)
        if one.failing_since is not None:
            since = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(one.failing_since))
            yield bad(AREA, subject, f"fails since {since}, {behind} events behind: {one.failure}")
        elif one.gone_at is not None:
            yield note(AREA, subject, "is in no configuration any more, and is forgotten soon")
        else:
            yield ok(AREA, subject, f"is {behind} events behind")
        if one.lost:
            yield bad(AREA, subject, f"{one.lost} events were forgotten before it had read them")
        if counts.get(one.name):
            yield note(AREA, subject, f"its receiver could not read {counts[one.name]} of them")
