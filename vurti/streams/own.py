"""Operators of others: registered by a call, or by packages (entry points `vurti.operators`).

A package's operator is loaded when a chain asks for it, and no sooner: one that is broken harms
only those who use it.
"""

import inspect
import re
from functools import cache
from typing import Any, cast

from vurti.settings import way_out
from vurti.settings.plug_ins import PlugInError, PlugIns
from vurti.streams.catalog import CATALOG, Entry
from vurti.streams.flow import ALL, Flow
from vurti.streams.steps import StepSettings

GROUP = "vurti.operators"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_registered: dict[str, Entry] = {}


class OperatorError(PlugInError):
    """An operator that is not there or cannot be used; `way_out` says what to do about it."""


_plug_ins = PlugIns(GROUP, "operator", OperatorError)


def register(entry: Entry) -> Entry:
    """Let chains use this operator by its name, from now on in this process. Give the entry back.

    Raises OperatorError for one that cannot be used, and where the name is taken by another.
    """
    wrong = _wrong_with(entry)
    if wrong:
        raise OperatorError(f"the operator {entry.name!r} {wrong}")
    if _registered.get(entry.name, entry) != entry:
        raise OperatorError(f"there is another operator {entry.name!r} already")
    _registered[entry.name] = entry
    return entry


def forget(name: str) -> None:
    """Take back what was registered under this name, if anything was."""
    _registered.pop(name, None)


def registered() -> tuple[str, ...]:
    """The names of those that were registered by a call: only this process knows them."""
    return tuple(_registered)


def names() -> tuple[str, ...]:
    """The names of all operators, without loading any."""
    return (*CATALOG, *sorted({*_registered, *_plug_ins.points} - CATALOG.keys()))


def entry_named(name: str) -> Entry:
    """The operator of that name. Raises OperatorError where there is none, or it cannot be used."""
    if (entry := CATALOG.get(name) or _registered.get(name)) is not None:
        return entry
    found = _loaded(name)
    if isinstance(found, OperatorError):
        raise OperatorError(found.what, found.way_out)
    return found


@cache
def _loaded(name: str) -> Entry | OperatorError:
    """The operator, or why there is none: what fails to load once is not tried for each chain."""
    if name not in _plug_ins.points:
        known = (*CATALOG, *_plug_ins.points)
        return OperatorError(f"there is no operator {name!r}", way_out(name, known))
    try:
        whose, found = _plug_ins.load(name)
    except OperatorError as error:
        return OperatorError(str(error))  # a chain's mistakes have their way out in the sentence
    if not isinstance(found, Entry):
        return OperatorError(f"{whose} is a {type(found).__name__}, not a vurti.operators.Entry")
    if found.name != name:
        return OperatorError(f"{whose} calls itself {found.name!r}: the two must be one name")
    wrong = _wrong_with(found)
    return OperatorError(f"{whose} {wrong}") if wrong else found


def _wrong_with(entry: Entry) -> str:
    """What keeps an operator from being used in chains and told of on a page; "" where nothing."""
    settings: Any = entry.settings
    name, function = entry.name, cast("object", entry.function)
    if not _NAME.fullmatch(name):
        return "must be called by small letters, digits and _"
    if name in CATALOG:
        return "is called as one that comes with vurti"
    if not (isinstance(settings, type) and issubclass(settings, StepSettings)):
        return "needs settings that are a vurti.operators.StepSettings"
    if settings.model_fields["op"].default != name:
        return f'needs settings with `op: Literal["{name}"] = "{name}"`'
    if not callable(function) or not inspect.getdoc(function):
        return "needs a function with a docstring"
    if not set(entry.takes) <= set(ALL) or not entry.takes or entry.gives is Flow.POLLS:
        return "takes and gives events: polls are none"
    if entry.last or entry.written:
        return "cannot be `last` or `written`: these are vurti's own"
    if set(entry.takes) < set(ALL) and not entry.why:
        return "takes not every flow and does not say `why`"
    return ""
