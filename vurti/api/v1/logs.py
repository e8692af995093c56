"""Which log is asked for: each scope has one of its own, with its own cursors."""

from http import HTTPStatus

from vurti.api.problems import Problem
from vurti.api.v1.asked import nearest
from vurti.model.scope import SYSTEM
from vurti.repository import AllReader, Reader


def log_of(reader: AllReader, scope: str | None) -> Reader:
    """The log of that scope, or of the only one that there is. Raises Problem."""
    return reader.of(chosen_scope(list(reader.logs().bounds()), scope))


def chosen_scope(scopes: list[str], scope: str | None) -> str:
    """One of the scopes. Raises Problem where it is not clear which, and where it is none."""
    if scope is None and len(scopes) > 1:
        what = f"there are several, each with a log of its own: {', '.join(scopes)}"
        errors = [{"where": "scope", "what": what}]
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"scope: {what}", errors=errors)
    if scope is None or scope == SYSTEM:
        return scope or next(iter(scopes), SYSTEM)
    if scope not in scopes:
        detail = f"there is no scope {scope!r}{nearest(scope, scopes)}"
        raise Problem(HTTPStatus.NOT_FOUND, detail)
    return scope
