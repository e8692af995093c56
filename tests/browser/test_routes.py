"""Whatever can be shared is in the location, and comes out of it as it went in."""

from typing import Any

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
BOTH = """
const { build, parse } = await load("routes.js");
return args.map((route) => parse(build(route)));
"""
PARSE = """
const { parse } = await load("routes.js");
return args.map((hash) => parse(hash));
"""
NAMES = ["web", "a/b", "a?b&c=d#e", "100%", "%2F", " ", "ü\u202e", "<b>", "..", "\U0001f600"]


def test_every_id_comes_back_whatever_is_in_it(page: Modules) -> None:
    routes = [{"view": view, "id": name, "params": {}} for view in ("host", "vm") for name in NAMES]
    assert page.run(BOTH, *routes) == routes


def test_filters_come_back_and_those_that_say_nothing_are_left_out(page: Modules) -> None:
    asked = {"view": "fleet", "params": {"q": "a&b=c", "status": "", "cluster": "east/1"}}
    (found,) = page.run(BOTH, asked)
    assert found == {"view": "fleet", "id": "", "params": {"q": "a&b=c", "cluster": "east/1"}}


@pytest.mark.parametrize(
    "hash_", ["", "#", "#/", "#/nowhere", "#/host", "#/host/", "#/vm/%E0%A4", "#/__proto__/x"]
)
def test_what_leads_nowhere_leads_to_the_fleet(page: Modules, hash_: str) -> None:
    home: dict[str, Any] = {"view": "fleet", "id": "", "params": {}}
    assert page.run(PARSE, hash_) == [home]
