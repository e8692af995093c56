"""What stands outside of the files, and does not show."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field

from vurti.errors import Complaint
from vurti.settings import Secret, bind, read


class Login(BaseModel):
    name: str = Field("", max_length=8)
    password: Secret = Secret("")


def login(directory: Path, text: str) -> tuple[Login | None, list[Complaint]]:
    file = directory / "login.toml"
    file.write_text(text)
    tree, complaints = read(file)
    return bind(Login, tree, (), complaints), complaints


def test_a_reference_to_the_environment_becomes_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VURTI_TEST_WORD", "open sesame")
    bound, _ = login(tmp_path, 'password = "${env:VURTI_TEST_WORD}!"')
    assert bound is not None
    assert bound.password.reveal() == "open sesame!"


def test_a_reference_to_a_file_becomes_its_text_without_the_last_newline(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("two\nlines\n")
    bound, _ = login(tmp_path, 'password = "${file:word}"')
    assert bound is not None
    assert bound.password.reveal() == "two\nlines"


def test_a_doubled_dollar_is_no_reference(tmp_path: Path) -> None:
    bound, complaints = login(tmp_path, 'name = "$${env}"')
    assert (bound and bound.name, complaints) == ("${env}", [])


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("${env:VURTI_TEST_NONE}", "the environment has no variable VURTI_TEST_NONE"),
        ("${file:none}", "none cannot be read: No such file or directory"),
        ("${evn:X}", "`${evn:X}` is no reference"),
        ("${}", "`${}` is no reference"),
        ("${file:big}", "big has more than 65536 bytes"),
        ("${file:raw}", "raw is not UTF-8 text"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_at_its_line(
    tmp_path: Path, reference: str, told: str
) -> None:
    (tmp_path / "big").write_bytes(b"x" * 70_000)
    (tmp_path / "raw").write_bytes(b"\xff")
    _, complaints = login(tmp_path, f'\npassword = "{reference}"')
    assert [one.where.rpartition("/")[2] for one in complaints] == ["login.toml:2"]
    assert complaints[0].what.replace(f"{tmp_path}/", "") == told


def test_a_complaint_never_shows_what_came_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VURTI_TEST_WORD", "open sesame")
    _, complaints = login(tmp_path, 'name = "${env:VURTI_TEST_WORD}"')
    assert len(complaints) == 1
    assert "sesame" not in str(complaints[0])


def test_a_complaint_does_show_what_the_file_says_itself(tmp_path: Path) -> None:
    _, complaints = login(tmp_path, 'name = "much too long"')
    assert "'much too long'" in str(complaints[0])


SECRET = Secret("open sesame")


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r:>20}", repr([SECRET]),
        repr(Login(password=SECRET)), str(Login(password=SECRET)),
        Login(password=SECRET).model_dump_json(), repr(Login(password=SECRET).model_dump()),
    ],
)  # fmt: skip
def test_a_secret_is_shown_nowhere(shown: str) -> None:
    assert "sesame" not in shown


def test_a_secret_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)


def test_secrets_compare_by_their_text() -> None:
    others: list[Any] = [Secret("other"), "open sesame"]
    assert Secret("open sesame") == SECRET
    assert SECRET not in others
    assert hash(SECRET) == hash(Secret("open sesame"))
