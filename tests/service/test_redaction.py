"""The last line of defence: no secret of a configuration gets through, however it is written."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.config import load_config
from vurti.service.redaction import CHARS_MIN, HIDDEN, Redaction, secrets_of

ODD = "p/w @%é'\"\\n"
CONFIG = f"""
[repository]
url = "postgresql://vurti:pg%40pass-11@db.example/vurti"
[sources.json]
token = "agent-token-1"
[inventory.cmdb]
url = "https://cmdb.example/v?api_key=query-key-2&x=1"
token = "cmdb-token-3"
[inventory.program]
command = ["true"]
environment = {{ PASSWORD = "${{env:VURTI_TEST_SECRET}}", ODD = {json.dumps(ODD)} }}
[inventory.userinfo]
url = "https://user:basic-pass-5@cmdb.example/v"
[sinks.hook]
kind = "webhook"
from = "events"
url = "https://hook.example/services/T0/path-7?k=8"
secret = "sign-secret-long-9"
headers = {{ Authorization = "header-token-10" }}
[hosts.alpha]
url = "json+https://agent.example/vurti?token=host-token-6"
"""
SECRETS = {
    "https://hook.example/services/T0/path-7?k=8", "/services/T0/path-7?k=8", "sign-secret-long-9",
    "header-token-10", "agent-token-1", "query-key-2", "cmdb-token-3", "env-secret-4", ODD,
    "basic-pass-5", "pg%40pass-11",
    "host-token-6",
}  # fmt: skip


@pytest.fixture
def redact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Redaction:
    monkeypatch.setenv("VURTI_TEST_SECRET", "env-secret-4")
    (tmp_path / "vurti.toml").write_text(CONFIG, encoding="utf-8")
    found = secrets_of(load_config(tmp_path / "vurti.toml"))
    assert found == SECRETS
    return Redaction(found)


@pytest.mark.parametrize("secret", sorted(SECRETS))
@pytest.mark.parametrize(
    "written", [str, repr, json.dumps, lambda text: quote(text, safe=""), quote],
    ids=["plain", "repr", "json", "url", "path"],
)  # fmt: skip
def test_contract_19_a_secret_of_the_configuration_is_found_in_whatever_form(
    redact: Redaction, secret: str, written: object
) -> None:
    assert callable(written)
    form = written(secret)
    told = redact(f"could not connect with {form} to cmdb.example")
    assert form.strip("'\"") not in told
    assert HIDDEN in told
    assert told.endswith(" to cmdb.example")
    assert redact.count == 1


def test_contract_19_a_password_is_found_as_the_server_has_it_too(redact: Redaction) -> None:
    assert redact('authentication of "vurti" by pg@pass-11 failed').count(HIDDEN) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("postgresql://vurti:hunter2@db/vurti refused", "postgresql://vurti:***@db/vurti refused"),
        ("Authorization: Bearer abc.def-123=", "Authorization: Bearer ***"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic ***"),
        ("host=db password=hunter2 user=vurti", "host=db password=*** user=vurti"),
        ("GET /v?token=abc&x=1", "GET /v?token=***&x=1"),
        ("{'api_key': 'abc', 'x': 1}", "{'api_key': '***', 'x': 1}"),
        ('{"client_secret": "abc"}', '{"client_secret": "***"}'),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END", "-----BEGIN PRIVATE KEY-----***-----END"),
    ],
)
def test_contract_19_what_looks_like_a_secret_is_hidden_without_being_known(
    text: str, told: str
) -> None:
    assert Redaction()(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "VmStateChanged   web  Up → Paused  on alpha: paused on request [7.2 paused]",
        "watching 3 hosts, storing in sqlite:////var/lib/vurti/vurti.db",
        "postgresql://vurti:***@db/vurti refused",
        "inventory 'cmdb' failed: the token was refused",
        "qemu+tls://root@alpha/system",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    redact = Redaction()
    assert (redact(text), redact.count) == (text, 0)


@given(st.text(min_size=CHARS_MIN), st.text(), st.text())
def test_contract_19_no_secret_is_left_in_any_text(secret: str, before: str, after: str) -> None:
    assert secret == HIDDEN or secret not in Redaction([secret])(before + secret + after).replace(
        HIDDEN, ""
    )


def test_contract_19_secrets_that_a_reload_brings_are_taken_out_as_those_of_the_start(
    tmp_path: Path,
) -> None:
    in_force: list[object] = [None]
    redact = Redaction(["old-secret"])
    redact.follow(lambda: in_force[0])
    assert redact("old-secret, new-host-token") == f"{HIDDEN}, new-host-token"
    file = tmp_path / "vurti.toml"
    file.write_text('[hosts.a]\nurl = "json+https://a.example/v?key=new-host-token"\n')
    in_force[0] = load_config(file)
    assert redact("old-secret, new-host-token") == f"{HIDDEN}, {HIDDEN}"
    assert redact.count == 3
