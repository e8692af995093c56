"""Events as lines of the feed: what belongs together is one, and filters choose."""

from typing import Any

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
LINES = """
const { Lines, crowd } = await load("feed/lines.js");
const { fitting } = await load("feed/filter.js");
const lines = new Lines(fitting(args[1] ?? {}), args[2] ?? true);
lines.add(args[0]);
for (const id of args[3] ?? []) lines.toggle(id);
const told = ({ told, events }) => [told.words, events.length, crowd(events)];
return lines.rows().map(({ line, event }) => event ? event.id : told(line));
"""


def lost(vm: str, host: str, at: float, **more: Any) -> dict[str, Any]:
    """A VM whose host does not answer."""
    event = {"kind": "VmStateChanged", "before": "Up", "after": "Unknown", "marks": ["lost_sight"]}
    when = {"id": f"{vm}.{at}", "observed_at": f"1970-01-01T00:00:{at:06.3f}Z"}
    told = {"vm": vm, "host": host, "cluster": "east", "severity": "warning"}
    return event | when | told | more


def test_what_happens_to_many_on_a_host_within_a_second_is_one_line(page: Modules) -> None:
    events = [lost(f"v{n}", "a", 1 + n / 10) for n in range(5)]
    assert page.run(LINES, events) == [["its host does not answer", 5, "5 VMs on a"]]


def test_what_happens_to_many_in_a_cluster_within_a_second_is_one_line(page: Modules) -> None:
    events = [lost("v1", "a", 1), lost("v2", "b", 1.2), lost("v3", "b", 1.3)]
    assert page.run(LINES, events) == [["its host does not answer", 3, "3 VMs on 2 hosts of east"]]


def test_vms_that_are_on_no_host_are_counted_alone(page: Modules) -> None:
    events = [lost("v1", "", 1), lost("v2", "", 1.1)]
    assert page.run(LINES, events)[0][2] == "2 VMs"


@pytest.mark.parametrize(
    "other",
    [
        lost("v2", "a", 2.5),
        lost("v2", "x", 1.5, cluster="west"),
        lost("v2", "a", 1.5, marks=["crashed"], after="Down"),
    ],
    ids=["later", "of another cluster", "of another kind"],
)
def test_what_does_not_belong_together_is_two_lines(page: Modules, other: dict[str, Any]) -> None:
    assert [count for _, count, _ in page.run(LINES, [lost("v1", "a", 1), other])] == [1, 1]


def test_others_in_between_do_not_part_what_belongs_together(page: Modules) -> None:
    events = [lost("v1", "a", 1), lost("x", "x", 1.1, cluster="west"), lost("v2", "a", 1.2)]
    assert [count for _, count, _ in page.run(LINES, events)] == [1, 2]


def test_a_line_that_is_spread_out_has_each_of_its_events_below_it(page: Modules) -> None:
    rows = page.run(LINES, [lost("v1", "a", 1), lost("v2", "a", 1.2)], {}, True, ["v1.1"])
    assert rows[1:] == ["v2.1.2", "v1.1"]


def test_ungrouped_each_event_is_a_line_and_the_newest_is_first(page: Modules) -> None:
    rows = page.run(LINES, [lost("v1", "a", 1), lost("v2", "b", 1.2)], {}, False)
    assert [about for _, _, about in rows] == ["1 VM on b", "1 VM on a"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, 3),
        ({"kind": "VmMigrated"}, 1),
        ({"severity": "warning"}, 2),
        ({"severity": "error"}, 1),
        ({"cluster": "west"}, 1),
        ({"q": "web"}, 1),
        ({"q": "WEB 7.4"}, 1),
        ({"q": "web nothing"}, 0),
        ({"q": "split", "cluster": "east"}, 1),
    ],
)
def test_filters_choose(page: Modules, wanted: dict[str, str], found: int) -> None:
    events = [
        lost("v1", "a", 1),
        lost("v2", "b", 9, kind="VmMigrated", marks=["migrated"], name="web", rule="7.4 migrated",
             severity="normal", cluster="west"),
        lost("v3", "c", 20, marks=["split_brain"], severity="error"),
    ]  # fmt: skip
    assert len(page.run(LINES, events, wanted)) == found


def test_no_more_events_are_kept_than_can_be(page: Modules) -> None:
    script = """
    const { Lines } = await load("feed/lines.js");
    const lines = new Lines(() => true, false);
    const event = { kind: "VmAdded", observed_at: "1970-01-01T00:00:01Z", after: "Up" };
    for (let n = 0; n < 50; n += 1) {
      lines.add(Array.from({ length: 1000 }, (_, m) => ({ ...event, id: `${n}.${m}` })));
    }
    return [lines.events, lines.rows()[0].line.id];
    """
    assert page.run(script) == [20_000, "49.999"]
