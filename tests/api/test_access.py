"""Whoever has no token reads nothing, and nothing is changed but by who may and where it is on."""

from collections.abc import Iterator
from typing import Any

import pytest
from loguru import logger

from tests.api.conftest import Api
from vurti.api.access import gate as gates
from vurti.api.access.tokens import Role
from vurti.api.v1.app import description
from vurti.errors import Refused
from vurti.model import Expectation

UNSAFE = {"post", "put", "patch", "delete"}
SESSION = "/api/v1/session"


def operations(api: Api) -> list[tuple[str, str]]:
    """Every method and path of the description, with something in the place of its parameters."""
    paths: dict[str, dict[str, Any]] = description(api.plain)["paths"]  # type: ignore[assignment]
    return [
        (
            method,
            path.replace("{vm}", "vm1").replace("{host}", "alpha").replace("{expectation}", "x"),
        )
        for path, methods in paths.items()
        for method in methods
    ]


def asked(api: Api, method: str, path: str, **more: Any) -> int:
    answer = api.plain.test_client().open(path, method=method.upper(), **more)
    answer.close()
    return answer.status_code


def guarded(api: Api) -> Iterator[tuple[str, str]]:
    for method, path in operations(api):
        if (method, path) != ("put", SESSION):  # the way in
            yield method, path


def test_contract_19_once_there_is_a_token_nothing_is_told_without_one(api: Api) -> None:
    api.token(Role.READ)
    found = list(guarded(api))
    assert len(found) > 20
    for method, path in found:
        assert asked(api, method, path, json={}) == 401, (method, path)


