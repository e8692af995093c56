"""From view to view, by links, keys and the back button."""

import pytest

from tests.browser.screen import Screen
from tests.browser.site import Site

pytestmark = pytest.mark.chromium
VIEWS = {"1": "fleet", "2": "vms", "3": "events", "4": "pipeline"}


def test_the_keys_lead_to_the_views_and_back_leads_back(look: Screen) -> None:
    look.open("#/fleet")
    look.is_live()
    for key, view in VIEWS.items():
        look.page.keyboard.press(key)
        look.is_at(f"^/{view}")
    for view in ("events", "vms", "fleet"):
        look.page.go_back()
        look.is_at(f"^/{view}")
        tab = look.page.get_by_role("navigation", name="Views").locator("[aria-current=page]")
        assert tab.inner_text().lower() == view


def test_slash_leads_to_the_search_and_question_mark_tells_the_keys(look: Screen) -> None:
    look.open("#/vms")
    look.is_live()
    look.page.keyboard.press("/")
    assert look.page.evaluate("document.activeElement.type") == "search"
    look.page.keyboard.type("web")
    look.is_at("q=web")
    look.page.keyboard.press("Escape")
    look.page.keyboard.press("?")
    dialog = look.page.get_by_role("dialog")
    look.shows(dialog)
    assert "light or dark" in dialog.inner_text()
    look.page.keyboard.press("Escape")
    look.waits(lambda: dialog.count() == 0, "they are gone")


def test_the_grid_can_be_walked_by_keys_and_enter_opens_the_host(look: Screen, fleet: Site) -> None:
    look.open("#/fleet")
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok")
    look.page.get_by_role("application").focus()
    look.page.keyboard.press("Home")
    first = look.card().split()[0]
    look.page.keyboard.press("ArrowRight")
    second = look.card().split()[0]
    assert first != second
    look.page.keyboard.press("Enter")
    look.is_at(f"^/host/{second}$")
    look.page.go_back()
    look.is_at("^/fleet")


def test_a_click_on_a_cell_opens_its_host_and_a_vm_there_its_story(
    look: Screen, fleet: Site
) -> None:
    look.open("#/fleet")
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok")
    look.page.get_by_role("application").click(position={"x": 30, "y": 40})
    look.is_at(r"^/host/host-\d+$")
    guests = look.page.get_by_role("list", name="Its VMs, the worst first").get_by_role("link")
    look.shows(guests)
    guests.first.click()
    look.is_at("^/vm/")
    look.shows(look.steps().get_by_text("first seen"))


def test_the_table_of_vms_is_sorted_by_its_heads_and_walked_by_keys(
    look: Screen, fleet: Site
) -> None:
    look.open("#/vms")
    rows = look.rows("VMs")
    look.waits(lambda: rows.count() > 10, "rows")
    look.page.get_by_role("button", name="Name").click()
    look.is_at("sort=name")
    names = rows.locator(".of-name").all_inner_texts()
    numbers = [(name.rpartition("-")[0], int(name.rpartition("-")[2])) for name in names]
    assert numbers == sorted(numbers)
    look.page.get_by_role("button", name="Name").click()
    look.is_at("down=1")
    look.waits(
        lambda: rows.first.locator(".of-name").inner_text() != names[0], "the other way round"
    )
    look.page.get_by_role("table", name="VMs").focus()
    look.page.keyboard.press("End")
    look.page.keyboard.press("Enter")
    look.is_at("^/vm/")


def test_light_and_dark_are_switched_by_a_key_and_remembered(look: Screen) -> None:
    look.open()
    look.is_live()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = look.page.evaluate(ground)
    look.page.keyboard.press("t")
    dark = look.page.evaluate(ground)
    assert dark != light
    look.page.reload()
    look.is_live()
    assert look.page.evaluate(ground) == dark


def test_an_address_that_is_none_leads_to_the_fleet_and_a_vm_that_is_none_says_so(
    look: Screen,
) -> None:
    look.open("#/nowhere/%E0%A4%A?x=%%")
    look.is_live()
    look.shows(look.page.get_by_role("application"))
    look.forgive("status of 404")
    look.open("#/vm/no-such-vm")
    look.shows(look.page.get_by_text("not there"))
