"""Chains: operators in a row, from data. What is wrong with one is told as values, all at once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from pydantic import ValidationError
from reactivex import Observable

from vurti.events import Event
from vurti.settings import nearest
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.flow import RAW, Flow, Stage
from vurti.streams.operator import Operator
from vurti.streams.own import OperatorError, entry_named, names
from vurti.streams.steps import SplitSettings, StepSettings

STEPS_MAX = 100
"""A longer chain is a slip."""


class Flaw(Struct, frozen=True):
    """One thing wrong with a chain: in which step (from 0), at which key of it ("" is the step
    itself, "kinds.0" an item of a list), what, and the nearest name that would do ("": none)."""

    index: int
    key: str
    message: str
    nearest: str = ""


def build(chain: Sequence[StepSettings], around: Around = NOTHING_KNOWN) -> Operator:
    """One operator of all the steps in their order. An empty chain changes nothing."""
    steps = [entry_named(step.op).operator(step, around) for step in chain]

    def operator(source: Observable[Event]) -> Observable[Event]:
        for step in steps:
            source = step(source)
        return source

    return operator


def parts_of(chain: Sequence[StepSettings]) -> tuple[str, ...]:
    """The names of the parts that the chain is split into at its end, none where it is not."""
    last = chain[-1] if chain else None
    return (*last.into, last.rest) if isinstance(last, SplitSettings) else ()


def read(
    raw: Sequence[Any], begins: Stage = RAW
) -> tuple[tuple[StepSettings, ...], tuple[Flaw, ...]]:
    """The steps of a chain as configuration has them: tables with `op` and the operator's settings.

    `begins` is what it is put behind. Steps with a flaw are left out of the first part of the
    answer.
    """
    if len(raw) > STEPS_MAX:
        return (), (Flaw(STEPS_MAX, "", f"a chain has at most {STEPS_MAX} steps"),)
    steps: list[StepSettings] = []
    flaws: list[Flaw] = []
    for index, step in enumerate(raw):
        made = _step(index, step)
        if isinstance(made, StepSettings):
            steps.append(made)
        else:
            flaws.extend(made)
    flaws.extend(_order(_named(raw), begins))
    return tuple(steps), tuple(flaws)


def ends(raw: Sequence[Any], begins: Stage = RAW) -> Stage:
    """What can be relied on behind a chain, and behind as much of it as can be read."""
    stage = begins
    for name in _named(raw):
        if name is not None and not (entry := entry_named(name)).last:
            stage = stage.after(name, entry.gives)
    return stage


def _named(raw: Sequence[Any]) -> list[str | None]:
    """The operators' names, None for a step that names none that there is."""
    return [_name(step.get("op")) if isinstance(step, Mapping) else None for step in raw]


def _name(name: object) -> str | None:
    try:
        return entry_named(name).name if isinstance(name, str) else None
    except OperatorError:
        return None


def _step(index: int, raw: Any) -> StepSettings | list[Flaw]:
    if not isinstance(raw, Mapping):
        return [Flaw(index, "", 'a step is a table such as { op = "settle", secs = 5 }')]
    name = raw.get("op")
    if not isinstance(name, str):
        what = "op is missing" if name is None else f"there is no operator {name!r}"
        return [Flaw(index, "op", what)]
    try:
        entry = entry_named(name)
    except OperatorError as error:
        meant = nearest(name, names()) if name not in names() else None
        return [Flaw(index, "op", error.what, meant or "")]
    if entry.written:
        return [Flaw(index, "op", f"{name} is no step: write {entry.written}")]
    try:
        # As everywhere in a configuration types are exact, and lists are read as tuples.
        text = json.dumps(dict(raw), default=str)
        made = entry.settings.model_validate_json(text, strict=True)
    except ValidationError as error:
        return [_flaw(index, entry.settings, one) for one in _meant(error)]
    try:
        entry.operator(made)
    except Exception as error:  # noqa: BLE001 - an operator of others may raise anything
        return [Flaw(index, "", f"{name} cannot be made so: {error}")]
    return made


def _meant(error: ValidationError) -> list[Any]:
    """Without those that a list has become too short for what was wrong within it."""
    every = error.errors()
    return [
        one
        for one in every
        if one["type"] != "too_short"
        or not any(len(other["loc"]) > 1 and other["loc"][0] == one["loc"][0] for other in every)
    ]


def _flaw(index: int, settings: type[StepSettings], error: Any) -> Flaw:
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] == "extra_forbidden":
        near = nearest(key, settings.model_fields)
        return Flaw(index, key, "there is no such setting", near or "")
    about = error.get("ctx", {})
    meant = getattr(about.get("error"), "nearest", "")
    if error["type"] in ("enum", "literal_error"):
        words = str(about["expected"]).replace(" or ", ", ").split(", ")
        meant = nearest(str(error["input"]), [word.strip("'") for word in words]) or ""
    return Flaw(index, key, error["msg"].removeprefix("Value error, "), meant)


def _order(named: Sequence[str | None], begins: Stage) -> Iterator[Flaw]:
    """Steps that stand behind one that has broken what they rely on."""
    stage, last = begins, ""
    for index, name in enumerate(named):
        if name is None:
            continue
        entry = entry_named(name)
        if last:
            yield Flaw(index, "op", f"nothing can stand behind {last}: it ends a chain")
        elif stage.flow is Flow.POLLS:
            yield Flaw(index, "op", f"{name} takes events, and polls are none")
        elif stage.flow not in entry.takes:
            yield Flaw(index, "op", f"{name} must stand before {stage.by}: {entry.why}")
        stage = stage.after(name, entry.gives)
        last = last or (name if entry.last else "")
