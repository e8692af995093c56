"""What was expected and what came, side by side; only what is named is compared."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from vurti.model import Awaited
from vurti.testing.fold import Recorded
from vurti.testing.scenarios.alike import Named, listed, plain, same, text
from vurti.testing.scenarios.drive import Drive
from vurti.testing.scenarios.records import host_words, vm_words
from vurti.testing.scenarios.told import Told
from vurti.testing.scenarios.words import UNCHANGED, UNKNOWN_TO_US, Then

ONLY_WHERE_NAMED = ("VM_MIGRATION_DONE", "VM_MIGRATION_TRYING_RERUN", "VM_MIGRATION_FAILED")
"""Whoever migrates tells these, so a scenario names them only where it is about them."""

SOME_OF = ("nics",)
"""Of these a scenario names those that it is about, and others may be there."""

NEXT_AT_SECS = 0.01
"""A deadline that includes its last instant comes due just behind it."""


class Difference(Struct, frozen=True):
    """`step` counts from 1, None where it is about all of them."""

    what: str
    expected: str
    got: str
    step: int | None = None


def differences(then: Then, told: Told, drive: Drive, before: Recorded) -> list[Difference]:
    """In how far it is not as `then` has it. `before` is what was recorded at first."""
    found: list[Difference] = []
    said = then.said()
    for kind in ("hosts", "vms"):
        for id_, words in (said.get(kind) or {}).items():
            found += _of_record(kind, id_, words, drive, before)
    for word, compare in _COMPARED.items():
        if said.get(word) is not None:
            found += compare(word, said[word], told, drive)
    if then.next_at is not None:
        found += _next_at(then.next_at, drive)
    return found


def _of_record(
    kind: str, id_: str, words: Any, drive: Drive, before: Recorded
) -> Iterable[Difference]:
    of_hosts = kind == "hosts"
    record = host_words if of_hosts else vm_words
    view = drive.fold.view
    row = _row(drive.recorded, of_hosts, id_)
    got = record(row, view)
    if isinstance(words, str):
        if words == UNCHANGED:
            past = _row(before, of_hosts, id_)
            if (row and row.value) != (past and past.value):
                yield from _changed(id_, record(past, view), got)
        elif got != UNKNOWN_TO_US:
            yield Difference(id_, UNKNOWN_TO_US, text(got))
        return
    for word, value in plain(words).items():
        there = got.get(word) if isinstance(got, dict) else got
        named = Named(value) if word in SOME_OF and isinstance(value, dict) else value
        if not same(named, there):
            yield Difference(f"{id_} {word}", text(value), text(there))


def _changed(id_: str, past: Any, got: Any) -> Iterable[Difference]:
    if not (isinstance(past, dict) and isinstance(got, dict)):
        yield Difference(id_, text(past), text(got))
        return
    for word, value in past.items():
        if got[word] != value and word != "last_changed":
            yield Difference(f"{id_} {word}", f"{text(value)} (unchanged)", text(got[word]))


def _events(word: str, expected: Sequence[str], told: Told, _: Drive) -> Iterable[Difference]:
    named = {event.split()[0] for event in expected}
    got = [
        event
        for event in told.events
        if event.split()[0] in named or event.split()[0] not in ONLY_WHERE_NAMED
    ]
    if _by_thing(expected) != _by_thing(got):
        yield Difference(word, listed(expected), listed(got))


def _by_thing(events: Iterable[str]) -> dict[str, list[str]]:
    of: dict[str, list[str]] = {}
    for event in events:
        of.setdefault(event.split()[-1], []).append(event)
    return of


def _exactly(word: str, expected: Sequence[str], told: Told, _: Drive) -> Iterable[Difference]:
    got = getattr(told, word)
    if Counter(expected) != Counter(got):
        yield Difference(word, listed(expected), listed(got))


def _the_same_things(
    word: str, expected: Sequence[str], told: Told, _: Drive
) -> Iterable[Difference]:
    got = set(getattr(told, word))
    if set(expected) != got:
        yield Difference(word, listed(sorted(expected)), listed(sorted(got)))


def _statistics(word: str, expected: Sequence[str], told: Told, _: Drive) -> Iterable[Difference]:
    """Zeros are written as well, but a scenario need not say so twice."""
    zeros = set(told.zeroed)
    got = set(told.statistics_written) - zeros
    if set(expected) - zeros != got:
        yield Difference(
            word, listed(sorted(expected)), listed(sorted(got | (set(expected) & zeros)))
        )


def _none_of(word: str, expected: Sequence[str], told: Told, _: Drive) -> Iterable[Difference]:
    of = {"never": "events", "never_intents": "intents", "never_queries": "queries"}[word]
    came = [one for one in getattr(told, of) if one in expected]
    if came:
        yield Difference(word, f"none of {listed(expected)}", listed(came))


def _still_open(word: str, expected: Sequence[str], _: Told, drive: Drive) -> Iterable[Difference]:
    open_ = drive.recorded.expectations
    got = {one.thing for one in open_ if one.kind is not Awaited.JOB}
    if set(expected) != got:
        yield Difference(word, listed(sorted(expected)), listed(sorted(got)))


_COMPARED = {
    "events": _events, "never": _none_of, "intents": _exactly, "never_intents": _none_of,
    "queries": _exactly, "never_queries": _none_of, "met": _the_same_things,
    "failed": _the_same_things, "open": _still_open, "state_written": _the_same_things,
    "statistics_written": _statistics, "zeroed": _the_same_things, "stale": _the_same_things,
}  # fmt: skip


def _next_at(expected: float, drive: Drive) -> Iterable[Difference]:
    due = min(drive.fold.pending.values(), default=None)
    if due is None or abs(due - expected) > NEXT_AT_SECS:
        yield Difference("next_at", text(expected), text(due))


def _row(recorded: Recorded, of_hosts: bool, id_: str) -> Any:
    rows = recorded.vdss if of_hosts else recorded.vms
    return next((row for row in rows if row.value.id == id_), None)
