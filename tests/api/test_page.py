"""The page: free to be fetched, with nothing of the fleet in it, and with no way in for others."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.api.conftest import Api
from vurti.api.access.tokens import Role
from vurti.api.page.served import KINDS

STATIC = Path(__file__).parents[2] / "vurti/api/page/static"
FILES = sorted(str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file())
IMPORT = re.compile(r"""^(?:import|export)\s(?:[^"']*\sfrom\s)?["']([^"']+)["']""", re.MULTILINE)


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_comes_at_the_root_with_its_own_strict_policy(api: Api) -> None:
    answer = api.plain.test_client().get("/")
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_served_as_what_it_is_and_once_only(api: Api, name: str) -> None:
    client = api.plain.test_client()
    first = client.get(f"/page/{name}")
    assert (first.status_code, first.data) == (200, (STATIC / name).read_bytes())
    assert first.mimetype == KINDS[Path(name).suffix]
    again = client.get(f"/page/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/page/", "/page/none.js", "/page/js", "/page/../served.py", "/page/%2e%2e/served.py"]
)
def test_nothing_but_its_files_is_served(api: Api, path: str) -> None:
    assert api.plain.test_client().get(path).status_code == 404


def test_the_page_comes_without_a_token_and_its_data_do_not(api: Api) -> None:
    api.token(Role.READ)
    client = api.plain.test_client()
    assert client.get("/").status_code == 200
    assert client.get("/page/js/main.js").status_code == 200
    for path in ("/pagex", "/api/v1/hosts", "/other"):
        assert client.get(path).status_code == 401
    assert client.post("/page/js/main.js").status_code == 401


def test_the_page_has_no_script_or_style_of_its_own_in_the_markup() -> None:
    tags = Tags((STATIC / "index.html").read_text(encoding="utf-8")).found
    for tag, attributes in tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("src", "href"):
            if (where := attributes.get(name)) is not None:
                assert where.startswith(("/page/", "#"))
                assert where.startswith("#") or where.removeprefix("/page/") in FILES


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".js")])
def test_modules_are_made_of_each_other_alone_and_never_turn_text_into_markup(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    for target in IMPORT.findall(text):
        assert (STATIC / name).parent.joinpath(target).resolve().is_file(), target
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
    ):
        assert word not in text
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".svg")])
def test_files_of_the_page_can_be_read_at_a_glance(name: str) -> None:
    assert len((STATIC / name).read_text(encoding="utf-8").splitlines()) <= 300
