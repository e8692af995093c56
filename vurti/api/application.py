"""Which page answers which path, and whom."""

import ipaddress
import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Told = Callable[[], tuple[bool, Mapping[str, Any]]]
"""Whether all is well, and what there is to say of it."""


def application(pages: Mapping[str, WSGIApplication], *, local_only: bool) -> WSGIApplication:
    """These pages by their paths. Where it is for this machine only, who calls it by a name of
    somewhere else is refused: a browser that was led here by a false name must not read it."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        page = pages.get(environ["PATH_INFO"])
        if page is not None:
            return page(environ, start)
        return plain(start, HTTPStatus.NOT_FOUND, f"there is {', '.join(pages)}")

    return for_this_machine(answer) if local_only else answer


def for_this_machine(application: WSGIApplication) -> WSGIApplication:
    """The same for who calls this machine by a name of its own."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if not _is_local(environ.get("HTTP_HOST", "")):
            return plain(start, HTTPStatus.FORBIDDEN, "ask for it by localhost or its address")
        return application(environ, start)

    return answer


def json_page(told: Told) -> WSGIApplication:
    """What is told as JSON, with status 200 where all is well and 503 where it is not."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return plain(start, HTTPStatus.METHOD_NOT_ALLOWED, "only GET", ("Allow", "GET, HEAD"))
        well, body = told()
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        content = json.dumps(body).encode() + b"\n"
        whole = () if environ["REQUEST_METHOD"] == "HEAD" else (content,)
        return _answer(start, status, "application/json", len(content), whole)

    return answer


def plain(
    start: StartResponse, status: HTTPStatus, text: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    """A sentence for people."""
    content = f"{status.phrase}: {text}\n".encode()
    kind = "text/plain; charset=utf-8"
    return _answer(start, status, kind, len(content), (content,), *headers)


def _answer(
    start: StartResponse,
    status: HTTPStatus,
    kind: str,
    length: int,
    content: Iterable[bytes],
    *headers: tuple[str, str],
) -> Iterable[bytes]:
    told = [
        ("Content-Type", kind),
        ("Content-Length", str(length)),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        *headers,
    ]
    start(f"{status.value} {status.phrase}", told)
    return content


def _is_local(host: str) -> bool:
    """Whether a request's Host is this machine as it calls itself; old clients name none."""
    name = host.rpartition(":")[0] if host.rpartition("]")[2].count(":") else host
    if not name or name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
