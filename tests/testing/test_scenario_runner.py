"""The runner itself: that it compares what is named, and that it fails when it should."""

from pathlib import Path
from typing import Any

import pytest

from tests.testing.scenarios import ran, told
from vurti.testing.scenarios import Verdict

CRASH: dict[str, Any] = {
    "given": {"vms": {"v1": {"status": "Up", "run_on": "A", "ha": True}}},
    "steps": [{"host": "A", "poll": {"v1": {"status": "Down", "exit_status": "Error"}}}],
}
GOOD: dict[str, Any] = {
    "vms": {"v1": {"status": "Down", "run_on": None, "exit_status": "Error"}},
    "hosts": {"A": {"status": "Up"}, "B": "unchanged", "D": "unknown_to_us"},
    "events": ["VM_DOWN_ERROR v1", "HA_VM_FAILED v1"],
    "never": ["VM_DOWN v1"],
    "intents": ["restart v1", "destroy v1 on A"],
    "never_intents": ["rerun v1"],
    "queries": [],
    "never_queries": ["caps A"],
    "met": [],
    "failed": [],
    "open": [],
    "state_written": ["v1"],
    "statistics_written": [],
    "zeroed": ["v1"],
    "stale": [],
}
WRONG: dict[str, Any] = {
    "vms": {"v1": {"status": "Up"}},
    "hosts": {"A": "unknown_to_us"},
    "events": ["HA_VM_FAILED v1", "VM_DOWN_ERROR v1"],
    "never": ["VM_DOWN v1", "HA_VM_FAILED v1"],
    "intents": ["destroy v1 on A"],
    "never_intents": ["restart v1"],
    "queries": ["caps A"],
    "met": ["v1"],
    "failed": ["v1"],
    "open": ["v1"],
    "state_written": [],
    "statistics_written": ["v2"],
    "zeroed": [],
    "stale": ["v1"],
    "next_at": 1.0,
}


def test_all_that_is_named_and_so_passes(tmp_path: Path) -> None:
    assert told(ran(tmp_path, **CRASH, then=GOOD)) == []


@pytest.mark.parametrize("word", list(WRONG))
def test_each_word_can_be_wrong(tmp_path: Path, word: str) -> None:
    result = ran(tmp_path, **CRASH, then={word: WRONG[word]})
    assert result.verdict is Verdict.FAIL
    assert len(result.differences) == 1


def test_what_differs_is_said_in_the_words_of_the_format(tmp_path: Path) -> None:
    then = {"vms": {"v1": {"run_on": "A", "exit_status": "Error"}}, "intents": []}
    assert told(ran(tmp_path, **CRASH, then=then)) == [
        ("v1 run_on", "A", "null"),
        ("intents", "[]", "[destroy v1 on A, restart v1]"),
    ]


def test_unchanged_names_each_field_that_changed(tmp_path: Path) -> None:
    result = ran(tmp_path, **CRASH, then={"vms": {"v1": "unchanged"}})
    assert {one.what for one in result.differences} >= {"v1 status", "v1 run_on", "v1 exit_status"}


def test_the_order_of_events_counts_within_a_thing_only(tmp_path: Path) -> None:
    down = {"status": "Down", "exit_status": "Normal"}
    two = {
        "given": {"vms": {vm: {"status": "Up", "run_on": "A", "ha": True} for vm in ("v1", "v2")}},
        "steps": [{"host": "A", "poll": {"v1": down, "v2": down}}],
    }
    swapped = ["VM_DOWN v2", "VM_DOWN v1"]
    assert ran(tmp_path, **two, then={"events": swapped}).verdict is Verdict.PASS
    again = ["VM_DOWN v1", "VM_DOWN v1", "VM_DOWN v2"]
    assert ran(tmp_path, **two, then={"events": again}).verdict is Verdict.FAIL


def test_each_compares_its_own_step_and_then_all_of_them(tmp_path: Path) -> None:
    steps = [*CRASH["steps"], {}]
    each = [{"events": GOOD["events"]}, {"events": [], "intents": []}]
    story = {**CRASH, "steps": steps}
    assert ran(tmp_path, **story, each=each).verdict is Verdict.PASS
    assert ran(tmp_path, **story, then={"events": GOOD["events"]}).verdict is Verdict.PASS
    wrong = ran(tmp_path, **story, each=[None, {"events": GOOD["events"]}])
    assert [one.step for one in wrong.differences] == [2]


def test_what_is_given_was_not_found_at_a_start(tmp_path: Path) -> None:
    given = {"hosts": {"A": {"status": "Connecting", "failures": 1, "last_ok": 990}}}
    then: dict[str, Any] = {"hosts": {"A": {"status": "Connecting", "failures": 1}}}
    assert ran(tmp_path, given=given, then={**then, "events": []}).verdict is Verdict.PASS
    found = ran(tmp_path, given=given, steps=[{"restart": True}], then=then)
    assert ("A status", "Connecting", "Unassigned") in told(found)


def test_timers_come_due_before_what_arrives_later(tmp_path: Path) -> None:
    given = {
        "hosts": {"A": {"status": "Up", "lists_ended": False}, "B": {"status": "Up"}},
        "vms": {"v1": {"status": "Up", "run_on": "A"}},
    }
    steps = [{"at": 1000, "host": "A", "poll": {}}, {"at": 1009}, {"at": 1010}]
    each = [
        {"vms": {"v1": {"status": "Unknown"}}, "next_at": 1010},
        {"vms": {"v1": {"status": "Unknown"}}},
        {"vms": {"v1": {"status": "Down"}}},
    ]
    assert told(ran(tmp_path, given=given, steps=steps, each=each)) == []


