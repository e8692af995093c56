"""Chains: operators in a row, from data. What is wrong with one is told as values, all at once."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from msgspec import Struct
from pydantic import ValidationError
from reactivex import Observable

from vurti.events import KINDS, Event
from vurti.streams.catalog import CATALOG, STATUSES, Flow, StepSettings
from vurti.streams.operator import Operator

NAMES = {"kinds": tuple(KINDS), "statuses": STATUSES}
"""Settings whose items are names, and which there are."""


class Flaw(Struct, frozen=True):
    """One thing wrong with a chain: in which step (from 0), at which key of it ("" is the step
    itself, "kinds.0" an item of a list), what, and the nearest name that would do ("": none)."""

    index: int
    key: str
    message: str
    nearest: str = ""


def build(chain: Sequence[StepSettings]) -> Operator:
    """One operator of all the steps in their order. An empty chain changes nothing."""
    steps = [step.operator() for step in chain]

    def operator(source: Observable[Event]) -> Observable[Event]:
        for step in steps:
            source = step(source)
        return source

    return operator


def read(
    raw: Sequence[Any], events: bool = True
) -> tuple[tuple[StepSettings, ...], tuple[Flaw, ...]]:
    """The steps of a chain as configuration has them: tables with `op` and the operator's settings.

    `events` is False for a chain that starts from polls, which no operator takes. Steps with a flaw
    are left out of the first part of the answer.
    """
    steps: list[StepSettings] = []
    flaws: list[Flaw] = []
    for index, step in enumerate(raw):
        made = _step(index, step, events)
        if isinstance(made, StepSettings):
            steps.append(made)
        else:
            flaws.extend(made)
    flaws.extend(_order([step.get("op") if isinstance(step, Mapping) else None for step in raw]))
    return tuple(steps), tuple(flaws)


def _step(index: int, raw: Any, events: bool) -> StepSettings | list[Flaw]:
    if not isinstance(raw, Mapping):
        return [Flaw(index, "", 'a step is a table such as { op = "settle", secs = 5 }')]
    name = raw.get("op")
    entry = CATALOG.get(name) if isinstance(name, str) else None
    if entry is None:
        what = "op is missing" if name is None else f"there is no operator {name!r}"
        return [Flaw(index, "op", what, _nearest(name, CATALOG))]
    if not events:
        return [Flaw(index, "op", f"{name} takes events, and polls are none")]
    try:
        made = entry.settings.model_validate(dict(raw))
    except ValidationError as error:
        return [_flaw(index, entry.settings, one) for one in error.errors()]
    return list(_misnamed(index, made)) or made


def _flaw(index: int, settings: type[StepSettings], error: Any) -> Flaw:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return Flaw(index, key, "there is no such setting", _nearest(key, settings.model_fields))
    return Flaw(index, key, error["msg"].removeprefix("Value error, "))


def _misnamed(index: int, step: StepSettings) -> Iterator[Flaw]:
    """Names that nothing bears, and a filter that filters nothing: valid in form only."""
    for key, names in NAMES.items():
        for place, name in enumerate(getattr(step, key, ())):
            if name not in names:
                what = f"there is no {name!r} among the {key}"
                yield Flaw(index, f"{key}.{place}", what, _nearest(name, names))
    given = step.model_fields_set - {"op"}
    if step.op == "only" and not any(getattr(step, key) for key in given):
        yield Flaw(index, "", "only needs at least one of kinds, vms, hosts, statuses")


def _order(names: Sequence[object]) -> Iterator[Flaw]:
    """Steps that stand behind one that has broken what they rely on."""
    breaker = ""
    for index, name in enumerate(names):
        entry = CATALOG.get(str(name))
        if entry is None:
            continue
        if entry.takes is Flow.UNBROKEN and breaker:
            yield Flaw(index, "op", f"{entry.name} must stand before {breaker}: {entry.why}")
        if entry.gives is Flow.BROKEN:
            breaker = breaker or entry.name


def _nearest(name: object, names: Any) -> str:
    found = get_close_matches(str(name), list(names), n=1)
    return found[0] if found else ""
