"""A VM whose host is silent is never shown as if it were so now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.modules import Modules, modules

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.chromium
DOUBT = """
const { doubtSecs } = await load("doubt.js");
const { Store } = await load("store.js");
const store = new Store();
store.hosts.set("a", { heardAt: args[0] ?? -Infinity, exact: true });
store.ages = { stale_secs: 9, at: 100 };
return doubtSecs(store, args[1], 100, 1000);
"""


@pytest.fixture(scope="module")
def page(browser: "Browser") -> Iterator[Modules]:
    with modules(browser) as made:
        yield made


@pytest.mark.parametrize(
    ("heard_at", "vm", "secs"),
    [
        (99, {"host": "a", "since": 500}, None),
        (60, {"host": "a", "since": 500}, 40),
        (60, {"host": "a", "since": 999}, None),
        (60, {"host": "a", "since": 980}, 20),
        (60, {"host": "a"}, 40),
        (None, {"host": "a", "since": 500}, 500),
        (60, {"host": None, "since": 500}, None),
        (60, {"host": "unknown", "since": 500}, None),
    ],
    ids=["heard", "silent", "just told", "told since", "host itself", "never heard", "on none",
         "on one that is not watched"],
)  # fmt: skip
def test_it_is_in_doubt_from_when_its_host_was_last_heard(
    page: Modules, heard_at: float | None, vm: dict[str, Any], secs: float | None
) -> None:
    assert page.run(DOUBT, heard_at, vm) == secs


def test_what_is_in_doubt_is_grey_and_says_as_of_when(page: Modules) -> None:
    script = """
    const { doubted } = await load("doubt.js");
    const { ofVmFace } = await load("words.js");
    const { tone, glyph, word } = doubted(ofVmFace("Up"), 40);
    return [tone, glyph, word];
    """
    assert page.run(script) == ["stale", "⁄", "up, as of 40 s ago"]  # noqa: RUF001  the page's own sign
