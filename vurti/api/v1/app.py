"""The application: the page, every resource below /api/v1, and its description."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Response
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from vurti import __version__
from vurti.api.access.gate import Gate
from vurti.api.page import add_page, is_of_page
from vurti.api.problems import invalid, told_as_problems
from vurti.api.stream.hubs import Hubs
from vurti.api.v1 import described
from vurti.api.v1.ages import ages_of
from vurti.api.v1.announcing import announcing_of
from vurti.api.v1.answers import answer
from vurti.api.v1.events import events_of
from vurti.api.v1.explained import explained_of
from vurti.api.v1.hosts import hosts_of
from vurti.api.v1.promises import promises_of
from vurti.api.v1.running import running_of
from vurti.api.v1.served import PREFIX, Served
from vurti.api.v1.session import PATH as SESSION
from vurti.api.v1.session import session_of
from vurti.api.v1.snapshot import snapshot_of
from vurti.api.v1.stream import stream_of
from vurti.api.v1.vms import vms_of

WAY_IN = ("PUT", SESSION)
BODY_BYTES_MAX = 64 * 1024
RESOURCES = (
    *(hosts_of, vms_of, events_of, explained_of, promises_of, running_of),
    *(announcing_of, snapshot_of, ages_of),
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""No script but vurti's own, nothing from elsewhere, and no other site may show or read it."""


def make_app(served: Served, gate: Gate, hubs: Hubs) -> OpenAPI:
    """A WSGI application that answers from `served` and `hubs` whom `gate` lets in."""
    app = OpenAPI(
        "vurti",
        info=Info(title="vurti", version=__version__, description=_ABOUT),
        security_schemes={"token": {"type": "http", "scheme": "bearer"}},
        validation_error_status=HTTPStatus.UNPROCESSABLE_ENTITY,
        validation_error_callback=invalid,
        doc_ui=False,
        static_folder=None,
    )
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    told_as_problems(app)
    _guarded(app, gate, served.answered)
    for resources in RESOURCES:
        app.register_api(resources(served))
    app.register_api(session_of(gate))
    app.register_api(stream_of(served, hubs))
    add_page(app)
    app.add_url_rule(f"{PREFIX}/openapi.json", "openapi", lambda: answer(description(app)))
    return app


def _guarded(app: OpenAPI, gate: Gate, count: Callable[[int], None]) -> None:
    """The page, which has nothing of the fleet in it, and the way in are free; nothing else is."""
    gate.guard(app, lambda asked: is_of_page(asked) or (asked.method, asked.path) == WAY_IN)

    @app.after_request
    def headers(response: Response) -> Response:
        count(response.status_code)
        response.headers.update(HEADERS)
        if gate.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def description(app: OpenAPI) -> dict[str, object]:
    """The OpenAPI 3.1 description."""
    told = app.api_doc
    told["components"]["schemas"].update(described.components())
    return told


_ABOUT = "What vurti knows of hosts and VMs, and how it does itself. Nothing here changes a host."
