"""Whoever cannot see the page, or sees no colours, can use it: axe-core finds nothing wrong."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.screen import DESK, PHONE, Screen, screen
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.chromium

AXE = Path(__file__).parent / "axe/axe.min.js"
DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
"""Of axe.min.js in the npm package axe-core 4.14.1, as it came."""

RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, help, html, failureSummary })),
  );
}"""
VIEWS = ("fleet", "vms", "events", "pipeline", "host", "vm")


@pytest.fixture(scope="module")
def troubled(fleet: Site) -> Iterator[dict[str, str]]:
    """A fleet in which something of everything has happened; the address of each view."""
    fleet.strike("hang", "host-3")
    vm, other, third, *_ = fleet.vms_of("host-1")
    fleet.story("io_error", fleet.name(vm), pause_status="EIO")
    fleet.story("crash", fleet.name(other))
    fleet.story("migrate", fleet.name(third), to="host-2")
    yield {
        **{view: f"#/{view}" for view in VIEWS},
        "host": "#/host/host-3",
        "vm": f"#/vm/{third}",
    }
    fleet.mend()


def test_axe_is_what_npm_has(tmp_path: Path) -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == DIGEST


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_wrong(
    browser: "Browser", fleet: Site, troubled: dict[str, str], view: str, scheme: str
) -> None:
    with screen(browser, fleet.url, DESK, scheme) as look:
        look.open(troubled[view])
        look.is_live()
        look.waits(lambda: look.counts("unreachable") == 1, "a host in trouble", 20)
        nothing_wrong(look)


@pytest.mark.parametrize("view", VIEWS)
def test_on_a_phone_axe_finds_nothing_wrong_and_nothing_sticks_out(
    browser: "Browser", fleet: Site, troubled: dict[str, str], view: str
) -> None:
    with screen(browser, fleet.url, PHONE) as look:
        look.open(troubled[view])
        look.is_live()
        nothing_wrong(look)
        wide = look.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE[0]


def test_the_keys_and_the_login_are_right_as_well(browser: "Browser", fleet: Site) -> None:
    with screen(browser, fleet.url) as look:
        look.open("#/fleet")
        look.is_live()
        look.page.keyboard.press("?")
        look.shows(look.page.get_by_role("dialog"))
        nothing_wrong(look)


def nothing_wrong(look: Screen) -> None:
    """Fails with each thing that axe finds."""
    look.page.wait_for_timeout(500)  # what comes a frame later, such as reasons, is to be there
    look.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = look.page.evaluate(RUN)
    assert found == [], json.dumps(found, indent=1)