def test_what_arrives_comes_before_what_is_due_at_the_same_second(tmp_path: Path) -> None:
    given = {"vms": {"v1": {"status": "Up", "run_on": "A"}}, "expecting": [{"power_off": "v1"}]}
    steps = [{"at": 1000}, {"at": 1020, "host": "A", "poll": {}}]
    then = {"events": ["VM_DOWN v1"], "met": ["v1"]}
    assert told(ran(tmp_path, given=given, steps=steps, then=then)) == []


def test_nothing_leaves_while_the_database_fails(tmp_path: Path) -> None:
    steps = [{"database": "fails"}, *CRASH["steps"]]
    then = {"vms": {"v1": "unchanged"}, "events": [], "intents": [], "state_written": []}
    assert told(ran(tmp_path, **{**CRASH, "steps": steps}, then=then)) == []


def test_what_the_database_frees_counts_for_the_next_step_that_is_compared(tmp_path: Path) -> None:
    steps = [{"database": "fails"}, *CRASH["steps"], {"database": "works"}, {}]
    free = {"intents": ["destroy v1 on A", "restart v1"]}
    story = {**CRASH, "steps": steps}
    at_once: list[Any] = [None, {"intents": []}, free, {"intents": []}]
    assert told(ran(tmp_path, **story, each=at_once)) == []
    assert told(ran(tmp_path, **story, each=[None, {"intents": []}, None, free])) == []


def test_any_question_is_the_one_that_was_asked_last_and_is_open(tmp_path: Path) -> None:
    given = {"vms": {"v1": {"status": "Up", "run_on": "A", "has_tpm": True}}}
    down = {"host": "A", "poll": {"v1": {"status": "Down", "exit_status": "Normal"}}}
    missed = {"host": "A", "missed": "any", "because": "bad_reply"}
    three = [down, missed, down, missed, down, missed]
    then = {"vms": {"v1": {"status": "Down"}}}
    assert ran(tmp_path, given=given, steps=three, then=then).verdict is Verdict.PASS
    assert ran(tmp_path, given=given, steps=three[:-1], then=then).verdict is Verdict.FAIL


def test_events_of_whoever_migrates_count_only_where_they_are_named(tmp_path: Path) -> None:
    given = {
        "vms": {"v1": {"status": "MigratingFrom", "run_on": "A", "migrating_to": "B"}},
        "expecting": [{"migrate": "v1", "to": "B"}],
    }
    story = {"given": given, "steps": [{"host": "B", "push": {"v1": {"status": "Up"}}}]}
    for events in ([], ["VM_MIGRATION_DONE v1"]):
        assert told(ran(tmp_path, **story, then={"events": events})) == []


def test_a_number_in_the_place_of_a_vm_is_no_report_and_no_absence(tmp_path: Path) -> None:
    given = {"vms": {"v1": {"status": "Up", "run_on": "A"}}}
    for what in ("poll", "push"):
        steps = [{"host": "A", what: {"v1": 42}}]
        then = {"vms": {"v1": "unchanged"}, "state_written": []}
        assert told(ran(tmp_path, given=given, steps=steps, then=then)) == []


def test_a_scenario_about_the_cadence_of_another_engine_is_not_applicable(tmp_path: Path) -> None:
    result = ran(tmp_path, note="Cadence; each tick", then={"vms": {"v1": {"status": "Up"}}})
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "poll schedule" in result.reason


def test_a_mistake_of_ours_fails_the_scenario_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("vurti.testing.fold.decide", broken)
    result = ran(tmp_path, **CRASH, then=GOOD)
    assert (result.verdict, result.reason) == (Verdict.FAIL, "ZeroDivisionError: a bug")


def test_the_wall_clock_is_what_the_scenario_says(tmp_path: Path) -> None:
    given = {"settings": {"wall_clock": "yesterday"}}
    assert "no time: 'yesterday'" in ran(tmp_path, given=given).reason


def test_an_option_that_vurti_has_not_makes_a_scenario_not_applicable_but_at_its_default(
    tmp_path: Path,
) -> None:
    asked = {"settings": {"VdsRefreshRate": 30}}
    result = ran(tmp_path, given=asked)
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert result.reason.startswith("VdsRefreshRate is not a setting of vurti")
    assert ran(tmp_path, given={"settings": {"VdsRefreshRate": 3}}).verdict is Verdict.PASS


def test_what_is_not_kept_of_a_host_cannot_be_expected_of_it(tmp_path: Path) -> None:
    result = ran(tmp_path, then={"hosts": {"A": {"boot_id": "x"}}})
    assert (result.verdict, result.reason[:7]) == (Verdict.NOT_APPLICABLE, "boot_id")


def test_jobs_and_devices_are_compared_as_a_whole_and_of_each_what_is_named(tmp_path: Path) -> None:
    jobs = {"j1": {"cur": 1, "end": 9}, "j2": {"cur": 2, "end": 9}}
    disk = {"device": "disk", "managed": True, "address": "pci:1"}
    given = {"vms": {"v1": {"status": "Up", "run_on": "A", "jobs": jobs, "devices": [disk]}}}
    for then, verdict in [
        ({"jobs": {"j1": {"cur": 1}, "j2": {}}}, Verdict.PASS),
        ({"jobs": {"j1": {"cur": 1}}}, Verdict.FAIL),
        ({"jobs": {}}, Verdict.FAIL),
        ({"devices": [{"device": "disk", "address": "pci:1"}]}, Verdict.PASS),
        ({"devices": [{"device": "disk", "address": "pci:2"}]}, Verdict.FAIL),
        ({"devices": []}, Verdict.FAIL),
    ]:
        assert ran(tmp_path, given=given, then={"vms": {"v1": then}}).verdict is verdict, then
