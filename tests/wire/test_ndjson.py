"""Events for other programs: one safe line each, with the keys that the contract names."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from vurti.events import Event, Mark, event
from vurti.model import (
    ExitReason,
    ExitStatus,
    Hardware,
    NonOperationalReason,
    PauseStatus,
    Vds,
    VdsStatus,
    Vm,
    VmDevice,
    VmStatus,
)
from vurti.wire.ndjson import inert_json, line, rfc3339

UP = Vm("vm1", "web", VmStatus.UP, run_on="alpha")
WHEN = {"id": "s.1.n.vm1.4", "seq": 4, "seq_first": 4, "observed_at": 1_767_225_600.0625}


def told(made: Event | None, committed_at: float | None = 1_767_225_601.0) -> dict[str, Any]:
    assert made is not None
    read: dict[str, Any] = json.loads(line(made, committed_at, "east"))
    return read


def test_a_change_of_state_has_the_keys_of_the_contract_and_no_more() -> None:
    paused = Vm("vm1", "web", VmStatus.PAUSED, "alpha", pause_status=PauseStatus.ENOSPC)
    made = event(UP, paused, reason="disk full", rule="7.2 status", host="alpha", **WHEN)
    assert told(made) == {
        "id": "s.1.n.vm1.4",
        "seq": 4,
        "kind": "VmStateChanged",
        "severity": "normal",
        "vm": "vm1",
        "name": "web",
        "cluster": "east",
        "host": "alpha",
        "before": "Up",
        "after": "Paused",
        "run_on": "alpha",
        "pause_status": "ENOSPC",
        "changed": ["pause_status"],
        "reason": "disk full",
        "rule": "7.2 status",
        "observed_at": "2026-01-01T00:00:00.062Z",
        "committed_at": "2026-01-01T00:00:01.000Z",
    }


def test_where_a_vm_is_and_where_it_is_going_is_told_whoever_speaks_of_it() -> None:
    leaving = Vm("vm1", "web", VmStatus.MIGRATING_FROM, "alpha", migrating_to="beta")
    down = Vm("vm1", "web", VmStatus.DOWN)
    going = told(event(UP, leaving, host="beta", **WHEN))
    assert (going["host"], going["run_on"], going["migrating_to"]) == ("beta", "alpha", "beta")
    assert {"run_on", "migrating_to"}.isdisjoint(told(event(leaving, down, host="alpha", **WHEN)))


def test_an_event_that_is_not_committed_has_no_time_of_commit() -> None:
    assert "committed_at" not in told(event(None, UP, **WHEN), None)


def test_ends_that_are_not_there_are_null() -> None:
    assert told(event(None, UP, **WHEN))["before"] is None
    assert told(event(UP, None, **WHEN))["after"] is None


def test_that_there_are_none_any_more_is_told_too() -> None:
    tablet = VmDevice("tablet", id="1", managed=True)
    with_one = replace(UP, hardware=Hardware(devices=(tablet,)))
    made = told(event(with_one, replace(UP, hardware=Hardware(devices=())), **WHEN))
    assert (made["kind"], made["devices"]) == ("VmDevicesChanged", 0)


def test_a_migration_names_both_hosts() -> None:
    there = Vm("vm1", "web", VmStatus.UP, run_on="beta")
    made = told(event(UP, there, (Mark.MIGRATED,), **WHEN))
    assert (made["kind"], made["from"], made["to"]) == ("VmMigrated", "alpha", "beta")
    assert made["marks"] == ["migrated"]


def test_the_end_of_a_vm_says_how_and_why() -> None:
    down = Vm(
        "vm1", "web", VmStatus.DOWN, exit_status=ExitStatus.ERROR,
        exit_reason=ExitReason.LOST_QEMU_CONNECTION, exit_message="killed",
    )  # fmt: skip
    made = told(event(UP, down, (Mark.CRASHED,), **WHEN))
    ended = (made["exit_status"], made["exit_reason"], made["exit_message"])
    assert ended == ("Error", "LostQEMUConnection", "killed")


@pytest.mark.parametrize(
    ("marks", "severity"),
    [
        ((Mark.REBOOTED,), "normal"),
        ((Mark.REBOOTED, Mark.WATCHDOG), "warning"),
        ((Mark.CRASHED, Mark.WATCHDOG, Mark.HA_FAILED), "error"),
    ],
)
def test_a_line_is_as_severe_as_the_worst_of_its_marks(
    marks: tuple[Mark, ...], severity: str
) -> None:
    assert told(event(UP, UP, marks, **WHEN))["severity"] == severity


def test_marks_have_the_names_of_the_specification_beside_them() -> None:
    down = Vm("vm1", "web", VmStatus.DOWN)
    marks = (Mark.CRASHED, Mark.ENDED_WITH_ERROR, Mark.HA_FAILED)
    made = told(event(UP, down, marks, **WHEN))
    assert made["spec"] == ["VM_DOWN_ERROR", "HA_VM_FAILED"]


def test_devices_that_came_and_went_are_named() -> None:
    disk, nic, cd = VmDevice("disk", "d1"), VmDevice("interface", "n1"), VmDevice("disk", "cd")
    before = Vm("vm1", "web", VmStatus.UP, "alpha", hardware=Hardware("a", (disk, cd)))
    after = Vm("vm1", "web", VmStatus.UP, "alpha", hardware=Hardware("b", (disk, nic)))
    made = told(event(before, after, **WHEN))
    assert (made["kind"], made["devices"], made["changed"]) == ("VmDevicesChanged", 2, ["hardware"])
    assert made["plugged"] == [{"kind": "interface", "id": "n1"}]
    assert made["unplugged"] == [{"kind": "disk", "id": "cd"}]


def test_the_end_of_an_expectation_says_how_it_came_out() -> None:
    made = told(event(UP, UP, (Mark.EXPECTATION_EXPIRED,), **WHEN))
    assert (made["kind"], made["outcome"]) == ("VmExpectationEnded", "expired")


def test_a_sum_says_what_it_stands_for() -> None:
    down = Vm("vm1", "web", VmStatus.DOWN)
    made = event(
        UP, down, id="i", seq=9, seq_first=6, passed=("Paused",), times=3, restart=True,
        marks=(Mark.REBOOTED,), observed_at=0.0,
    )  # fmt: skip
    read = told(made)
    summed = {key: read[key] for key in ("seq", "seq_first", "passed", "times", "restart", "marks")}
    assert summed == {
        "seq": 9, "seq_first": 6, "passed": ["Paused"], "times": 3, "restart": True,
        "marks": ["rebooted"],
    }  # fmt: skip


def test_a_host_is_named_as_host_with_its_own_cluster() -> None:
    before = Vds("alpha", "west", VdsStatus.UP)
    reason = NonOperationalReason.GENERAL
    made = told(event(before, Vds("alpha", "west", VdsStatus.NON_OPERATIONAL, reason), **WHEN))
    assert "vm" not in made
    assert (made["host"], made["cluster"]) == ("alpha", "west")
    assert made["non_operational_reason"] == "GENERAL"


@given(st.text(), st.text(), st.text())
def test_whatever_a_guest_is_called_the_line_is_one_printable_line_that_reads_back(
    name: str, reason: str, cluster: str
) -> None:
    made = event(None, Vm("vm1", name), reason=reason, **WHEN)
    assert made is not None
    text = line(made, None, cluster)
    assert text.isprintable()
    assert json.loads(text)["name"] == name if name else "name" not in json.loads(text)
    assert json.loads(text)["reason"] == reason


@pytest.mark.parametrize(
    ("wall", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_599.9996, "2026-01-01T00:00:00.000Z"),
        (1_767_225_600.001, "2026-01-01T00:00:00.001Z"),
    ],
)
def test_times_are_utc_with_milliseconds(wall: float, text: str) -> None:
    assert rfc3339(wall) == text


@given(st.floats(-2e9, 8e9) | st.integers(0, 10**13).map(lambda number: number / 2000))
def test_a_time_is_rounded_to_the_next_millisecond(wall: float) -> None:
    """Until 2223: a float has microseconds until then, and so has datetime all of them."""
    near = datetime.fromtimestamp(round(wall, 3), UTC)
    assert rfc3339(wall) == near.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@given(st.text(st.characters(max_codepoint=0x7F)) | st.text())
def test_json_of_any_text_is_printable_and_says_the_same(text: str) -> None:
    told = inert_json({text: text})
    assert told.isprintable()
    assert json.loads(told) == {text: text}


@pytest.mark.parametrize("one", ["\x00", "\x1b", "\x7f", "\x9b", "\u2028", "\u202e"])
def test_what_a_terminal_obeys_is_escaped_in_json(one: str) -> None:
    assert inert_json([one]) == f'["\\u{ord(one):04x}"]'
