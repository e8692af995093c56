"""What guests and hosts are called does nothing on the page, and is shown as text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote
from urllib.request import urlopen

import pytest

from tests.browser.screen import Screen, screen
from tests.browser.site import SETTINGS
from tests.ports import free_port
from tests.service.program import Program
from tests.sources.json_agent import agent
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.chromium

IMAGE = "\"'><img src=x onerror=window.owned=1>"
NAMES = {
    "script": "</script><script>window.owned=1</script>",
    IMAGE: IMAGE,
    "url": "javascript:window.owned=1",
    "style": 'x" style="position:fixed;inset:0;background:red',
    "lines": "one\r\ntwo\u2028three\n\nevent: VmRemoved\ndata: {}\n\n",
    "escapes": "\x1b[2J\x1b]0;owned\x07\x9b31m\x00",
    "directions": "\u202egpj.exe\u2066\u200f",
    "template": "${window.owned=1}{{constructor.constructor('window.owned=1')()}}",
    "prototype": "__proto__",
    "long": "<b>\u202e" * 250_000,
}
HOST = "a/b <img src=x onerror=window.owned=1> '\"?#%&"
NOTHING_DONE = """() => window.owned === undefined
    && document.querySelector("img, iframe, object, embed, script:not([src]), [onerror]") === null
    && ({}).name === undefined"""
UNSEEN = "\x1b\x07\x9b\x00\u202e\u2066\u200f\u2028"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a fleet whose one host, and all guests on it, have such names."""
    home = tmp_path_factory.mktemp("hostile")
    port = free_port()
    with agent() as host:
        vms = {id: {"status": "Up", "name": name} for id, name in NAMES.items()}
        host.hosts = {HOST: {"complete": True, "vms": vms}}
        config = SETTINGS.format(port=port).replace('include = ["hosts.toml"]', "")
        key = json.dumps(HOST)
        config += f'[hosts.{key}]\nurl = "{host.url}"\ncluster = {json.dumps(IMAGE)}\n'
        (home / "vurti.toml").write_text(config, encoding="utf-8")
        with Program(Path(home), "run", str(home / "vurti.toml")) as program:
            address = f"http://127.0.0.1:{port}"
            wait_for(lambda: known(address) == len(NAMES), "all guests", 60, 0.2, but=program.text)
            yield address


def known(url: str) -> int:
    """How many VMs vurti knows."""
    try:
        with urlopen(f"{url}/api/v1/vms?limit=1000", timeout=5) as answer:
            return len(json.load(answer)["items"])
    except OSError:
        return 0


@pytest.fixture
def hostile(browser: "Browser", url: str) -> Iterator[Screen]:
    with screen(browser, url) as made:
        yield made
        assert made.page.evaluate(NOTHING_DONE)
        shown = made.page.inner_text("body") + made.page.title()
        assert not [one for one in UNSEEN if one in shown]


def test_the_fleet_shows_such_a_host_and_its_cluster_as_text(hostile: Screen) -> None:
    hostile.open("#/fleet")
    hostile.shows(hostile.section("Fleet").get_by_text(IMAGE).last)
    hostile.page.get_by_role("application").focus()
    hostile.waits(lambda: "<img src=x" in hostile.card(), "its name")
    hostile.page.keyboard.press("Enter")
    hostile.is_at("^/host/")
    hostile.shows(hostile.page.get_by_role("heading", name=HOST))


@pytest.mark.parametrize("id", ["script", IMAGE, "url", "style", "template"])
def test_the_table_shows_such_a_name_as_it_is_and_leads_to_its_story(
    hostile: Screen, id: str
) -> None:
    hostile.open("#/vms?sort=name")
    link = hostile.rows("VMs").get_by_role("link", name=NAMES[id], exact=True)
    hostile.shows(link)
    link.click()
    hostile.waits(lambda: unquote(hostile.route) == f"/vm/{id}", "its story")
    hostile.shows(hostile.page.get_by_role("heading", name=NAMES[id], exact=True))
    hostile.shows(hostile.steps().get_by_text("first seen"))


@pytest.mark.parametrize("id", ["lines", "escapes", "directions", "long", "prototype"])
def test_what_has_no_shape_or_turns_the_direction_is_shown_by_its_number(
    hostile: Screen, id: str
) -> None:
    hostile.open(f"#/vm/{id}")
    hostile.shows(hostile.steps().get_by_text("first seen"))
    shown = hostile.page.get_by_role("heading").first.inner_text()
    assert 0 < len(shown) <= 300
    hostile.steps().get_by_text("first seen").click()
    hostile.shows(hostile.section("Evidence").get_by_text("7.6 unknown VM"))
    hostile.section("Evidence").locator("summary").click()
    hostile.page.wait_for_timeout(200)


def test_the_feed_shows_all_of_them(hostile: Screen) -> None:
    hostile.open("#/events?kind=VmAdded&flat=1")
    lines = hostile.page.get_by_role("list", name="Events, the newest first").get_by_role("link")
    hostile.waits(lambda: lines.count() == len(NAMES), "all of them")


def test_a_name_of_a_megabyte_that_reached_the_page_would_be_cut_there(hostile: Screen) -> None:
    def grow(route: "Route") -> None:
        told: dict[str, Any] = route.fetch().json()
        for vm in told["vms"]:
            vm["name"] = f"<b>\u202e{vm['id']}" + "x" * 1_000_000
        route.fulfill(json=told)

    hostile.page.route("**/api/v1/snapshot*", grow)
    hostile.open("#/vms")
    hostile.is_live()
    hostile.waits(lambda: hostile.rows("VMs").count() == len(NAMES), "all of them")
    names = hostile.rows("VMs").locator(".of-name").all_inner_texts()
    assert all("\\u{202e}" in name and len(name) < 200 for name in names)
    for route in ("#/fleet", f"#/host/{quote(HOST, safe='')}"):
        hostile.page.evaluate("hash => { location.hash = hash; }", route)
        hostile.page.wait_for_timeout(500)
    assert len(hostile.page.content()) < 500_000
