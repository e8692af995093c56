"""The states of VMs as vdsm tells them, in every type that it was seen to use."""

import json
from typing import Any

import pytest
from msgspec import UNSET

from vurti.decode import vdsm
from vurti.model import (
    Absence,
    ExitReason,
    ExitStatus,
    PauseStatus,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)

ID, OTHER = "9910d565-4127-4583-bacc-5bc787beba94", "4c36aca1-577f-4533-987d-a8288faab149"


def told(**fields: Any) -> dict[str, Any]:
    return {"vmId": ID, "status": "Up", **fields}


def both(*records: Any) -> VmStatesAnswer:
    """The answer by way of JSON, which must be that by way of parsed values."""
    from_values = vdsm.vm_states(list(records))
    assert vdsm.vm_states_json(json.dumps(records).encode()) == from_values
    return from_values


def one(**fields: Any) -> VmReport:
    return both(told(**fields)).vms[ID]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Down", VmStatus.DOWN),
        ("Migration Destination", VmStatus.MIGRATING_TO),
        ("Migration Source", VmStatus.MIGRATING_FROM),
        ("Paused", VmStatus.PAUSED),
        ("Powering down", VmStatus.POWERING_DOWN),
        ("Powering up", VmStatus.POWERING_UP),
        ("RebootInProgress", VmStatus.REBOOT_IN_PROGRESS),
        ("Restoring state", VmStatus.RESTORING_STATE),
        ("Saving State", VmStatus.SAVING_STATE),
        ("Up", VmStatus.UP),
        ("WaitForLaunch", VmStatus.WAIT_FOR_LAUNCH),
        ("waitforlaunch", VmStatus.WAIT_FOR_LAUNCH),
        ("POWERING UP", VmStatus.POWERING_UP),
        ("", VmStatus.UNASSIGNED),
        ("Suspended", VmStatus.UNASSIGNED),  # a word of managers: no host may say it
        ("Dancing", VmStatus.UNASSIGNED),
    ],
)
def test_every_status_is_known_by_its_words(words: str, status: VmStatus) -> None:
    assert one(status=words).status is status


def test_a_vm_that_runs_has_the_defaults_of_what_is_not_told() -> None:
    assert both(told()).vms == {
        ID: VmReport(status=VmStatus.UP, pause_status=PauseStatus.NONE)
    }  # fmt: skip


def test_ended_vms_are_listed_so_one_that_is_missing_is_gone() -> None:
    answer = both(told())
    assert (answer.complete, answer.absence, answer.unreadable) == (True, Absence.GONE, ())
    assert both() == VmStatesAnswer({}, complete=True, absence=Absence.GONE)


@pytest.mark.parametrize("answer", ["-1", -1, "-1.00", -60.0])
@pytest.mark.parametrize("status", ["Up", "Powering up"])
def test_a_monitor_below_zero_is_a_vm_that_does_not_respond(status: str, answer: object) -> None:
    assert one(status=status, monitorResponse=answer).status is VmStatus.NOT_RESPONDING


@pytest.mark.parametrize("answer", ["0", 0, "0.00", "", "Unknown", None, True, "1", [], {"a": 1}])
def test_any_other_monitor_changes_nothing(answer: object) -> None:
    assert one(monitorResponse=answer).status is VmStatus.UP


@pytest.mark.parametrize("status", ["Paused", "Migration Source", "WaitForLaunch", "Dancing"])
def test_only_a_vm_that_is_up_can_be_stuck(status: str) -> None:
    assert one(status=status, monitorResponse="-1").status is not VmStatus.NOT_RESPONDING


@pytest.mark.parametrize(
    ("code", "pause"),
    [
        ("NOERR", PauseStatus.NOERR),
        ("ENOSPC", PauseStatus.ENOSPC),
        ("EIO", PauseStatus.EIO),
        ("EPERM", PauseStatus.EPERM),
        ("EOTHER", PauseStatus.EOTHER),
        ("POSTCOPY", PauseStatus.POSTCOPY),
        ("EWHAT", PauseStatus.NONE),
        ("", PauseStatus.NONE),
        (5, PauseStatus.NONE),
        (None, PauseStatus.NONE),
    ],
)
def test_why_a_vm_is_paused(code: object, pause: PauseStatus) -> None:
    assert one(status="Paused", pauseCode=code).pause_status is pause


