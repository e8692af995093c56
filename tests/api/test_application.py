"""Which page answers which path, and whom."""

import json
from typing import Any

import pytest

from vurti.api.application import application, json_page


def asked(
    path: str, method: str = "GET", host: str = "localhost:7177", *, local_only: bool = True
) -> tuple[str, dict[str, str], bytes]:
    started: list[Any] = []
    pages = {"/well": json_page(lambda: (True, {"a": 1})), "/ill": json_page(lambda: (False, {}))}
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_HOST": host}
    body = b"".join(
        application(pages, local_only=local_only)(environ, lambda *given: started.append(given))  # type: ignore[arg-type, return-value]
    )
    ((status, headers),) = started
    return status, dict(headers), body


def test_what_is_well_is_told_with_200_and_what_is_not_with_503() -> None:
    status, headers, body = asked("/well")
    assert (status, json.loads(body)) == ("200 OK", {"a": 1})
    assert headers["Cache-Control"] == "no-store"
    assert asked("/ill")[0] == "503 Service Unavailable"


def test_head_has_the_status_and_no_body() -> None:
    status, headers, body = asked("/ill", "HEAD")
    assert (status, body) == ("503 Service Unavailable", b"")
    assert int(headers["Content-Length"]) > 0


def test_what_is_not_there_says_what_is() -> None:
    status, _, body = asked("/wel")
    assert status == "404 Not Found"
    assert b"/well, /ill" in body


def test_nothing_can_be_changed() -> None:
    status, headers, _ = asked("/well", "POST")
    assert (status, headers["Allow"]) == ("405 Method Not Allowed", "GET, HEAD")


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("localhost:7177", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.9.9:1", True),
        ("[::1]:7177", True),
        ("", True),
        ("evil.example", False),
        ("evil.example:7177", False),
        ("127.0.0.1.evil.example", False),
        ("10.0.0.1:7177", False),
        ("::::", False),
    ],
)
def test_contract_19_a_browser_that_was_led_to_loopback_by_a_false_name_reads_nothing(
    host: str, answered: bool
) -> None:
    status, _, body = asked("/well", host=host)
    assert (status, b"1" in body) == (("200 OK", True) if answered else ("403 Forbidden", False))


def test_where_others_may_ask_they_may_call_it_by_any_name() -> None:
    assert asked("/well", host="vurti.example", local_only=False)[0] == "200 OK"
