"""What was announced, and what is to be done."""

import msgspec
from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.v1 import described
from vurti.api.v1.answers import Object, answer, missing, page
from vurti.api.v1.asked import OfExpectation, Promised
from vurti.api.v1.served import PREFIX, Served
from vurti.model import Expectation, Intent
from vurti.repository import PromiseRepository

TAG = Tag(
    name="promises", description="What was announced to vurti, and what it says is to be done."
)


def promises_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("promises", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/expectations", responses=described.a_page_of("Expectation"))
    def expectations(query: Promised) -> Response:
        """List expectations"""
        found = served.ask(lambda reader: _objects(reader.expectations, query))
        return _page(found, query, served.wall())

    @resources.get("/expectations/<expectation>", responses=described.one("Expectation"))
    def expectation(path: OfExpectation) -> Response:
        """Get an expectation"""
        found = served.ask(lambda reader: reader.expectations.get(path.expectation))
        if found is None:
            raise missing("expectation", path.expectation)
        return answer(msgspec.to_builtins(found))

    @resources.get("/intents", responses=described.a_page_of("Intent"))
    def intents(query: Promised) -> Response:
        """List intents"""
        found = served.ask(lambda reader: _objects(reader.intents, query))
        return _page(found, query, served.wall())

    return resources


def _objects(
    repository: PromiseRepository[Expectation] | PromiseRepository[Intent], query: Promised
) -> list[Object]:
    values = repository.list(
        ended=query.ended,
        thing=query.thing,
        kind=query.kind,
        after=query.after,
        limit=query.limit,
    )
    return [msgspec.to_builtins(one) for one in values]


def _page(found: list[Object], query: Promised, now: float) -> Response:
    return page(found, query.limit, found[-1]["id"] if found else None, now)
