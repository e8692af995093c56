"""The demo's page: every view has something to show within moments."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.screen import Screen, screen
from tests.browser.test_feed import lines
from tests.service.test_demo import demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.chromium
SOON_SECS = 30.0
"""It takes 10 s where the machine is not busy."""

OUTAGE_SECS = 60.0
"""A host of the demo that fails by chance is back within 30 s: until then that is what is told."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo(tmp_path_factory.mktemp("demo"), "--port", "0") as (_, address):
        yield address


@pytest.fixture
def shown(browser: "Browser", url: str) -> Iterator[Screen]:
    with screen(browser, url) as made:
        yield made


def test_the_fleet_comes_up_and_soon_something_ails_a_host_and_a_vm(shown: Screen) -> None:
    shown.open()
    shown.is_live()
    shown.becomes(r"^20 hosts, \d+ VMs", "Hosts")
    shown.shows(shown.section("Hosts, worst first").get_by_role("link"), SOON_SECS)
    shown.shows(shown.section("VMs that need somebody").get_by_role("link"), SOON_SECS)
    shown.waits(lambda: shown.counts("maintenance") == 1, "a host in maintenance", SOON_SECS)


def test_the_feed_has_a_crash_and_a_migration_whose_story_names_both_hosts(shown: Screen) -> None:
    shown.open("#/events?flat=1")
    shown.shows(lines(shown).filter(has_text="crashed"), SOON_SECS)
    migrated = lines(shown).filter(has_text="migrated from")
    shown.shows(migrated, SOON_SECS)
    migrated.first.get_by_role("link").click()
    shown.is_at(r"^/vm/.*step=\d+")
    shown.shows(shown.section("Evidence").get_by_text("migrated from"))
    shown.shows(shown.steps().filter(has_text="→"))


def test_the_flow_shows_that_something_flows(shown: Screen) -> None:
    shown.open("#/pipeline")
    shown.is_live()
    well = shown.page.get_by_text("What hosts tell is decided and stored as it comes.")
    shown.shows(well, OUTAGE_SECS)
    for unit in ("answers/s", "inputs/s", "events/s"):
        rate = shown.page.get_by_text(unit).first.locator("xpath=..")
        shown.waits(
            lambda rate=rate: any(one in rate.inner_text() for one in "123456789"), unit, SOON_SECS
        )
