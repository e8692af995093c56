"""A VM's events as lanes: where it was, in which status, and how it came from one to the next."""

from itertools import pairwise
from typing import Any

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
NOWHERE = ""
WOVEN = """
const { woven } = await load("story/weave.js");
const { lanes, segments, links, doubles, steps } = woven(args[0]);
return {
  lanes,
  segments: segments.map(({ lane, face, from, to }) => [lane, face, from, to]),
  links: links.map(({ kind, from, to, begun, ended }) => [kind, from, to, begun, ended]),
  doubles: doubles.map(({ lane, at }) => [lane, at]),
  steps: steps.map(({ told, place, at }) => [told.words, place, at]),
};
"""


def told(seq: int, before: str | None, after: str | None, **more: Any) -> dict[str, Any]:
    """An event of a VM as the API tells it, in the second of its sequence."""
    event = {"kind": "VmStateChanged", "vm": "v", "host": "a", "run_on": "a"} | more
    when = f"1970-01-01T00:00:{seq:02}.000Z"
    event |= {"seq": seq, "before": before, "after": after, "observed_at": when}
    return {key: value for key, value in event.items() if value != NOWHERE}


FIRST = told(1, None, "Up", kind="VmAdded")
LEAVING = told(3, "Up", "MigratingFrom", migrating_to="b", changed=["migrating_to"])


def test_a_migration_goes_from_when_it_began_on_one_lane_to_when_it_was_done_on_the_other(
    page: Modules,
) -> None:
    marks = {"kind": "VmMigrated", "marks": ["migrated"], "from": "a", "to": "b"}
    story = page.run(
        WOVEN, [FIRST, LEAVING, told(7, "MigratingFrom", "Up", host="b", run_on="b", **marks)]
    )
    assert story["lanes"] == ["a", "b"]
    assert story["links"] == [["migrated", "a", "b", 3, 7]]
    assert story["segments"] == [
        ["a", "Up", 1, 3], ["a", "MigratingFrom", 3, 7], ["b", "Up", 7, None],
    ]  # fmt: skip


def test_a_migration_that_fails_comes_back_to_its_own_lane(page: Modules) -> None:
    story = page.run(
        WOVEN, [FIRST, LEAVING, told(5, "MigratingFrom", "Up", marks=["migration_failed"])]
    )
    assert story["links"] == [["failed", "a", "b", 3, 5]]
    assert story["steps"][-1] == ["migration failed", "a", 5]


def test_a_migration_that_goes_on_has_no_end(page: Modules) -> None:
    assert page.run(WOVEN, [FIRST, LEAVING])["links"] == [["leaving", "a", "b", 3, None]]


def test_a_vm_that_is_found_elsewhere_without_evidence_did_not_migrate(page: Modules) -> None:
    there = told(4, "Up", "Up", kind="VmTakenOver", host="b", run_on="b", changed=["run_on"])
    assert page.run(WOVEN, [FIRST, there])["links"] == [["taken", "a", "b", 4, 4]]


def test_a_crash_stands_where_it_happened_and_its_vm_is_on_no_host_since(page: Modules) -> None:
    end = {"exit_status": "Error", "marks": ["crashed"], "run_on": NOWHERE}
    back = told(6, "Down", "WaitForLaunch", host="b", run_on="b")
    story = page.run(WOVEN, [FIRST, told(4, "Up", "Down", **end), back])
    assert story["steps"][1] == ["crashed", "a", 4]
    assert story["lanes"] == ["a", "b", NOWHERE]
    assert story["segments"][1] == [NOWHERE, "Crashed", 4, 6]
    assert story["links"] == [["thread", "a", NOWHERE, 4, 4], ["thread", NOWHERE, "b", 6, 6]]


def test_a_split_brain_shows_the_second_host_beside_the_first(page: Modules) -> None:
    both = told(4, "Up", "Up", kind="VmSplitBrainDetected", host="b", marks=["split_brain"])
    story = page.run(WOVEN, [FIRST, both])
    assert (story["doubles"], story["links"]) == ([["b", 4]], [["split", "a", "b", 4, 4]])
    assert story["segments"] == [["a", "Up", 1, None]]


def test_what_was_before_the_first_event_that_is_loaded_has_no_beginning(page: Modules) -> None:
    story = page.run(WOVEN, [told(5, "Up", "Paused", pause_status="EIO")])
    assert story["segments"] == [
        ["a", "Up", float("-inf"), 5], ["a", "PausedByError", 5, None],
    ]  # fmt: skip


def test_where_it_was_before_is_not_guessed(page: Modules) -> None:
    story = page.run(WOVEN, [told(5, "Down", "Up", changed=["run_on"])])
    assert story["segments"] == [["a", "Up", 5, None]]


def test_a_detail_that_changes_divides_no_segment(page: Modules) -> None:
    story = page.run(WOVEN, [FIRST, told(3, "Up", "Up", changed=["guest"])])
    assert story["segments"] == [["a", "Up", 1, None]]


