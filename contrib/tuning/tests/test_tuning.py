"""What is easier said in Python."""

from pathlib import Path

from vurti import VmStateChanged, event
from vurti.streams.operators import settle
from vurti.testing import vm

ROOT = Path(__file__).parents[1]
UP, PAUSED = vm("web", "Up"), vm("web", "Paused")


def test_a_simulated_day_pages_less_than_it_changes(world):
    fleet = world(ROOT / "config" / "vurti.toml", hosts=4, vms_per_host=6, seed=7)
    pages, changes = fleet.listen("pages"), fleet.listen("vms")
    fleet.run(900)
    assert 0 < len(pages) < len(changes) / 4


def test_what_lasts_is_told_after_ten_seconds(marbles):
    with marbles() as m:
        changes = m.hot("-p------------|", p=event(UP, PAUSED))
        m.expect(changes.pipe(settle(10)), "-----------p--|", p=VmStateChanged(after=PAUSED))


def test_our_rules_hold(scenario):
    scenario(ROOT / "rules" / "ours.yaml")
