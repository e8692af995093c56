"""Answers: JSON whose strings steer no terminal, the fields that were asked for, and an ETag.

The tag says whether what is told has changed, not how old it is: so it is a weak one.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Response, request
from msgspec import Raw

from vurti.api.problems import Problem
from vurti.api.v1.asked import nearest
from vurti.wire.ndjson import inert_json

Object = dict[str, Any]


def answer(told: Mapping[str, Any], **besides: Any) -> Response:
    """As JSON, or 304 where the client has it already. What is `besides` changes by itself, such
    as the time, and is no news."""
    text = inert_json(told)
    tag = _tag(text)
    if besides:
        text = text[:-1] + ("," if told else "") + msgspec.json.encode(besides).decode()[1:]
    return _tagged(text, tag)


def answer_text(text: str) -> Response:
    """The same of what is JSON already."""
    return _tagged(text, _tag(text))


def chosen(objects: Sequence[Object], fields: str | None, long: frozenset[str]) -> list[Object]:
    """The objects with these fields; a list without any leaves out what is `long`.

    Raises Problem for a name that none of them has.
    """
    if fields == "*":
        return list(objects)
    if fields is None:
        return [_without(one, long) for one in objects]
    names = _named(fields)
    for one in objects[:1]:
        for name in names:
            if name not in one:
                raise _unknown(name, list(one))
    return [{name: one[name] for name in names} for one in objects]


def wants_any(fields: str | None, names: frozenset[str]) -> bool:
    """Whether one of these fields is asked for: by its name, or with all."""
    return fields == "*" or not names.isdisjoint(_named(fields or ""))


def page(
    items: Sequence[Object | Raw], limit: int, next_: str | int | None, now: float
) -> Response:
    """A part of a list. `next` is null where there was no more when it was read."""
    return answer({"items": items, "next": next_ if len(items) >= limit else None}, now=now)


def missing(noun: str, which: str) -> Problem:
    """There is none of that name."""
    return Problem(HTTPStatus.NOT_FOUND, f"there is no {noun} {which!r}")


def _named(fields: str) -> list[str]:
    return [name.strip() for name in fields.split(",") if name.strip()]


def _without(one: Object, names: frozenset[str]) -> Object:
    kept = one.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def _unknown(name: str, names: list[str]) -> Problem:
    what = f"there is no field {name!r}{nearest(name, names)}"
    errors = [{"where": "fields", "what": what}]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, what, errors=errors)


def _tag(text: str) -> str:
    """It only has to differ where the text does; processors make this digest by themselves."""
    return sha256(text.encode(), usedforsecurity=False).hexdigest()[:24]


def _tagged(text: str, tag: str) -> Response:
    response = Response(text, mimetype="application/json")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
