"""The feed: what happens, the newest first, and only what one asks for."""

import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.screen import Screen
from tests.browser.site import Site
from tests.browser.test_story import SOON_SECS

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = pytest.mark.chromium


def lines(look: Screen) -> "Locator":
    """The lines of the feed."""
    return look.page.get_by_role("list", name="Events, the newest first").get_by_role("listitem")


def test_a_vm_that_crashes_is_in_the_feed_within_two_seconds_and_leads_to_its_story(
    look: Screen, fleet: Site
) -> None:
    look.open("#/events")
    look.is_live()
    look.shows(lines(look))
    vm = fleet.vms_of("host-2")[0]
    fleet.story("crash", fleet.name(vm))
    began = time.monotonic()
    crashed = lines(look).filter(has_text="crashed")
    look.shows(crashed, SOON_SECS)
    assert time.monotonic() - began < SOON_SECS
    crashed.get_by_role("link").click()
    look.is_at(f"^/vm/{vm}")
    look.shows(look.steps().get_by_text("crashed"))


def test_while_it_is_paused_it_stands_still_and_counts_what_waits(
    look: Screen, fleet: Site
) -> None:
    look.open("#/events")
    look.is_live()
    look.shows(lines(look))
    look.page.get_by_role("button", name="Pause").click()
    vm = fleet.vms_of("host-3")[0]
    fleet.story("reboot", fleet.name(vm))
    waiting = look.page.get_by_role("button", name="Go on")
    look.waits(lambda: any(one in waiting.inner_text() for one in "123456789"), "what waits")
    rebooted = lines(look).filter(has_text="guest rebooted")
    assert rebooted.count() == 0
    look.page.keyboard.press("p")
    look.shows(rebooted)


def test_a_kind_and_words_choose_what_is_shown_and_are_in_the_link(
    look: Screen, fleet: Site
) -> None:
    vm = fleet.vms_of("host-4")[0]
    fleet.story("pause", fleet.name(vm))
    look.open("#/events")
    look.shows(lines(look).filter(has_text="paused"))
    look.page.get_by_label("Kind").select_option("VdsAdded")
    look.is_at("kind=VdsAdded")
    look.waits(lambda: lines(look).filter(has_text="paused").count() == 0, "hosts only")
    look.open("#/events?kind=VmStateChanged&q=host-4")
    look.shows(lines(look).filter(has_text="paused"))
    assert lines(look).filter(has_text="watched from now on").count() == 0


def test_what_befalls_many_at_once_is_one_line_that_can_be_spread_out(
    look: Screen, fleet: Site
) -> None:
    look.open("#/events?kind=VmAdded")
    many = lines(look).get_by_role("button", name=str(fleet.vms))
    look.shows(lines(look).get_by_role("button"))
    before = lines(look).count()
    lines(look).get_by_role("button").first.click()
    look.waits(lambda: lines(look).count() > before, "each of them")
    assert many.count() <= 1
