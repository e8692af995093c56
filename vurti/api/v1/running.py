"""How the vurti that serves does itself: its stages, its inventories, its configuration."""

from http import HTTPStatus
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti import __version__
from vurti.api.problems import Problem
from vurti.api.v1 import described
from vurti.api.v1.answers import answer
from vurti.api.v1.served import PREFIX, Served

TAG = Tag(name="vurti", description="How the vurti that serves does itself.")


def running_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("vurti", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/about", responses=described.any_object("This vurti"))
    def about() -> Response:
        """Get what is served"""
        return answer({"version": __version__, "stale_secs": served.stale_secs})

    @resources.get("/pipeline", responses=described.any_object("The stages, each with its figures"))
    def pipeline() -> Response:
        """Get the figures of the pipeline"""
        return _told(served, "pipeline")

    @resources.get("/inventories", responses=described.any_object("Each inventory"))
    def inventories() -> Response:
        """Get how the inventories stand"""
        return _told(served, "inventories")

    @resources.get("/config", responses=described.any_object("The configuration in force"))
    def config() -> Response:
        """Get the configuration, without its secrets"""
        return _told(served, "config")

    @resources.get("/health", responses=described.any_object("Whether it is ready, and why not"))
    def health() -> Response:
        """Get vurti's own health"""
        return _told(served, "health")

    return resources


def _told(served: Served, part: str) -> Response:
    return answer(told_by(served, part))


def told_by(served: Served, part: str) -> Any:
    """What the running vurti tells of that part of it. Raises Problem where nothing does."""
    tell = served.running.get(part)
    if tell is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"nothing here tells of {part}")
    return tell()
