"""Tokens: kept as digests, made and taken back by hand, read anew when their file changes."""

import json
from pathlib import Path

import pytest

from vurti.api.access.tokens import Role, Token, TokenError, Tokens


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "tokens.json")


def test_a_token_is_found_by_its_secret_and_its_file_does_not_have_that(tokens: Tokens) -> None:
    secret = tokens.create("grafana", Role.READ)
    found = tokens.find(secret, 0.0)
    assert found is not None
    assert (found.name, found.role) == ("grafana", "read")
    assert secret not in tokens.path.read_text()
    assert tokens.path.stat().st_mode & 0o777 == 0o600


def test_no_two_tokens_are_the_same(tokens: Tokens) -> None:
    assert len({tokens.create(f"t{n}", Role.READ) for n in range(20)}) == 20


@pytest.mark.parametrize("secret", ["", "vurti_", "\ud800", "x" * 10_000])
def test_what_is_no_token_is_not_found(tokens: Tokens, secret: str) -> None:
    tokens.create("grafana", Role.READ)
    assert tokens.find(secret, 0.0) is None


def test_who_may_operate_may_read_and_not_the_other_way_round() -> None:
    reader, operator = (Token(role, role, "", 0.0) for role in Role)
    assert [reader.may(role) for role in Role] == [True, False]
    assert [operator.may(role) for role in Role] == [True, True]


def test_a_token_that_was_taken_back_is_not_found_by_those_who_read_it_before(
    tokens: Tokens,
) -> None:
    secret = tokens.create("grafana", Role.READ)
    kept = tokens.create("ops", Role.OPERATE)
    token = tokens.find(secret, 0.0)
    assert token is not None
    Tokens(tokens.path).revoke("grafana")
    assert tokens.find(secret, 0.0) is None
    assert not tokens.is_valid(token, 0.0)
    assert tokens.find(kept, 0.0) is not None


def test_a_token_is_good_until_it_expires(tokens: Tokens) -> None:
    secret = tokens.create("guest", Role.READ, expires_at=100.0)
    assert tokens.find(secret, 99.9) is not None
    assert tokens.find(secret, 100.0) is None


@pytest.mark.parametrize("name", ["", "two\nlines", "\x1b[2J"])
def test_a_name_that_cannot_be_shown_is_refused(tokens: Tokens, name: str) -> None:
    with pytest.raises(TokenError, match="name"):
        tokens.create(name, Role.READ)


def test_a_name_is_given_once(tokens: Tokens) -> None:
    tokens.create("grafana", Role.READ)
    with pytest.raises(TokenError, match="revoke it"):
        tokens.create("grafana", Role.OPERATE)
    with pytest.raises(TokenError, match="no token 'grafan'"):
        tokens.revoke("grafan")


@pytest.mark.parametrize("text", ["", "[", "{}", '[{"name": "x", "role": "root"}]'])
def test_a_file_that_cannot_be_read_lets_nobody_in(tokens: Tokens, text: str) -> None:
    tokens.path.write_text(text)
    with pytest.raises(TokenError, match=r"tokens\.json"):
        tokens.find("vurti_x", 0.0)


def test_the_file_can_be_read_by_other_programs(tokens: Tokens) -> None:
    tokens.create("grafana", Role.READ)
    (told,) = json.loads(tokens.path.read_text())
    assert sorted(told) == ["created_at", "name", "role", "sha256"]
