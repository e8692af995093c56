"""/session: a browser shows its token once and gets a cookie that no script can read."""

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.access.gate import COOKIE, Gate
from vurti.api.access.sessions import SESSION_SECS
from vurti.api.v1 import described
from vurti.api.v1.answers import answer
from vurti.api.v1.asked import LogIn
from vurti.api.v1.served import PREFIX

PATH = f"{PREFIX}/session"
TAG = Tag(name="session", description="Who asks; and the way in for browsers.")


def session_of(gate: Gate) -> APIBlueprint:
    """The resource."""
    resources = APIBlueprint("session", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/session", responses=described.any_object("Who asks, and what for he may"))
    def who() -> Response:
        """Tell who asks"""
        caller = gate.caller()
        role = "read" if caller.token is None else str(caller.token.role)
        return answer({"name": caller.name, "role": role, "needs_token": caller.token is not None})

    @resources.put("/session", responses=described.begun())
    def log_in(body: LogIn) -> Response:
        """Begin a session"""
        token, cookie = gate.log_in(body.token)
        response = answer({"name": token.name, "role": str(token.role), "needs_token": True})
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int(SESSION_SECS),
            secure=gate.secure,
            httponly=True,
            samesite="Strict",
        )
        return response

    @resources.delete("/session", responses=described.nothing())
    def log_out() -> Response:
        """End the session"""
        gate.sessions.end(request.cookies.get(COOKIE, ""))
        response = Response(status=204)
        response.delete_cookie(COOKIE, secure=gate.secure, httponly=True, samesite="Strict")
        return response

    return resources
