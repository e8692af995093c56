"""The tables of `where` as values: what each is can be told by one of its words."""

from collections.abc import Callable
from typing import Any, NamedTuple

from vurti.model import OF_HOSTS
from vurti.settings import Path, bind, nearest
from vurti.testing.checks import of_events, of_hosts
from vurti.testing.checks.given import (
    Announced,
    Cancelled,
    ClockSet,
    Restarted,
    Stalled,
    Value,
)
from vurti.testing.checks.ground import Ground
from vurti.testing.checks.words import (
    CancelWords,
    CapabilitiesWords,
    ClockWords,
    DevicesWords,
    ExpectWords,
    IntentWords,
    MissedWords,
    PollWords,
    PushWords,
    RawWords,
    RestartWords,
    SamplesWords,
    StallWords,
    StatisticsWords,
    Words,
)


class Kind(NamedTuple):
    """A kind of value: the words of its table, and what is made of them."""

    words: type[Words]
    made: Callable[[Any, Ground, Path], Value | None]


def value(ground: Ground, path: Path) -> Value | None:
    """What stands at `path`; None where something is wrong with it, which is complained of."""
    table = ground.tree.get(path)
    if not isinstance(table, dict):
        ground.complain(
            path, "expected a table", 'such as { host = "alpha", vms = { vm1 = "Up" } }'
        )
        return None
    if "event" in table:
        return of_events.event(table, ground, path)
    told_by = next((word for word in KINDS if word in table), None)
    if told_by is None:
        ground.complain(path, "nobody can tell what this stands for", _hint(table))
        return None
    kind = KINDS[told_by]
    words = bind(kind.words, ground.tree, path, ground.complaints)
    return None if words is None else kind.made(words, ground, path)


def _hint(table: dict[str, Any]) -> str:
    words = ("event", *KINDS)
    near = next((near for key in table if (near := nearest(key, words))), None)
    return (
        f"did you mean `{near}`?" if near else f"one of these words is needed: {', '.join(words)}"
    )


def _announced(words: ExpectWords, ground: Ground, path: Path) -> Value | None:
    if words.host is not None:
        ground.name(words.host, (*path, "host"))
    thing = words.host if words.expect in OF_HOSTS else words.vm
    if thing is None:
        about = "host" if words.expect in OF_HOSTS else "vm"
        ground.complain(path, f"{words.expect} is announced of a {about}", f"write {about} = …")
        return None
    host = None if words.expect in OF_HOSTS else words.host
    given = Announced(words.expect, thing, host, words.job, words.secs)
    to = f" with {host}" if host else ""
    return Value(f"it is announced: {words.expect} {thing}{to}", given)


def _cancelled(words: CancelWords, _: Ground, __: Path) -> Value:
    return Value(f"the announcement {words.cancel} is cancelled", Cancelled(words.cancel))


def _restarted(words: RestartWords, _: Ground, __: Path) -> Value:
    killed = words.restart == "killed"
    how = "is killed" if killed else "ends"
    return Value(f"vurti {how} and starts again", Restarted(killed))


def _stalled(words: StallWords, _: Ground, __: Path) -> Value:
    return Value(f"vurti stands still for {words.stall:g} s", Stalled(words.stall))


def _set(words: ClockWords, _: Ground, __: Path) -> Value:
    return Value(f"the wall clock is set by {words.clock:+g} s", ClockSet(words.clock))


KINDS: dict[str, Kind] = {
    "intent": Kind(IntentWords, of_events.intent),
    "expect": Kind(ExpectWords, _announced),
    "cancel": Kind(CancelWords, _cancelled),
    "raw": Kind(RawWords, of_hosts.written),
    "vms": Kind(PollWords, of_hosts.poll),
    "push": Kind(PushWords, of_hosts.push),
    "missed": Kind(MissedWords, of_hosts.missed),
    "caps": Kind(CapabilitiesWords, of_hosts.capabilities),
    "stats": Kind(StatisticsWords, of_hosts.statistics),
    "samples": Kind(SamplesWords, of_hosts.samples),
    "devices": Kind(DevicesWords, of_hosts.devices),
    "restart": Kind(RestartWords, _restarted),
    "stall": Kind(StallWords, _stalled),
    "clock": Kind(ClockWords, _set),
}
"""By the word that tells each: the first that a table has counts."""
