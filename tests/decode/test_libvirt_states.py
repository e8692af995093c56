"""libvirt's states and reasons as statuses, by the table; and what a state leaves open."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.decode.libvirt import Doubt, Note, doubts, states
from vurti.model import Absence, Begun, ExitReason, ExitStatus, PauseStatus, VmReport, VmStatus
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import DomainStats, Value

UUID_BYTES = UUID(int=1).bytes
ID = str(UUID(int=1))


def record(state: Value, reason: Value = 0, number: int = 1, name: str = "vm") -> DomainStats:
    domain = DomainRef(name, UUID(int=number).bytes, 4)
    return DomainStats(domain, {"state.state": state, "state.reason": reason})


def polled(state: Value, reason: Value, note: Note | None = None) -> VmReport:
    return states([record(state, reason)], {ID: note} if note else {}).vms[ID]


U, P = VmStatus.UP, VmStatus.PAUSED


@pytest.mark.parametrize(
    ("state", "reason", "status", "pause"),
    [
        (1, 1, U, "NONE"), (1, 5, U, "NONE"), (2, 0, U, "NONE"),
        (3, 0, P, "NOERR"), (3, 1, P, "NOERR"), (3, 4, P, "NOERR"), (3, 7, P, "NOERR"),
        (3, 3, VmStatus.SAVING_STATE, "NONE"), (3, 5, P, "EIO"), (3, 6, P, "EOTHER"),
        (3, 10, P, "EOTHER"), (3, 12, P, "POSTCOPY"), (3, 13, P, "EOTHER"),
        (3, 2, VmStatus.MIGRATING_TO, "NONE"), (3, 11, VmStatus.WAIT_FOR_LAUNCH, "NONE"),
        (4, 0, VmStatus.POWERING_DOWN, "NONE"), (5, 1, VmStatus.DOWN, "NONE"),
        (6, 1, P, "EOTHER"), (7, 0, VmStatus.SUSPENDED, "NONE"),
    ],
)  # fmt: skip
def test_each_state_has_its_status(state: int, reason: int, status: VmStatus, pause: str) -> None:
    report = polled(state, reason)
    assert (report.status, report.pause_status) == (status, PauseStatus(pause))
    assert report.name == "vm"


@pytest.mark.parametrize(
    ("reason", "status", "why"),
    [
        (0, ExitStatus.UNKNOWN, ExitReason.UNKNOWN),
        (1, ExitStatus.NORMAL, ExitReason.USER_SHUTDOWN),
        (2, ExitStatus.NORMAL, ExitReason.ADMIN_SHUTDOWN),
        (3, ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION),
        (4, ExitStatus.NORMAL, ExitReason.MIGRATION_SUCCEEDED),
        (5, ExitStatus.NORMAL, ExitReason.SAVE_STATE_SUCCEEDED),
        (6, ExitStatus.ERROR, ExitReason.LIBVIRT_START_FAILED),
        (99, ExitStatus.UNKNOWN, ExitReason.UNKNOWN),
    ],
)
def test_each_way_to_be_shut_off_has_its_reason(
    reason: int, status: ExitStatus, why: ExitReason
) -> None:
    report = polled(5, reason)
    assert (report.exit_status, report.exit_reason) == (status, why)


@pytest.mark.parametrize(("reason", "begun"), [(1, "booted"), (2, "migrated"), (3, "restored")])
def test_a_running_vm_tells_how_its_run_began(reason: int, begun: str) -> None:
    assert polled(1, reason).begun is Begun(begun)


def test_notes_settle_what_a_state_leaves_open() -> None:
    assert polled(3, 5, Note(PauseStatus.ENOSPC)).pause_status is PauseStatus.ENOSPC
    assert polled(3, 2, Note(arriving=True)).status is VmStatus.MIGRATING_TO
    assert polled(3, 2, Note(arriving=False)).status is VmStatus.MIGRATING_FROM
    assert polled(3, 11, Note(arriving=True)).status is VmStatus.MIGRATING_TO
    assert polled(3, 11, Note(arriving=False)).status is VmStatus.WAIT_FOR_LAUNCH


def test_a_poll_repeats_the_ending_that_a_push_knew_better() -> None:
    ending = VmReport(status=VmStatus.DOWN, exit_message="watchdog power-off")
    assert polled(5, 3, Note(ending=ending)).exit_message == "watchdog power-off"
    assert polled(1, 1, Note(ending=ending)).status is VmStatus.UP


def test_doubts_are_the_errno_and_the_side_of_a_migration() -> None:
    records = [record(3, reason, number=reason) for reason in range(12)]
    found = {domain.uuid[-1]: doubt for domain, doubt in doubts(records)}
    assert found == {2: Doubt.SIDE, 5: Doubt.ERRNO, 11: Doubt.SIDE}
    assert doubts([record(1, 5), record("3", 5), record(3, "5")]) == []


def test_contract_18_one_bad_record_is_named_and_spares_the_others() -> None:
    answer = states([record(1, 1), record(99, 0, 2), record("up", 0, 3), record(True, 0, 4)], {})
    assert set(answer.vms) == {ID}
    assert answer.unreadable == tuple(str(UUID(int=number)) for number in (2, 3, 4))


def test_a_complete_answer_does_not_explain_an_absence() -> None:
    answer = states([], {})
    assert answer.complete
    assert answer.absence is Absence.UNEXPLAINED


VALUES = st.one_of(st.integers(-2, 20), st.text(max_size=3), st.floats(), st.booleans())


@given(st.lists(st.tuples(VALUES, VALUES), max_size=5))
def test_every_vm_listed_is_reported_or_unreadable(pairs: list[tuple[Value, Value]]) -> None:
    records = [record(*pair, number=number) for number, pair in enumerate(pairs)]
    answer = states(records, {})
    assert {*answer.vms, *answer.unreadable} == {str(UUID(int=n)) for n in range(len(pairs))}
    assert not set(answer.vms) & set(answer.unreadable)
    doubts(records)


def test_a_name_of_a_megabyte_is_cut() -> None:
    long = "x" * 1_000_000
    (told,) = states([record(1, name=long)], {}).vms.values()
    assert told.name == long[:255]
