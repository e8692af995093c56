"""What may be announced through the API, where that is switched on. It changes no host: vurti only
learns what somebody else is about to do."""

from collections.abc import Callable
from http import HTTPStatus

import msgspec
from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.problems import Problem
from vurti.api.v1 import described
from vurti.api.v1.answers import answer, missing
from vurti.api.v1.asked import Announced, Maintenance, OfExpectation, OfHost
from vurti.api.v1.served import PREFIX, Announce, Served
from vurti.model import Awaited, Expectation, Outcome, Vds, VdsStatus
from vurti.repository.maintenances import announced

TAG = Tag(name="announce", description="Say what you are about to do, where that is switched on.")
OFF = "nothing can be announced through this API: `[api] writes` is off"


def announcing_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("announce", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.post("/expectations", responses=described.made("Expectation"))
    def expect(body: Announced) -> Response:
        """Announce what you are about to do"""
        id_ = _announce(served)(
            body.kind, body.thing, host=body.host, job=body.job, why=body.why, secs=body.secs
        )
        return _made(served, id_)

    @resources.delete("/expectations/<expectation>", responses=described.ended("Expectation"))
    def cancel(path: OfExpectation) -> Response:
        """Wait for it no more"""
        _cancel(served)(path.expectation)
        return _as_it_is(served, path.expectation)

    @resources.put("/hosts/<path:host>/maintenance", responses=described.made("Expectation"))
    def take_away(path: OfHost, body: Maintenance) -> Response:
        """Take a host into maintenance"""
        announce, vds = _announce(served), _host(served, path.host)
        if vds.status is VdsStatus.MAINTENANCE:
            raise Problem(HTTPStatus.CONFLICT, "it is in maintenance already")
        id_ = announce(Awaited.MAINTENANCE, vds.id, why=body.why, secs=body.secs)
        return _made(served, id_)

    @resources.delete("/hosts/<path:host>/maintenance", responses=described.ended("Expectation"))
    def give_back(path: OfHost) -> Response:
        """Give a host back"""
        announce, vds = _announce(served), _host(served, path.host)
        last = served.ask(lambda reader: announced(reader, vds.id).get(vds.id))
        if last is not None and last.outcome is Outcome.OPEN:
            _cancel(served)(last.id)
            return _as_it_is(served, last.id)
        if vds.status in (VdsStatus.MAINTENANCE, VdsStatus.PREPARING_FOR_MAINTENANCE):
            return _as_it_is(served, announce(Awaited.ACTIVATE, vds.id))
        raise Problem(HTTPStatus.CONFLICT, f"it is not in maintenance, it is {vds.status}")

    return resources


def _announce(served: Served) -> Announce:
    if served.announce is None:
        raise Problem(HTTPStatus.FORBIDDEN, OFF)
    return served.announce


def _cancel(served: Served) -> Callable[[str], None]:
    if served.cancel is None:
        raise Problem(HTTPStatus.FORBIDDEN, OFF)
    return served.cancel


def _host(served: Served, host: str) -> Vds:
    found = served.ask(lambda reader: reader.vdss.get(host))
    if found is None:
        raise missing("host", host)
    return found.value


def _as_it_is(served: Served, id_: str) -> Response:
    found: Expectation | None = served.ask(lambda reader: reader.expectations.get(id_))
    if found is None:
        raise missing("expectation", id_)
    return answer(msgspec.to_builtins(found))


def _made(served: Served, id_: str) -> Response:
    response = _as_it_is(served, id_)
    response.status_code = HTTPStatus.CREATED
    return response
