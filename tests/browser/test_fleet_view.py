"""The fleet: every host in its place, what is wrong first, and nothing green that is not known."""

import pytest

from tests.browser.screen import Screen
from tests.browser.site import STALE_SECS, Site
from tests.waiting import wait_for

pytestmark = pytest.mark.chromium

OK_COLOUR = """() => getComputedStyle(document.querySelector(".sign.t-ok")).backgroundColor"""
CELL_COLOUR = """() => {
  const [ring, canvas] = [".grid-ring", "canvas"].map((one) => document.querySelector(one));
  const [at, from] = [ring.getBoundingClientRect(), canvas.getBoundingClientRect()];
  const scale = canvas.width / from.width;
  const place = [at.left - from.left + at.height * 0.15, at.top - from.top + at.height * 0.75];
  const [x, y] = place.map((one) => Math.round(one * scale));
  const [r, g, b] = canvas.getContext("2d").getImageData(x, y, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}"""
"""In the strip at the left of the tile that the ring is around."""


def choose(look: Screen, host: str) -> None:
    """By the keyboard: go to its cell."""
    look.page.get_by_role("application").focus()
    look.page.keyboard.press("Home")
    for _ in range(40):
        if look.card().startswith(f"{host} "):
            return
        look.page.keyboard.press("ArrowRight")
    raise AssertionError(f"no cell of {host}: {look.card()}")


def is_green(look: Screen) -> bool:
    """Whether the chosen cell has the colour of what is well."""
    return bool(look.page.evaluate(CELL_COLOUR) == look.page.evaluate(OK_COLOUR))


def test_a_host_that_hangs_is_not_green_once_its_truth_is_old_and_green_again_when_it_answers(
    look: Screen, fleet: Site
) -> None:
    look.forgive("willReadFrequently")  # this test reads colours, the page does not
    look.open()
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok")
    choose(look, "host-7")
    look.waits(lambda: is_green(look), "a cell that is green")
    fleet.strike("hang", "host-7")
    look.page.wait_for_timeout(1000 * STALE_SECS)
    for _ in range(40):
        assert not is_green(look), look.card()
        assert " ok" not in look.card()
        look.page.wait_for_timeout(50)
    look.shows(look.section("Hosts, worst first").get_by_role("link", name="host-7"))
    assert look.counts("ok") == fleet.hosts - 1
    fleet.mend()
    look.waits(lambda: is_green(look) and look.counts("ok") == fleet.hosts, "it is back", 30)


def test_the_vms_of_a_host_that_hangs_are_not_shown_as_if_they_were_so_now(
    look: Screen, fleet: Site
) -> None:
    look.open("#/vms?q=host-8")
    rows = look.rows("VMs")
    look.waits(lambda: rows.count() == fleet.vms // fleet.hosts, "its VMs")
    fleet.strike("hang", "host-8")
    look.waits(lambda: rows.locator(".t-ok").count() == 0, "none of them is green", STALE_SECS + 6)
    fleet.mend()
    look.waits(lambda: rows.locator(".t-ok").count() > 0, "they are heard of again", 30)


def test_where_vurti_does_not_answer_no_host_stays_green(look: Screen, fleet: Site) -> None:
    look.forgive_outage()
    look.open()
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok")
    fleet.stop()
    look.waits(lambda: look.counts("stale") == fleet.hosts, "all are stale", STALE_SECS + 6)
    assert look.counts("ok") == 0
    fleet.start()
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok", 30)


def test_a_vm_that_crashes_is_among_those_that_need_somebody(look: Screen, fleet: Site) -> None:
    look.open()
    look.is_live()
    vm = fleet.vms_of("host-9")[0]
    fleet.story("crash", fleet.name(vm))
    needy = look.section("VMs that need somebody").locator(f"a[href='#/vm/{vm}']")
    look.shows(needy)
    look.waits(lambda: "ended with an error" in needy.inner_text(), "why it does")
    needy.click()
    look.is_at(f"^/vm/{vm}$")


def test_a_search_and_a_cluster_are_in_the_link_and_the_link_gives_them_again(
    look: Screen, fleet: Site
) -> None:
    wait_for(fleet.is_up, "all hosts are Up")
    look.open()
    look.is_live()
    look.page.get_by_label("Search hosts and VMs").fill("host-1")
    look.is_at("q=host-1")
    look.page.get_by_label("Status", exact=True).select_option("maintenance")
    look.is_at("status=maintenance")
    link = look.page.url
    look.page.get_by_role("link", name="Show all").click()
    look.is_at("^/fleet$")
    look.page.goto(link)
    look.waits(
        lambda: look.page.get_by_label("Search hosts and VMs").input_value() == "host-1",
        "the search",
    )
    assert look.page.get_by_label("Status", exact=True).input_value() == "maintenance"
