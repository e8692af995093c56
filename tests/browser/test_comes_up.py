"""The page comes up, says how the fleet is, and never shows as now what is not."""

import pytest

from tests.browser.screen import Screen
from tests.browser.site import STALE_SECS, Site

pytestmark = pytest.mark.chromium


def test_the_page_says_that_it_is_live_and_how_many_hosts_and_vms_there_are(
    look: Screen, fleet: Site
) -> None:
    look.open()
    look.is_live()
    look.becomes(f"{fleet.hosts} hosts, {fleet.vms} VMs", "Hosts")
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok")
    assert [look.counts(one) for one in ("stale", "unreachable", "maintenance")] == [0, 0, 0]
    look.becomes("p95 .* old", "State of hosts")
    look.becomes("keeps up", "vurti itself")


def test_the_stream_goes_on_after_a_restart_of_vurti_and_the_page_says_that_it_was_lost(
    look: Screen, fleet: Site
) -> None:
    look.forgive_outage()
    look.open()
    look.is_live()
    fleet.stop()
    look.becomes(r"\blost\b")
    assert "live" not in look.says("Screen")
    assert look.page.title().startswith("(lost)")
    vm = fleet.vms_of("host-1")[0]
    fleet.story("crash", fleet.name(vm))
    fleet.start()
    look.is_live()
    look.open(f"#/vm/{vm}")
    look.shows(look.steps().get_by_text("crashed"))


def test_a_vurti_that_stands_still_with_its_line_open_is_not_shown_as_live_for_long(
    look: Screen, fleet: Site
) -> None:
    """A comment comes every 15 s at the least; whoever hears none for 18 s has lost the line."""
    look.open()
    look.is_live()
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok")
    look.becomes("p95 .* old", "State of hosts")  # by then it knows after how long a host is stale
    fleet.stand_still(True)
    try:
        look.waits(lambda: look.counts("ok") == 0, "no host is shown as well", STALE_SECS + 6)
        look.becomes(r"\blost\b", secs=30)
    finally:
        fleet.stand_still(False)
    look.is_live()
    look.waits(lambda: look.counts("ok") == fleet.hosts, "all hosts are ok", 30)