def test_a_vm_that_was_forgotten_is_nowhere_at_all(page: Modules) -> None:
    gone = told(4, "Up", None, kind="VmRemoved", run_on=NOWHERE)
    assert page.run(WOVEN, [FIRST, gone])["segments"] == [["a", "Up", 1, 4]]


def test_a_vm_that_crosses_scopes_goes_on_as_it_was(page: Modules) -> None:
    left = told(4, "Up", None, kind="VmLeftScope", run_on=NOWHERE)
    joined = told(5, None, "Up", kind="VmJoinedScope")
    assert page.run(WOVEN, [FIRST, left, joined])["segments"] == [["a", "Up", 1, None]]


def test_steps_of_one_moment_each_have_a_place_of_their_own(page: Modules) -> None:
    same = told(2, "Up", "Paused") | {"seq": 3}
    story = page.run(WOVEN, [FIRST, told(2, "Up", "RebootInProgress"), same])
    places = [at for _, _, at in story["steps"]]
    assert places == sorted(set(places))


PLACES = """
const { bySteps } = await load("story/scale.js");
const scale = bySteps(args[0], args[1]);
return { places: args[0].map((at) => scale.x(at)), width: scale.width, folds: scale.folds.length };
"""


def test_every_step_is_seen_however_long_it_was_quiet_before(page: Modules) -> None:
    times = [0, 0.1, 3, 86_400 * 30, 86_400 * 30 + 1]
    found = page.run(PLACES, times, 800)
    gaps = [later - earlier for earlier, later in pairwise(found["places"])]
    assert min(gaps) >= 24
    assert (max(gaps) < 20 * min(gaps), found["width"], found["folds"]) == (True, 800, 1)


def test_a_story_that_does_not_fit_is_wider_than_its_window(page: Modules) -> None:
    found = page.run(PLACES, list(range(0, 6000, 60)), 800)
    assert found["width"] > 5000
    assert found["places"] == sorted(found["places"])


@pytest.mark.parametrize("scale", ["bySteps([0, 1, 500, 9000], 800)", "linear(0, 9000, 800)"])
def test_a_place_and_its_moment_find_each_other(page: Modules, scale: str) -> None:
    script = f"""
    const {{ bySteps, linear }} = await load("story/scale.js");
    const scale = {scale};
    return [0.5, 3, 499, 8000].map((at) => [at, scale.at(scale.x(at))]);
    """
    for at, found in page.run(script):
        assert found == pytest.approx(at)


TICKS = """
const { linear } = await load("story/scale.js");
const scale = linear(args[0], args[1], 800);
return scale.ticks.map(({ at, x }) => [at, x]);
"""


@pytest.mark.parametrize("secs", [5, 600, 3600, 86_400, 86_400 * 400])
def test_the_axis_to_scale_names_round_moments_that_do_not_crowd(
    page: Modules, secs: float
) -> None:
    ticks = page.run(TICKS, 1_767_225_600.5, 1_767_225_600.5 + secs)
    assert 2 <= len(ticks) <= 9
    steps = {round(later - earlier, 6) for (earlier, _), (later, _) in pairwise(ticks)}
    assert len(steps) == 1
    assert all(at % 1 == 0 for at, _ in ticks)


def test_where_lanes_are_many_one_on_which_nothing_is_in_sight_is_only_a_name(
    page: Modules,
) -> None:
    script = """
    const { woven } = await load("story/weave.js");
    const { linear } = await load("story/scale.js");
    const { busyLanes, geometry } = await load("story/geometry.js");
    const weave = woven(args[0]);
    const busy = busyLanes(weave, args[1], args[2], 60);
    return geometry(weave, linear(0, 60, 300), true, busy).lanes.map(({ host, tall }) => [host, tall > 20]);
    """  # noqa: E501  a line of the page's own language
    move = {"kind": "VmMigrated", "from": "a", "to": "b", "host": "b", "run_on": "b"}
    events = [FIRST, told(20, "Up", "Up", changed=["run_on"], **move)]
    assert page.run(script, events, 0, 10) == [["a", True], ["b", False]]
    assert page.run(script, events, 15, 25) == [["a", True], ["b", True]]
    assert page.run(script, events, 30, 60) == [["a", False], ["b", True]]


SPELLS = 'return (await load("story/spells.js")).spells(args[0]);'


def test_a_host_was_not_well_from_when_it_fell_silent_until_it_answered(page: Modules) -> None:
    words = [("Up", 1), ("Connecting", 3), ("Connecting", 4), ("NonResponsive", 6), ("Up", 9)]
    events = [told(at, "Up", after, kind="VdsStateChanged") for after, at in words]
    found = page.run(SPELLS, events)
    assert [(one["from"], one["to"], one["word"]) for one in found] == [
        (3, 6, "not answering"), (6, 9, "unreachable"),
    ]  # fmt: skip
