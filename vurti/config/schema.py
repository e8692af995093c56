"""The JSON Schema of a configuration, for editors: made of the models that it is bound to."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from vurti.config.described import described
from vurti.config.tables import NAMED, SINGLE
from vurti.events import KINDS
from vurti.sinks import SinkError, kind_named, kinds
from vurti.sources import SourceError, names, source_named
from vurti.streams import own
from vurti.streams.steps import STATE, STATUSES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_ALL = (tuple(KINDS), tuple(STATUSES), tuple(STATE))
"""Names beside which there are no others."""

_ABOUT = {
    "include": "Further files, by glob; their tables join those of this one.",
    "sources": "How the hosts of a kind are watched.",
    "sinks": "Where what is committed goes.",
    "inventory": "Programs and addresses that tell hosts and VMs, and what holds for all of them.",
}


def schema(test: Mapping[str, Any] | None = None, more: Mapping[str, Any] | None = None) -> Schema:
    """The whole schema. `test` is that of one `[[test]]`, and `more` the definitions that it rests
    on; without it a test may have anything."""
    sources = _sources()
    steps = _steps()
    sinks = _sinks()
    tables = (*SINGLE.values(), *NAMED.values(), *sources.values())
    models = list(dict.fromkeys([*tables, *steps, *sinks]))
    refs, whole = models_json_schema([(model, "validation") for model in models], by_alias=True)
    ref = {model: dict(refs[model, "validation"]) for model in models}
    definitions: Schema = whole["$defs"]
    _with_names(definitions)
    _with_words(definitions, models)
    definitions["StreamTable"]["properties"]["chain"]["items"] = {
        "oneOf": [{**ref[step], "required": ["op"]} for step in steps]
    }
    properties: Schema = {
        "include": {"type": "array", "items": {"type": "string"}},
        **{name: dict(ref[model]) for name, model in SINGLE.items()},
        "sources": _by_name({name: ref[model] for name, model in sources.items()}),
        **{
            name: {"type": "object", "additionalProperties": ref[model]}
            for name, model in NAMED.items()
        },
        "sinks": _by_kind([ref[sink] for sink in sinks]),
        "test": {"type": "array", "items": dict(test or {"type": "object"})},
    }
    properties["inventory"] = _inventory(definitions, ref)
    for name, about in _ABOUT.items():
        properties[name]["description"] = about
    return {
        "$schema": DIALECT,
        "title": "A configuration of vurti",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {**definitions, **(more or {})},
    }


def _sources() -> dict[str, type[BaseModel]]:
    """The options of every source that is installed; one that cannot be loaded has none."""
    found: dict[str, type[BaseModel]] = {}
    for name in names():
        try:
            found[name] = source_named(name).options
        except SourceError:
            continue
    return found


def _sinks() -> list[type[BaseModel]]:
    """The settings of every kind of sink that is installed and can be loaded."""
    found: list[type[BaseModel]] = []
    for name in kinds():
        try:
            found.append(kind_named(name).settings)
        except SinkError:
            continue
    return found


def _steps() -> list[type[BaseModel]]:
    """The settings of every operator that can be a step of a chain."""
    found: list[type[BaseModel]] = []
    for name in own.names():
        try:
            entry = own.entry_named(name)
        except own.OperatorError:
            continue
        if not entry.written:
            found.append(entry.settings)
    return found


def _by_kind(refs: list[Schema]) -> Schema:
    kinds = [{**ref, "required": ["kind"]} for ref in refs]
    return {"type": "object", "additionalProperties": {"oneOf": kinds}}


def _by_name(tables: Schema) -> Schema:
    return {"type": "object", "properties": tables, "additionalProperties": False}


def _inventory(definitions: Schema, ref: dict[type[BaseModel], Schema]) -> Schema:
    """What holds for all stands beside the tables of each."""
    shared = definitions[SINGLE["inventory"].__name__]["properties"]
    return {
        "type": "object",
        "properties": shared,
        "additionalProperties": ref[NAMED["inventory"]],
    }


def _with_words(definitions: Schema, models: list[type[BaseModel]]) -> None:
    """What each key is for, where its model does not say it by itself."""
    for model in models:
        keys = definitions[model.__name__]["properties"]
        if all("description" in of for of in keys.values()):
            continue
        for name, text in described(model).items():
            key = model.model_fields[name].alias or name
            keys[key].setdefault("description", text)


def _with_names(part: Any) -> None:
    """Where only certain names will do, an editor offers them; others are examples."""
    if isinstance(part, dict):
        if isinstance(named := part.pop("names", None), list):
            part["enum" if tuple(named) in _ALL else "examples"] = named
        for inner in part.values():
            _with_names(inner)
    elif isinstance(part, list):
        for inner in part:
            _with_names(inner)
