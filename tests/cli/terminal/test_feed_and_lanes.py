"""The feed: newest first, held, searched, alike ones together. A story in lanes."""

from tests.cli.terminal.telling import NOW, told
from vurti.cli.terminal.feed import KEPT_MAX, Feed
from vurti.cli.terminal.lanes import lanes


def feed(count: int = 3) -> Feed:
    known = Feed()
    paused = (told("VmStateChanged", f"v{n}", "Up", "Paused", seq=n) for n in range(count))
    known.add(list(paused), 0.0)
    return known


def names(known: Feed, *words: str) -> list[str]:
    return [line.told.thing for line in known.shown(9, words)]


def test_the_newest_event_comes_first_and_no_more_than_asked_for() -> None:
    assert names(feed()) == ["v2", "v1", "v0"]
    assert len(feed(50).shown(9)) == 9


def test_while_it_is_held_nothing_moves_and_what_came_since_is_counted() -> None:
    known = feed()
    known.hold()
    known.add([told("VmStateChanged", "late", "Up", "Paused")], 1.0)
    assert (names(known), known.missed) == (["v2", "v1", "v0"], 1)
    known.hold()
    assert (names(known)[0], known.missed) == ("late", 0)


def test_only_what_has_all_words_is_shown() -> None:
    assert names(feed(), "v1") == ["v1"]
    assert names(feed(), "paused", "v0") == ["v0"]
    assert names(feed(), "crashed") == []


def test_steps_on_the_way_are_shown_on_demand_and_what_is_bad_always() -> None:
    known = Feed()
    step = told("VmStateChanged", "v", "Down", "PoweringUp")
    known.add([step, told("VmStateChanged", "w", "Down", "PoweringUp", severity="error")], 0.0)
    assert names(known) == ["w"]
    known.steps = True
    assert names(known) == ["w", "v"]


def test_what_befalls_many_alike_is_one_line_that_keeps_its_name_while_it_grows() -> None:
    known = Feed()
    lost = [told("VmStateChanged", f"v{n}", "Up", "Unknown", host="a", seq=n) for n in range(5)]
    known.add(lost[:3], 0.0)
    (before,) = known.shown(9)
    known.add(lost[3:], 0.0)
    (after,) = known.shown(9)
    assert (before.many, after.many, before.id == after.id, after.where) == (3, 5, True, "a")
    known.add([told("VmStateChanged", "x", "Up", "Unknown", host="b")], 0.0)
    (both,) = known.shown(9)
    assert (both.many, both.where) == (6, "")
    later = told("VmStateChanged", "y", "Up", "Unknown", host="a", at=NOW + 60)
    known.add([later], 60.0)
    assert [line.many for line in known.shown(9)] == [1, 6]


def test_it_keeps_so_many_and_tells_how_many_come_a_second() -> None:
    known = feed(KEPT_MAX + 5)
    assert len(known.shown(KEPT_MAX + 9)) == KEPT_MAX
    assert known.rate(5.0) == (KEPT_MAX + 5) / 10
    assert known.rate(11.0) == 0


def test_a_migration_goes_from_lane_to_lane() -> None:
    story = [
        told("VmAdded", "v", None, "Up", run_on="a"),
        told("VmStateChanged", "v", "Up", "MigratingFrom", run_on="a"),
        told("VmMigrated", "v", "MigratingFrom", "Up", origin="a", to="b", run_on="b"),
        told("VmStateChanged", "v", "Up", "Down", host="b", exit_status="Error"),
        told("VmStateChanged", "v", "Down", "Up", run_on="a", host="b"),
    ]
    drawn = lanes(story, 5)
    assert drawn.hosts == ("a", "b")
    assert [row.rstrip() for row in drawn.rows] == ["+", "⇢", "○───▶⇉", "     ✖", "▲"]


def test_what_is_told_of_a_vm_by_another_host_is_in_the_lane_of_its_holder() -> None:
    story = [
        told("VmAdded", "v", None, "Up", run_on="a"),
        told("VmSplitBrainDetected", "v", "Up", "Up", run_on="a", host="b"),
        told("VmStateChanged", "v", "Up", "Up", run_on="a"),
    ]
    assert [row.rstrip() for row in lanes(story, 5).rows] == ["+", "‼", "│"]


def test_hosts_that_have_no_lane_are_counted() -> None:
    story = [told("VmStateChanged", "v", "Down", "Up", run_on=f"h{n}") for n in range(9)]
    drawn = lanes(story, 4, 3)
    assert (drawn.hosts, drawn.more) == (("h6", "h7", "h8"), 6)
    assert drawn.rows[0].strip() == ""
