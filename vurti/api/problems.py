"""Errors as problem details (RFC 9457), whoever raised them. None of them quotes a secret."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from loguru import logger
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from vurti.clock import Timeout
from vurti.errors import Refused, StoreError
from vurti.wire.ndjson import inert_json

MEDIA_TYPE = "application/problem+json"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "about:blank, or a name of vurti's own."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}


class Problem(Exception):
    """To be raised by whoever answers a request. `more` goes beside the standard members;
    `again_secs` is when it is worth trying again."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str = "",
        kind: str = "about:blank",
        again_secs: int | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind, self.more = status, detail, kind, more
        self.again_secs = again_secs


def answered(problem: Problem) -> Response:
    """As a response. The client's own words come back with everything unprintable escaped."""
    told = {"type": problem.kind, "title": problem.status.phrase, "status": problem.status.value}
    if problem.detail:
        told["detail"] = problem.detail
    text = inert_json({**told, **problem.more})
    response = Response(text, problem.status, mimetype=MEDIA_TYPE)
    if problem.again_secs is not None:
        response.headers["Retry-After"] = str(problem.again_secs)
    if problem.status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def invalid(error: ValidationError) -> Response:
    """What of the question cannot be; all of it at once."""
    errors = [
        {"where": ".".join(map(str, one["loc"])) or "request", "what": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    detail = "; ".join(f"{one['where']}: {one['what']}" for one in errors)
    return answered(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors))


def told_as_problems(app: Flask) -> None:
    """Whatever a request raises becomes a problem; a bug of ours is logged and not described."""
    app.register_error_handler(Problem, answered)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(StoreError, _no_store)
    app.register_error_handler(Refused, _conflict)
    app.register_error_handler(Timeout, _too_busy)
    app.register_error_handler(Exception, _bug)


def _refused(error: HTTPException) -> Response:
    if error.response is not None:  # one that is made already, by `invalid`
        made = error.get_response()
        assert isinstance(made, Response)
        return made
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = answered(Problem(status, error.description or ""))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _no_store(error: StoreError) -> Response:
    logger.warning("the API cannot read the store: {}", error)
    response = answered(
        Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the store cannot be read just now")
    )
    response.headers["Retry-After"] = "5"
    return response


def _too_busy(error: Timeout) -> Response:
    logger.warning("the API cannot ask what is watched: {}", error)
    return answered(
        Problem(HTTPStatus.SERVICE_UNAVAILABLE, "vurti is too busy just now", again_secs=5)
    )


def _conflict(error: Refused) -> Response:
    return answered(Problem(HTTPStatus.CONFLICT, str(error)))


def _bug(error: Exception) -> Response:
    logger.opt(exception=error).error("a request ended in a bug of ours")
    return answered(Problem(HTTPStatus.INTERNAL_SERVER_ERROR))