def test_a_pause_code_left_over_from_a_pause_says_nothing_of_a_vm_that_runs() -> None:
    assert one(pauseCode="ENOSPC").pause_status is PauseStatus.NONE


@pytest.mark.parametrize(
    ("time", "expected"),
    [("2157483647", 2157483647), (5, 5), ("5.00", 5), ("", UNSET), (None, UNSET), ([], UNSET)],
)
def test_the_hosts_own_clock_is_text_that_is_a_number(time: object, expected: object) -> None:
    told = vdsm.vm_states([{"vmId": ID, "status": "Up", "statusTime": time}])
    assert told.times.get(ID, UNSET) == expected
    assert told.vms[ID].status_time is UNSET


REASONS = [
    "Success", "GenericError", "LostQEMUConnection", "LibvirtStartFailed", "MigrationSucceeded",
    "SaveStateSucceeded", "AdminShutdown", "UserShutdown", "MigrationFailed",
    "LibvirtDomainMissing", "DestroyedOnStartup", "HostShutdown", "PostcopyMigrationFailed",
    "DestroyedOnReboot", "DestroyedOnResume",
]  # fmt: skip


@pytest.mark.parametrize(("code", "reason"), list(enumerate(REASONS)))
def test_every_reason_to_end_has_its_number(code: int, reason: str) -> None:
    assert one(status="Down", exitReason=code).exit_reason is ExitReason(reason)
    assert one(status="Down", exitReason=str(code)).exit_reason is ExitReason(reason)


@pytest.mark.parametrize("code", [15, -1, 99, "x", None, True, [], 2**70])
def test_a_reason_out_of_range_is_unknown(code: object) -> None:
    assert one(status="Down", exitReason=code).exit_reason is ExitReason.UNKNOWN


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0, ExitStatus.NORMAL),
        (1, ExitStatus.ERROR),
        ("0", ExitStatus.NORMAL),
        ("1", ExitStatus.ERROR),
        (2, ExitStatus.UNKNOWN),
        (None, ExitStatus.UNKNOWN),
        (False, ExitStatus.UNKNOWN),
    ],
)
def test_how_a_vm_ended(code: object, status: ExitStatus) -> None:
    assert one(status="Down", exitCode=code).exit_status is status


def test_a_vm_that_ended_without_a_word_ended_one_does_not_know_how() -> None:
    ended = one(status="Down")
    assert (ended.exit_status, ended.exit_reason) == (ExitStatus.UNKNOWN, ExitReason.UNKNOWN)
    assert ended.exit_message == ""


def test_exit_fields_mean_nothing_while_a_vm_runs() -> None:
    running = one(exitCode=1, exitReason=2, exitMessage="Lost connection")
    assert {running.exit_status, running.exit_reason, running.exit_message} == {UNSET}


def test_old_hosts_tell_by_words_that_a_vm_went_elsewhere() -> None:
    ended = one(status="Down", exitCode=0, exitMessage="Migration succeeded")
    assert ended.exit_reason is ExitReason.MIGRATION_SUCCEEDED
    ended = one(status="Down", exitCode=0, exitMessage="Migration succeeded", exitReason=7)
    assert ended.exit_reason is ExitReason.USER_SHUTDOWN  # the number counts where there is one


def test_the_texts_of_guests_are_data() -> None:
    name = "a\x1b[31m\n<b>'; DROP TABLE vm; --\u202e"
    assert one(vmName=name).name == name
    assert one(status="Down", exitMessage=name).exit_message == name


