"""A VM's story: what befalls it is told where it happened, with its evidence."""

import time

import pytest

from tests.browser.screen import Screen
from tests.browser.site import Site

pytestmark = pytest.mark.chromium
SOON_SECS = 2.0


def test_a_vm_that_crashes_is_in_its_story_within_two_seconds(look: Screen, fleet: Site) -> None:
    vm = fleet.vms_of("host-2")[0]
    look.open(f"#/vm/{vm}")
    look.shows(look.steps().get_by_text("first seen"))
    fleet.story("crash", fleet.name(vm))
    began = time.monotonic()
    look.shows(look.steps().get_by_text("crashed"), SOON_SECS)
    assert time.monotonic() - began < SOON_SECS


def test_a_migration_is_one_step_that_names_both_hosts(look: Screen, fleet: Site) -> None:
    vm = fleet.vms_of("host-3")[0]
    look.open(f"#/vm/{vm}")
    fleet.story("migrate", fleet.name(vm), to="host-4")
    step = look.steps().filter(has_text="host-3 → host-4")
    look.shows(step, 20)
    assert step.count() == 1
    assert "migrated" in step.inner_text()


def test_a_step_that_is_chosen_shows_its_evidence_and_is_in_the_link(
    look: Screen, fleet: Site
) -> None:
    vm = fleet.vms_of("host-5")[0]
    fleet.story("pause", fleet.name(vm))
    look.open(f"#/vm/{vm}")
    step = look.steps().filter(has_text="paused").filter(has_text="host-5")
    look.shows(step)
    step.click()
    look.is_at(r"step=\d+")
    evidence = look.section("Evidence")
    look.shows(evidence.get_by_text("7.2 paused"))
    assert "on the word of host-5" in " ".join(evidence.inner_text().split())
    look.page.reload()
    look.shows(look.section("Evidence").get_by_text("7.2 paused"))


def test_the_arrow_keys_go_from_step_to_step(look: Screen, fleet: Site) -> None:
    vm = fleet.vms_of("host-6")[0]
    fleet.story("reboot", fleet.name(vm))
    look.open(f"#/vm/{vm}")
    look.shows(look.steps().get_by_text("guest rebooted"))
    look.page.get_by_role("listbox").focus()
    look.page.keyboard.press("Home")
    look.is_at(r"step=\d+")
    first = look.route
    look.shows(look.section("Evidence").get_by_text("first seen"))
    look.page.keyboard.press("ArrowRight")
    look.waits(lambda: look.route != first, "the next step")
    look.page.keyboard.press("ArrowLeft")
    look.waits(lambda: look.route == first, "the step before")
