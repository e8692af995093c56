"""/events, and the history of one VM or host."""

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.problems import Problem
from vurti.api.v1 import described
from vurti.api.v1.answers import answer, answer_text
from vurti.api.v1.asked import Events, History, OfHost, OfLog, OfVm
from vurti.api.v1.logs import log_of
from vurti.api.v1.served import PREFIX, Served
from vurti.events import VmEvent
from vurti.model.commit import Logged
from vurti.repository import AllReader, Reader
from vurti.repository.rows import json_text
from vurti.wire.ndjson import inert, line

TAG = Tag(name="events", description="What happened: the committed log, in its order.")
PAGE = 1000
SCANNED_MAX = 20_000
"""So many events are looked at for one answer: where few of them fit, it may hold few or none, and
its `next` tells where to go on."""


def events_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("events", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/events", responses=described.events())
    def events(query: Events) -> Response:
        """List events"""
        return _answered(served, query)

    @resources.get("/vms/<path:vm>/events", responses=described.events())
    def events_of_vm(path: OfVm, query: History) -> Response:
        """List what befell a VM"""
        return _answered(served, Events(vm=path.vm, **query.model_dump()))

    @resources.get("/hosts/<path:host>/events", responses=described.events())
    def events_of_host(path: OfHost, query: History) -> Response:
        """List what befell a host"""
        return _answered(served, Events(host=path.host, **query.model_dump()))

    @resources.get("/log", responses=described.log())
    def log(query: OfLog) -> Response:
        """Get how far the log goes"""
        first, last = served.ask(lambda reader: log_of(reader, query.scope).log_bounds())
        return answer({"first": first, "last": last})

    @resources.get("/scopes", responses=described.any_object("Each scope, how far its log goes"))
    def scopes() -> Response:
        """List the scopes"""
        found = served.ask(lambda reader: reader.logs().bounds())
        items = ({"scope": name, "first": one[0], "last": one[1]} for name, one in found.items())
        return answer({"items": list(items)})

    return resources


def _answered(served: Served, query: Events) -> Response:
    def ask(every: AllReader) -> tuple[list[Logged], int | None]:
        reader = log_of(every, query.scope)
        if query.before is not None:
            return _found(reader, query)
        first, last = reader.log_bounds()
        if query.after + 1 < first:
            raise too_old(query.after, first, last)
        if query.after > last:
            raise Problem(HTTPStatus.NOT_FOUND, f"the log ends at {last}: is it another store's?")
        return _found(reader, query)

    found, next_ = served.ask(ask)
    texts = ",".join(_text(served, one, query.whole) for one in found)
    return answer_text(f'{{"items":[{texts}],"next":{"null" if next_ is None else next_}}}')


def too_old(after: int, first: int, last: int) -> Problem:
    """Some of what came behind the cursor is forgotten: nobody may take the rest for all."""
    detail = f"the log has forgotten the events {after + 1} to {first - 1}: read the state anew"
    kind = "urn:vurti:problem:cursor-too-old"
    return Problem(HTTPStatus.GONE, detail, kind, first=first, last=last)


def _found(reader: Reader, query: Events) -> tuple[list[Logged], int | None]:
    """Events that fit, and the cursor to go on from, None where the log was at its end."""
    found: list[Logged] = []
    at, scanned = query.after if query.before is None else query.before, 0
    size = PAGE if query.kind else query.limit
    while scanned < SCANNED_MAX:
        page = _page(reader, query, at, size)
        for one in page:
            at = one.cursor
            if _fits(one, query):
                found.append(one)
                if len(found) == query.limit:
                    return found, at
        if len(page) < size:
            return found, None
        scanned += len(page)
    return found, at


def _page(reader: Reader, query: Events, at: int, size: int) -> list[Logged]:
    """What follows the cursor, in the direction that was asked for."""
    thing = query.thing or query.vm or query.host
    if query.before is None:
        return reader.log(at, size, thing)
    return reader.log_before(at or None, size, thing)


def _fits(one: Logged, query: Events) -> bool:
    event = one.event
    of_vm = isinstance(event, VmEvent)
    return (
        (query.kind is None or event.kind == query.kind)
        and (query.thing is None or event.thing == query.thing)
        and (query.vm is None or (of_vm and event.thing == query.vm))
        and (query.host is None or (not of_vm and event.thing == query.host))
    )


def _text(served: Served, one: Logged, whole: bool) -> str:
    """One event with its cursor in front."""
    if whole:
        body = inert(json_text(one.event))
        return f'{{"cursor":{one.cursor},"committed_at":{one.committed_at!r},"event":{body}}}'
    text = line(one.event, one.committed_at, served.cluster_of(one.event.host or ""))
    return f'{{"cursor":{one.cursor},{text[1:]}'
