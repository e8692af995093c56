"""Values that are events and intents: what comes out, and of events also what may come in."""

from typing import Any

from msgspec.structs import replace

from vurti.events import KINDS, Event, VdsEvent, VmEvent
from vurti.model import UPON_HOSTS
from vurti.settings import Path, way_out
from vurti.testing.checks.given import Value
from vurti.testing.checks.ground import Ground
from vurti.testing.checks.structs import as_record, fields_of
from vurti.testing.checks.told import PAIRS, in_words
from vurti.testing.checks.words import IntentWords

CONCLUDED = ("cluster", "severity", "changed")
"""What can be said of an event besides its fields; of a VM also its name and where it went."""
OF_VMS = ("vm", "name", "from", "to")


def event(table: dict[str, Any], ground: Ground, path: Path) -> Value | None:
    """An event: its kind, and what is named of it."""
    kind = KINDS.get(str(table["event"]))
    if kind is None:
        what = f"there is no event {table['event']!r}"
        ground.complain((*path, "event"), what, way_out(str(table["event"]), KINDS))
        return None
    of_host = issubclass(kind, VdsEvent)
    of_vm = issubclass(kind, VmEvent)
    more = (*CONCLUDED, *(OF_VMS if of_vm else ()))
    words = {key: one for key, one in table.items() if key not in {"event", *more}}
    thing = table.get("host" if of_host else "vm", "")
    if "host" in table:
        ground.name(str(table["host"]), (*path, "host"))
    record = {key: _field(key, one, thing) for key, one in words.items()}
    valid = (*fields_of(kind), *more)
    for key in [key for key in record if key not in valid]:
        ground.complain((*path, key), "unknown key", way_out(key, valid))
        del record[key]
    if of_host:
        record.pop("host", None)
    made = as_record(kind, record, ground.tree, path, ground.complaints)
    named = {key: _named(key, one) for key, one in table.items()}
    return Value(in_words(named), _moved(made, table), named, of="events")


def intent(words: IntentWords, ground: Ground, path: Path) -> Value:
    """What a manager should do."""
    upon_host = words.intent in UPON_HOSTS
    if upon_host == (words.vm is not None):
        what = f"{words.intent} is about a {'host' if upon_host else 'VM'}"
        ground.complain(path, what, f"write {'host' if upon_host else 'vm'} = …")
    if words.host is not None:
        ground.name(words.host, (*path, "host"))
    said = {"intent": str(words.intent), "vm": words.vm, "host": words.host}
    named = {key: one for key, one in said.items() if one is not None}
    named["state"] = str(words.state)
    return Value(in_words(named), expected=named, of="intents")


_ENDS = ("before", "after")


def _field(key: str, one: Any, thing: object) -> Any:
    if key in _ENDS:
        return _end(one, thing)
    return [list(pair) for pair in one.items()] if key in PAIRS and isinstance(one, dict) else one


def _end(end: Any, thing: object) -> Any:
    """One end of an event as a record: a status alone, a table of what is named, or none."""
    if end == "none":
        return None
    if isinstance(end, str):
        return {"id": thing, "status": end}
    return {"id": thing, **end} if isinstance(end, dict) else end


def _named(key: str, one: Any) -> Any:
    if key not in _ENDS:
        return one
    if _is_none(one):
        return None
    return {"status": one} if isinstance(one, str) else one


def _is_none(one: Any) -> bool:
    """The thing was not there before, or is not there after."""
    return bool(one == "none")


def _moved(made: Event | None, table: dict[str, Any]) -> Event | None:
    """The event itself, where enough is said of it to come in: it is about something."""
    if made is None or (made.before is None and made.after is None) or not made.thing:
        return None
    for end, key in (("before", "from"), ("after", "to")):
        known = getattr(made, end)
        if key in table and known is not None:
            made = replace(made, **{end: replace(known, run_on=table[key])})
    return made