@pytest.mark.parametrize(
    "shown",
    ["Bearer vurti_wrong", "Bearer ", "Basic dXNlcjpwYXNz", "vurti_x", "Bearer \x00", "Bearer ü"],
)
def test_contract_19_what_is_no_token_opens_nothing(
    api: Api, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.token(Role.READ)
    monkeypatch.setattr(api.gate.tries, "take", lambda _key: 0.0)
    for method, path in guarded(api):
        assert asked(api, method, path, json={}, headers={"Authorization": shown}) == 401, path


def test_contract_19_who_may_read_may_change_nothing(api: Api) -> None:
    shown = api.token(Role.READ)
    for method, path in guarded(api):
        status = asked(api, method, path, json={}, headers=shown)
        assert (status == 403) is (method in UNSAFE), (method, path, status)


def test_contract_19_nothing_is_changed_where_that_is_not_switched_on(api: Api) -> None:
    shown = api.token(Role.OPERATE)
    bodies = {"post": {"kind": "start", "thing": "vm1"}, "put": {"secs": 60}}
    for method, path in guarded(api):
        if method in UNSAFE and path != SESSION:
            body = bodies.get(method)
            assert asked(api, method, path, json=body, headers=shown) == 403, (method, path)


def test_contract_19_without_any_token_everybody_on_this_machine_reads_and_no_more(
    api: Api,
) -> None:
    for method, path in guarded(api):
        status = asked(api, method, path, json={})
        assert (status == 403) is (method in UNSAFE), (method, path, status)


def test_where_others_may_connect_nothing_is_told_without_a_token_either(api: Api) -> None:
    api.gate._open = False
    for method, path in guarded(api):
        assert asked(api, method, path, json={}) == 401, (method, path)


def test_a_huge_body_is_refused_before_it_is_read(api: Api) -> None:
    shown = api.token(Role.OPERATE)
    for method, path in operations(api):
        if method in {"post", "put"}:
            huge = b'{"token": "' + b"x" * 200_000 + b'"}'
            status = asked(
                api, method, path, data=huge, content_type="application/json", headers=shown
            )
            assert status == 413, (method, path, status)


@pytest.mark.parametrize("body", [b"", b"[", b"\xff\xfe", b"null", b"[]", b'"x"', b"{}" * 3])
def test_a_body_that_is_no_json_object_is_told_as_a_problem(api: Api, body: bytes) -> None:
    shown = api.token(Role.OPERATE)
    answer = api.plain.test_client().post(
        "/api/v1/expectations", data=body, content_type="application/json", headers=shown
    )
    assert answer.status_code in (400, 415, 422)
    assert answer.mimetype == "application/problem+json"


def test_no_other_site_is_told_that_it_may_read(api: Api) -> None:
    answer = api.get("/vms", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers.keys() if name.lower().startswith("access-control")]  # noqa: SIM118 # a list of pairs
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_browser_shows_its_token_once_and_its_cookie_is_for_no_script(api: Api) -> None:
    secret = api.tokens.create("ops", Role.OPERATE)
    client = api.plain.test_client()
    answer = client.put(SESSION, json={"token": secret})
    cookie = answer.headers["Set-Cookie"]
    assert secret not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get(SESSION).json == {"name": "ops", "role": "operate", "needs_token": True}
    assert client.get("/api/v1/vms").status_code == 200
    away = client.delete(SESSION, headers={"Sec-Fetch-Site": "same-origin"})
    assert away.status_code == 204
    assert client.get("/api/v1/vms").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost"}, 409),
        ({"Sec-Fetch-Site": "same-origin"}, 409),
    ],
)
def test_another_site_cannot_act_with_the_cookie_of_a_browser(
    api: Api, headers: dict[str, str], status: int
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise Refused("there is no VM x")

    secret = api.tokens.create("ops", Role.OPERATE)
    client = api.client(announce=refuse)
    client.put(SESSION, json={"token": secret})
    body = {"kind": "start", "thing": "x"}
    answer = client.post("/api/v1/expectations", json=body, headers=headers)
    assert answer.status_code == status


def test_a_session_ends_with_its_token(api: Api) -> None:
    secret = api.tokens.create("ops", Role.READ)
    client = api.plain.test_client()
    client.put(SESSION, json={"token": secret})
    api.tokens.create("other", Role.READ)
    api.tokens.revoke("ops")
    assert client.get("/api/v1/vms").status_code == 401


def test_a_session_ends_by_itself(api: Api) -> None:
    secret = api.tokens.create("ops", Role.READ)
    client = api.plain.test_client()
    client.put(SESSION, json={"token": secret})
    api.clock.stall(12 * 3600 + 1)
    assert client.get("/api/v1/vms").status_code == 401
    assert len(api.gate.sessions) == 0


def test_who_tries_tokens_is_slowed_down_and_others_are_not(api: Api) -> None:
    secret = api.tokens.create("ops", Role.READ)
    client = api.plain.test_client()
    tries = [client.put(SESSION, json={"token": f"vurti_{n}"}) for n in range(30)]
    codes = [one.status_code for one in tries]
    assert codes[: gates.TRIES_AT_ONCE] == [401] * gates.TRIES_AT_ONCE
    assert set(codes[gates.TRIES_AT_ONCE :]) == {429}
    assert int(tries[-1].headers["Retry-After"]) >= 1
    by_token = client.get("/api/v1/vms", headers={"Authorization": f"Bearer {secret}"})
    assert by_token.status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    other = client.put(SESSION, json={"token": secret}, environ_overrides=elsewhere)
    assert other.status_code == 200


def test_who_asks_without_end_is_slowed_down(api: Api) -> None:
    api.gate.requests = gates.Rate(1.0, 5, api.clock.now)
    codes = [api.get("/vms?limit=1").status_code for _ in range(8)]
    assert codes == [200] * 5 + [429] * 3
    api.clock.stall(2.0)
    assert api.get("/vms?limit=1").status_code == 200


def test_a_file_of_tokens_that_cannot_be_read_lets_nobody_in(api: Api) -> None:
    api.tokens.path.write_text("[")
    for method, path in guarded(api):
        assert asked(api, method, path, json={}) == 503, (method, path)


def test_who_logs_in_or_changes_something_is_in_the_log_and_no_secret_is(api: Api) -> None:
    logger.enable("vurti")
    told: list[str] = []
    sink = logger.add(told.append, format="{message}")
    try:
        secret = api.tokens.create("ops", Role.OPERATE)
        client = api.plain.test_client()
        client.put(SESSION, json={"token": secret})
        client.put(SESSION, json={"token": "vurti_false"})
        shown = {"Authorization": f"Bearer {secret}"}
        client.post("/api/v1/expectations", json={"kind": "start", "thing": "x"}, headers=shown)
        client.get("/api/v1/vms", headers=shown)
    finally:
        logger.remove(sink)
        logger.disable("vurti")
    assert [line.strip() for line in told] == [
        "audit: ops at 127.0.0.1: PUT /api/v1/session: 200",
        "audit: somebody at 127.0.0.1: PUT /api/v1/session: 401",
        "audit: ops at 127.0.0.1: POST /api/v1/expectations: 403",
    ]
    assert secret not in "".join(told)


def test_what_is_announced_reaches_vurti_and_is_told_as_it_is_stored(api: Api) -> None:
    given: list[tuple[object, ...]] = []

    def announce(kind: str, thing: str, **more: Any) -> str:
        given.append((kind, thing, more["why"], more["secs"]))
        return "x1"

    stored = Expectation("x1", "maintenance", "alpha", 1.0, 2.0)  # type: ignore[arg-type]
    shown = api.token(Role.OPERATE)

    class _Reader:
        class expectations:  # noqa: N801 # it stands for the attribute
            @staticmethod
            def get(_id: str) -> Expectation:
                return stored

        vdss = api.reader.vdss

    client = api.client(announce=announce, ask=lambda question: question(_Reader))
    answer = client.put(
        "/api/v1/hosts/alpha/maintenance", json={"secs": 60, "why": "memory"}, headers=shown
    )
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["id"] == "x1"
    assert given == [("maintenance", "alpha", "memory", 60.0)]
