"""/stream: committed events as they come (server-sent events)."""

from collections.abc import Callable, Iterator
from http import HTTPStatus

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.problems import Problem
from vurti.api.stream.hubs import Hubs
from vurti.api.stream.ring import Frame, Wanted
from vurti.api.v1 import described
from vurti.api.v1.asked import Stream
from vurti.api.v1.logs import chosen_scope
from vurti.api.v1.served import PREFIX, Served

TAG = Tag(name="stream", description="The live stream, and the snapshot that it goes on from.")
READERS_MAX = 500


def stream_of(served: Served, hubs: Hubs) -> APIBlueprint:
    """The resource."""
    resources = APIBlueprint("stream", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/stream", responses=described.stream())
    def stream(query: Stream) -> Response:
        """Follow what happens

        Each event has its cursor as id: who comes back with `Last-Event-ID` (or `after`) goes on
        behind it, also after a restart of vurti. `event: resync` says that something was missed for
        good: read the snapshot, and go on. Comments keep the line alive.
        """
        if hubs.readers >= READERS_MAX:
            detail = f"there are {READERS_MAX} readers already"
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, again_secs=30)
        scopes = served.ask(lambda reader: list(reader.logs().bounds()))
        pieces = _pieces(hubs, scopes, query)
        response = Response(pieces, mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"  # a proxy that gathers pieces delays them
        return response

    return resources


def _pieces(hubs: Hubs, scopes: list[str], query: Stream) -> Iterator[bytes]:
    if len(query.scope) < 2:
        hub = hubs.of(chosen_scope(scopes, *query.scope or (None,)))
        return hub.read(_after(query), _wanted(query))
    if query.after and len(query.after) != len(query.scope):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "after: one for each scope, or none")
    names = [chosen_scope(scopes, name) for name in query.scope]
    after: list[int] | list[None] = query.after or [None] * len(names)
    return hubs.read(dict(zip(names, after, strict=True)), _wanted(query))


def _after(query: Stream) -> int | None:
    """Where a browser that comes back was; it can say so in this header only."""
    last = request.headers.get("Last-Event-ID", "")
    if not last:
        return query.after[-1] if query.after else None
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Last-Event-ID: not one of ours")
    return int(last)


def _wanted(query: Stream) -> Wanted | None:
    """One test of all that was asked for; None where that is everything."""
    tests: list[Callable[[Frame], bool]] = []
    if query.kind:
        kinds = frozenset(query.kind)
        tests.append(lambda frame: frame.kind in kinds)
    if query.thing:
        things = frozenset(query.thing)
        tests.append(lambda frame: frame.thing in things)
    if query.host:
        hosts = frozenset(query.host)
        tests.append(lambda frame: frame.host in hosts or frame.thing in hosts)
    if query.cluster:
        clusters = frozenset(query.cluster)
        tests.append(lambda frame: frame.cluster in clusters)
    if not tests:
        return None
    return lambda frame: all(test(frame) for test in tests)
