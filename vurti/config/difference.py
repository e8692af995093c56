"""What a changed configuration changes, and what of it has to wait for the next start."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from vurti.decide import Rules
from vurti.settings import Path, Tree, dotted
from vurti.streams.named import Difference

if TYPE_CHECKING:
    from vurti.config.config import Config

NAMED_MAX = 5
LIVE = frozenset({"hosts", "vms", "clusters", "streams", "rules", "test"})
"""Tables that count while vurti runs; of the rules all but the intents."""


class Things(NamedTuple):
    """Hosts, VMs or clusters: which came, went and are not as they were."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


class Changes(NamedTuple):
    """`rules` are those that are to count from now on; `ruled` says how they differ; `restart` are
    the keys that count from the next start."""

    things: dict[str, Things]
    rules: Rules
    ruled: tuple[str, ...]
    restart: tuple[str, ...]


def changes(started: "Config", past: "Config", now: "Config") -> Changes:
    """From one configuration to the next; what has to wait is told as long as it is not as it was
    when vurti `started`."""
    rules = now.rules.model_copy(update={"intents": started.rules.intents})
    ruled = tuple(
        f"{name} {_shown(getattr(past.rules, name))} → {_shown(getattr(rules, name))}"
        for name in Rules.model_fields
        if name != "intents" and getattr(past.rules, name) != getattr(rules, name)
    )
    kinds = {"hosts": "hosts", "vms": "VMs", "clusters": "clusters"}
    things = {
        words: _things(
            {one.id: one for one in getattr(past, name)},
            {one.id: one for one in getattr(now, name)},
        )
        for name, words in kinds.items()
    }
    restart = list(_restart(started.tree, now.tree))
    if started.rules.intents != now.rules.intents:
        restart.append("rules.intents")
    return Changes(things, rules, ruled, tuple(restart))


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
    if changed.ruled:
        lines.append(f"rules: {', '.join(changed.ruled)}")
    if changed.restart:
        lines.append(f"needs a restart to count: {', '.join(changed.restart)}")
    return lines


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


def _differing(path: Path, past: Any, now: Any) -> Iterator[Path]:
    if isinstance(past, dict | None) and isinstance(now, dict | None):
        old, new = past or {}, now or {}
        for name in dict.fromkeys((*old, *new)):
            yield from _differing((*path, name), old.get(name), new.get(name))
    elif past != now:
        yield path
