"""What a vdsm host says by itself: partial, and with the host's own time."""

from typing import Any

import pytest

from vurti.decode import vdsm
from vurti.model import ExitReason, ExitStatus, PauseStatus, VmReport, VmStatus

ID = "9910d565-4127-4583-bacc-5bc787beba94"


def told(**fields: Any) -> VmReport:
    reports, _ = vdsm.vm_status_event({ID: fields, "notify_time": 4295120870})
    return reports[ID]


def test_a_bare_status_says_nothing_else() -> None:
    event = {ID: {"status": "Paused"}, "notify_time": 4295120870}
    assert vdsm.vm_status_event(event) == ({ID: VmReport(status=VmStatus.PAUSED)}, 4295120870)


def test_an_end_is_told_with_its_reason() -> None:
    ended = told(status="Down", exitCode=1, exitReason=2, exitMessage="Lost", timeOffset="0")
    assert ended == VmReport(
        status=VmStatus.DOWN,
        exit_status=ExitStatus.ERROR,
        exit_reason=ExitReason.LOST_QEMU_CONNECTION,
        exit_message="Lost",
    )


def test_an_end_without_a_reason_leaves_it_open() -> None:
    assert told(status="Down") == VmReport(status=VmStatus.DOWN)


def test_an_io_error_is_told_with_the_pause() -> None:
    error = {"alias": "virtio0", "name": "vda", "path": "/x"}
    paused = told(status="Paused", pauseCode="ENOSPC", ioerror=error)
    assert paused == VmReport(status=VmStatus.PAUSED, pause_status=PauseStatus.ENOSPC)


@pytest.mark.parametrize("answer", [-1, "-1"])
def test_a_monitor_below_zero_is_a_number_in_events(answer: object) -> None:
    assert told(status="Up", monitorResponse=answer).status is VmStatus.NOT_RESPONDING


def test_news_that_are_not_kept_are_no_news() -> None:
    assert vdsm.vm_status_event({ID: {"username": "root"}, "notify_time": 5}) == ({}, 5)


def test_a_field_of_a_wrong_type_spares_the_others() -> None:
    assert told(status="Up", vmName=["x"], pauseCode={}) == VmReport(status=VmStatus.UP)


@pytest.mark.parametrize(("time", "expected"), [("5", 5), (5.7, 5), ("", None), (None, None)])
def test_the_time_of_the_message(time: object, expected: int | None) -> None:
    assert vdsm.vm_status_event({ID: {"status": "Up"}, "notify_time": time})[1] == expected


def test_how_far_a_migration_is() -> None:
    event = {ID: {"progress": 42, "postcopy": True, "downtime": "12"}, "notify_time": 7}
    far = VmReport(migration_progress=42, migration_downtime_ms=12)
    assert vdsm.migration_event(event) == ({ID: far}, 7)
    assert vdsm.migration_event({ID: {"progress": "x"}}) == ({}, None)
    assert vdsm.migration_event({ID: {"progress": 250}})[0][ID].migration_progress == 100
    assert vdsm.migration_event({ID: {"progress": "7"}})[0][ID] == VmReport(migration_progress=7)


@pytest.mark.parametrize("event", [None, [], "x", {ID: "Up"}, {ID: None, "notify_time": 1},
                                   {"a\nb": {"status": "Up"}}])  # fmt: skip
def test_an_event_that_cannot_be_understood_is_the_documented_error(event: object) -> None:
    with pytest.raises(vdsm.VdsmDecodeError):
        vdsm.vm_status_event(event)
    with pytest.raises(vdsm.VdsmDecodeError):
        vdsm.migration_event(event)