@pytest.mark.parametrize(
    "odd",
    [
        {"vmId": OTHER},
        {"vmId": OTHER, "status": None},
        {"vmId": OTHER, "status": 5},
        {"vmId": OTHER, "status": ["Up"]},
    ],
)
def test_contract_18_one_bad_vm_record_of_vdsm_spares_the_others(odd: Any) -> None:
    answer = both(odd, told())
    assert (list(answer.vms), answer.unreadable, answer.complete) == ([ID], (OTHER,), True)


@pytest.mark.parametrize(
    "odd",
    [None, 5, "Up", [], [told()], {}, {"status": "Up"}, {"vmId": None, "status": "Up"},
     {"vmId": "", "status": "Up"}, {"vmId": 5, "status": "Up"}, {"vmId": "x" * 65, "status": "Up"},
     {"vmId": "a\nb", "status": "Up"}, {"vmId": "a\0", "status": "Up"}],
)  # fmt: skip
def test_contract_2_a_record_without_an_id_could_be_of_any_vm_that_seems_to_be_missing(
    odd: Any,
) -> None:
    answer = both(odd, told())
    assert (list(answer.vms), answer.unreadable, answer.complete) == ([ID], ("",), False)


def test_a_field_of_a_wrong_type_is_as_one_that_was_not_told() -> None:
    odd = one(vmName={"a": 1}, pauseCode=["EIO"], statusTime={}, status="Paused")
    assert odd == VmReport(status=VmStatus.PAUSED, pause_status=PauseStatus.NONE)


LONE = b'[{"vmId":"%s","status":"Up","vmName":"a\\ud800"},{"vmId":"%s","status":"Up"}]'
LATIN = b'[{"vmId":"%s","status":"Up","vmName":"a\xfc"},{"vmId":"%s","status":"Up"}]'


@pytest.mark.parametrize("body", [LONE, LATIN])
def test_bytes_that_are_no_text_spoil_one_name_and_no_answer(body: bytes) -> None:
    answer = vdsm.vm_states_json(body % (ID.encode(), OTHER.encode()))
    assert list(answer.vms) == [ID, OTHER]
    assert answer.vms[ID].name == "a\ufffd"


def test_half_a_surrogate_pair_may_stand_in_the_name_of_a_field() -> None:
    assert one(vmName="a", **{"b\ud800": 1}) == one(vmName="a")


def test_what_is_not_kept_may_be_anything() -> None:
    assert one(hash=None, guestIPs=["x"], appsList={}, vmJobs=5, network=7, disks="no") == one()


@pytest.mark.parametrize("body", [b"", b"{", b"nothing", b'{"a":1}', b"null", b"5", b'"Up"',
                                  b"[" * 100_000, b"[NaN", b"\xff\xfe"])  # fmt: skip
def test_a_reply_of_another_shape_is_the_documented_error(body: bytes) -> None:
    with pytest.raises(vdsm.VdsmDecodeError):
        vdsm.vm_states_json(body)


def test_both_shapes_of_the_list_of_vms() -> None:
    assert vdsm.vm_list([ID, OTHER]) == [ID, OTHER]
    listed = vdsm.vm_list([{"vmId": ID, "status": "Up", "statusTime": "7"}])
    assert listed == VmStatesAnswer({ID: VmReport(status=VmStatus.UP)}, times={ID: 7})
    assert vdsm.vm_list([]) == VmStatesAnswer({})


def test_a_list_tells_nothing_but_the_status() -> None:
    listed = vdsm.vm_list([{"vmId": ID, "status": "Down"}])
    assert listed == VmStatesAnswer({ID: VmReport(status=VmStatus.DOWN)})


def test_a_list_of_something_else_is_the_documented_error() -> None:
    with pytest.raises(vdsm.VdsmDecodeError, match="not str"):
        vdsm.vm_list("abc")


def test_a_name_and_a_reason_of_a_megabyte_are_cut() -> None:
    long = "\u202e" * 1_000_000
    told_of = one(vmName=long, status="Down", exitMessage=long)
    assert told_of.name == long[:255]
    assert told_of.exit_message == long[:1000]
