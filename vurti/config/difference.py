"""What a changed configuration changes, and what of it has to wait for the next start."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from vurti.decide import Rules
from vurti.settings import Path, Tree, dotted
from vurti.streams.definition import is_as_it_was
from vurti.streams.named import Difference
from vurti.streams.poll_settings import PollSettings

if TYPE_CHECKING:
    from vurti.config.config import Config

NAMED_MAX = 5
LIVE = frozenset({"hosts", "vms", "clusters", "streams", "rules", "poll", "test"})
"""Tables that count while vurti runs; of the rules all but the intents, of the polls all but how
often statistics are asked for: what is stored of them goes by the same."""


class Things(NamedTuple):
    """Hosts, VMs or clusters: which came, went and are not as they were."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


class Changes(NamedTuple):
    """`rules` and `poll` are those that are to count from now on; `settings` says how they differ;
    `restart` are the keys that count from the next start."""

    things: dict[str, Things]
    rules: Rules
    poll: PollSettings
    settings: dict[str, list[str]]
    restart: tuple[str, ...]


def changes(started: "Config", past: "Config", now: "Config") -> Changes:
    """From one configuration to the next; what has to wait is told as long as it is not as it was
    when vurti `started`."""
    rules, was = _rules(started, now), _rules(started, past)
    poll, polled = _poll(started, now), _poll(started, past)
    settings = {"rules": list(_settings(was, rules)), "poll": list(_settings(polled, poll))}
    kinds = {"hosts": "hosts", "vms": "VMs", "clusters": "clusters"}
    things = {
        words: _things(
            {one.id: one for one in getattr(past, name)},
            {one.id: one for one in getattr(now, name)},
        )
        for name, words in kinds.items()
    }
    restart = [*_restart(started.tree, now.tree), *_sinks(started, now)]
    for table, counts, wanted in (("rules", rules, now.rules), ("poll", poll, now.poll)):
        restart.extend(f"{table}.{name}" for name in _differing_keys(counts, wanted))
    return Changes(things, rules, poll, settings, tuple(restart))


def told(changed: Changes, streams: Difference) -> list[str]:
    """The same in lines for a log, none where nothing has changed."""
    lines = [
        f"{words}: {', '.join(parts)}"
        for words, parts in (
            ("streams", _parts(streams.added, streams.removed, streams.changed)),
            *((words, _parts(*one)) for words, one in changed.things.items()),
        )
        if parts
    ]
    if lines and streams.kept and lines[0].startswith("streams"):
        lines[0] += f"; {len(streams.kept)} kept as they are"
    lines += [f"{name}: {', '.join(parts)}" for name, parts in changed.settings.items() if parts]
    if changed.restart:
        lines.append(f"needs a restart to count: {', '.join(changed.restart)}")
    return lines


def _rules(started: "Config", now: "Config") -> Rules:
    """Whoever follows intents has begun with those that were switched on at the start."""
    return now.rules.model_copy(update={"intents": started.rules.intents})


def _poll(started: "Config", now: "Config") -> PollSettings:
    """As at the start, where the new ones do not go with how often statistics were asked for."""
    wanted = now.poll.model_dump() | {"statistics_secs": started.poll.statistics_secs}
    try:
        return PollSettings.model_validate(wanted)
    except ValidationError:
        return started.poll


def _differing_keys(past: BaseModel, now: BaseModel) -> Iterator[str]:
    names = type(past).model_fields
    return (name for name in names if getattr(past, name) != getattr(now, name))


def _settings(past: BaseModel, now: BaseModel) -> Iterator[str]:
    for name in _differing_keys(past, now):
        yield f"{name} {_shown(getattr(past, name))} → {_shown(getattr(now, name))}"


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def _by_id(things: Iterable[Any]) -> dict[str, Any]:
    return {one.id: one for one in things}


def _things(past: Mapping[str, Any], now: Mapping[str, Any]) -> Things:
    return Things(
        tuple(id_ for id_ in now if id_ not in past),
        tuple(id_ for id_ in past if id_ not in now),
        tuple(id_ for id_ in past if id_ in now and past[id_] != now[id_]),
    )


def _parts(added: tuple[str, ...], removed: tuple[str, ...], changed: tuple[str, ...]) -> list[str]:
    return [
        f"{len(names)} {what} ({_some(names)})"
        for what, names in (("added", added), ("removed", removed), ("changed", changed))
        if names
    ]


def _some(names: tuple[str, ...]) -> str:
    more = ", …" if len(names) > NAMED_MAX else ""
    return ", ".join(map(repr, names[:NAMED_MAX])) + more


def _restart(past: Tree | None, now: Tree | None) -> Iterator[str]:
    """The keys outside of what counts at once. No value is told: it may be a secret."""
    old, new = (tree.data if tree is not None else {} for tree in (past, now))
    for name in dict.fromkeys((*old, *new)):
        if name not in LIVE:
            yield from map(dotted, _differing((name,), old.get(name), new.get(name)))


def _sinks(started: "Config", now: "Config") -> Iterator[str]:
    """Those whose stream is not what it was, though their own table is: what a sink has told and
    what it has still to tell belongs to one chain."""
    table = now.tree.data.get("sinks") if now.tree is not None else None
    for name, sink in (table or {}).items():
        source = sink.get("from", "")
        if not is_as_it_was(source, started.definitions, now.definitions):
            yield f"{dotted(('sinks', name))} (its stream {source!r} has changed)"


def _differing(path: Path, past: Any, now: Any) -> Iterator[Path]:
    if isinstance(past, dict | None) and isinstance(now, dict | None):
        old, new = past or {}, now or {}
        for name in dict.fromkeys((*old, *new)):
            yield from _differing((*path, name), old.get(name), new.get(name))
    elif past != now:
        yield path
