"""How answers look, for the OpenAPI description: made from the very types that are encoded."""

from typing import Any

import msgspec

from vurti.api.problems import MEDIA_TYPE
from vurti.api.problems import SCHEMA as PROBLEM
from vurti.model import Expectation, Intent, Vds, Vm
from vurti.model.explanation import Explanation
from vurti.repository import VdsRecord, VmRecord

Responses = dict[str | int, Any]
_REF = "#/components/schemas/{name}"
_FLAT = {"Host": (Vds, VdsRecord), "Vm": (Vm, VmRecord)}
_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "An event, as docs/events.md describes it, with its cursor in front.",
    "required": ["cursor"],
    "properties": {"cursor": {"type": "integer"}, "kind": {"type": "string"}},
}


def components() -> dict[str, Any]:
    """The schemas that responses refer to."""
    types = (Vds, VdsRecord, Vm, VmRecord, Expectation, Intent, Explanation)
    _, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    for name, (state, record) in _FLAT.items():
        schemas[f"{name}Object"] = _flat(schemas[state.__name__], schemas[record.__name__])
    schemas["Explained"] = {"type": "object"}
    schemas["Event"] = _EVENT
    schemas["Problem"] = PROBLEM
    return schemas


def one(name: str) -> Responses:
    """One object of that name, or the reason why there is none."""
    return {200: _json(_ref(name)), **_problems(304, 404)}


def a_page_of(name: str) -> Responses:
    """A part of a list."""
    return {200: _json(_page(_ref(name), "string")), **_problems(304)}


def events() -> Responses:
    """A part of the log."""
    page = _page(_ref("Event"), "integer")
    return {200: _json(page), **_problems(304, 404, 410)}


def any_object(description: str) -> Responses:
    """Something whose members are told by their names."""
    return {200: _json({"type": "object", "description": description}), **_problems(304, 404)}


def ages() -> Responses:
    """How old is what is known."""
    secs, told = {"type": "number"}, {"anyOf": [{"type": "number"}, {"type": "null"}]}
    item = {"id": {"type": "string"}, "age_secs": told, "took_secs": secs}
    properties = {
        "period_secs": {**secs, "description": "Each host is asked this often."},
        "target_secs": {**secs, "description": "While all is well, nothing is older than that."},
        "stale_secs": {**secs, "description": "A host that was not heard for so long is stale."},
        "hosts": {"type": "integer", "description": "Hosts that are asked."},
        "unheard": {"type": "integer", "description": "Those that have not answered yet."},
        "p50_secs": {**told, "description": "So old at most is what is known of half of them."},
        "p95_secs": {**told, "description": "And of 95 in 100."},
        "max_secs": {**told, "description": "And of all."},
        "split_brains": {
            "type": "array",
            "items": {"type": "string"},
            "description": "VMs that two hosts insist on running just now.",
        },
        "items": {"type": "array", "items": {"type": "object", "properties": item}},
        "now": {**secs, "description": "vurti's time, seconds since 1970."},
    }
    schema = {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "example": _AGES,
    }
    return {200: _json(schema), **_problems(304, 404)}


_AGES: dict[str, Any] = {
    "period_secs": 2.0, "target_secs": 4.0, "stale_secs": 9.0, "hosts": 3, "unheard": 0,
    "p50_secs": 0.9, "p95_secs": 31.2, "max_secs": 31.2, "split_brains": [],
    "items": [{"id": "alpha", "age_secs": 31.2, "took_secs": 5.0}], "now": 1767225600.0,
}  # fmt: skip


def log() -> Responses:
    """How far the log goes."""
    properties = {
        "first": {"type": "integer", "description": "The first cursor that it still has."},
        "last": {"type": "integer", "description": "The last cursor that it has."},
    }
    told = {"type": "object", "required": ["first", "last"], "properties": properties}
    return {200: _json(told), **_problems(304, 404)}


def snapshot() -> Responses:
    """Everything at one moment."""
    properties = {
        "cursor": {"type": "integer", "description": "What is behind it goes on from here."},
        "at": {"type": "number", "description": "When that was committed, seconds since 1970."},
        "hosts": {"type": "array", "items": _ref("Host")},
        "vms": {"type": "array", "items": _ref("Vm")},
    }
    required = list(properties)
    return {
        200: _json({"type": "object", "required": required, "properties": properties}),
        **_problems(304, 404),
    }


def stream() -> Responses:
    """Events without an end."""
    content = {"text/event-stream": {"schema": {"type": "string"}}}
    return {200: {"content": content}, **_problems(404)}


def made(name: str) -> Responses:
    """It has been made."""
    return {201: _json(_ref(name)), **_problems(400, 404, 409, 413, 415)}


def ended(name: str) -> Responses:
    """It has come to its end, or something is done about that."""
    return {200: _json(_ref(name)), **_problems(304, 404, 409)}


def begun() -> Responses:
    """A session has begun."""
    who = {"type": "object", "required": ["name", "role"], "properties": {}}
    return {200: _json(who), **_problems(400, 413, 415)}


def nothing() -> Responses:
    """Done, and nothing to be said."""
    return {204: None, **_problems()}


def _flat(state: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """A record with its state's fields in it. What was not asked for is left out, so that nothing
    of it is required."""
    properties = {**state["properties"], **record["properties"], "stale": {"type": "boolean"}}
    del properties["value"]
    return {"type": "object", "properties": properties}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF.format(name=f"{name}Object" if name in _FLAT else name)}


def _page(item: dict[str, Any], cursor: str) -> dict[str, Any]:
    next_ = {"anyOf": [{"type": cursor}, {"type": "null"}]}
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {**next_, "description": "Where to go on; null at the end."},
            "now": {"type": "number", "description": "vurti's time, seconds since 1970."},
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _problems(*codes: int) -> Responses:
    """Those that any question may end in, and these."""
    told = {"content": {MEDIA_TYPE: {"schema": _ref("Problem")}}}
    codes = tuple(sorted({*codes, 401, 403, 422, 429, 503}))
    return {code: None if code == 304 else dict(told) for code in codes}
