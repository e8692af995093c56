"""libvirt's messages as reports, and the ones that only make sense after others."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from vurti.decode.libvirt import Listener, Note
from vurti.model import Begun, ExitReason, ExitStatus, PauseStatus, VmReport, VmStatus
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import Closed, IoError, Lifecycle, Message, Reboot, Watchdog

VM = DomainRef("vm", UUID(int=1).bytes, 4)
OTHER = DomainRef("other", UUID(int=2).bytes, 5)
ID = str(UUID(int=1))


def last(*messages: Message) -> VmReport | None:
    listener = Listener()
    told = [listener.report(message) for message in messages]
    return told[-1][1] if told[-1] is not None else None


def turn(event: int, detail: int, domain: DomainRef = VM) -> Lifecycle:
    return Lifecycle(domain, event, detail)


@pytest.mark.parametrize(
    ("event", "detail", "status", "pause", "begun"),
    [
        (2, 0, "Up", "NONE", Begun.BOOTED), (2, 1, "MigratingTo", "NONE", Begun.MIGRATED),
        (2, 2, "Up", "NONE", Begun.RESTORED), (2, 3, "Up", "NONE", Begun.RESTORED),
        (3, 0, "Paused", "NOERR", UNSET), (3, 1, "MigratingFrom", "NONE", UNSET),
        (3, 2, "Paused", "EIO", UNSET), (3, 3, "Paused", "EOTHER", UNSET),
        (3, 4, "Paused", "NOERR", UNSET), (3, 5, "Paused", "NOERR", UNSET),
        (4, 0, "Up", "NONE", UNSET), (4, 1, "Up", "NONE", Begun.MIGRATED),
        (6, 0, "PoweringDown", "NONE", UNSET), (7, 0, "Suspended", "NONE", UNSET),
    ],
)  # fmt: skip
def test_each_turn_of_a_life_has_its_status(
    event: int, detail: int, status: str, pause: str, begun: object
) -> None:
    report = last(turn(event, detail))
    assert report is not None
    assert (report.status, report.pause_status) == (VmStatus(status), PauseStatus(pause))
    assert report.begun is begun


@pytest.mark.parametrize(
    ("detail", "status", "why"),
    [
        (0, ExitStatus.NORMAL, ExitReason.USER_SHUTDOWN),
        (1, ExitStatus.NORMAL, ExitReason.ADMIN_SHUTDOWN),
        (2, ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION),
        (3, ExitStatus.NORMAL, ExitReason.MIGRATION_SUCCEEDED),
        (4, ExitStatus.NORMAL, ExitReason.SAVE_STATE_SUCCEEDED),
        (5, ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION),
    ],
)
def test_each_stop_has_its_reason(detail: int, status: ExitStatus, why: ExitReason) -> None:
    report = last(turn(5, detail))
    assert report is not None
    assert (report.status, report.exit_status) == (VmStatus.DOWN, status)
    assert report.exit_reason is why


@pytest.mark.parametrize(
    ("word", "pause"),
    [
        ("enospc", "ENOSPC"),
        ("eio", "EIO"),
        ("eperm", "EPERM"),
        ("eacces", "EPERM"),
        ("x", "EOTHER"),
    ],
)
def test_a_vm_stops_for_the_errno_told_before(word: str, pause: str) -> None:
    report = last(IoError(VM, "/d", "hda", 1), IoError(VM, "/d", "hda", 1, word), turn(3, 2))
    assert report is not None
    assert report.pause_status is PauseStatus(pause)


def test_an_errno_is_forgotten_once_the_vm_runs_on() -> None:
    report = last(IoError(VM, "/d", "hda", 1, "enospc"), turn(4, 0), turn(3, 2))
    assert report is not None
    assert report.pause_status is PauseStatus.EIO


def test_a_stop_after_the_watchdogs_power_off_is_not_a_crash() -> None:
    report = last(Watchdog(VM, 3), turn(5, 5))
    assert report is not None
    assert (report.exit_reason, report.exit_message) == (
        ExitReason.GENERIC_ERROR,
        "watchdog power-off",
    )


@pytest.mark.parametrize("before", [Watchdog(VM, 2), Watchdog(OTHER, 3)])
def test_a_stop_after_another_watchdog_is_a_crash(before: Message) -> None:
    report = last(before, turn(5, 5))
    assert report is not None
    assert report.exit_reason is ExitReason.LOST_QEMU_CONNECTION


def test_a_panic_is_told_with_the_stop_that_follows_it_and_not_with_a_later_one() -> None:
    panic = (turn(8, 0), turn(5, 2))
    assert last(turn(8, 0)) is None
    report = last(*panic)
    assert report is not None
    assert report.exit_message == "guest panicked"
    later = last(*panic, turn(2, 0), turn(5, 2))
    assert later is not None
    assert later.exit_message == ""


def test_a_reboot_and_a_watchdog_say_nothing_of_a_state() -> None:
    assert last(Reboot(VM)) == VmReport(name="vm", rebooted=True)
    assert last(Watchdog(VM, 2)) == VmReport(name="vm", watchdog="reset")
    assert last(Watchdog(VM, 77)) == VmReport(name="vm", watchdog="action 77")


def test_definitions_and_lost_drivers_say_nothing_of_a_vm() -> None:
    assert last(turn(0, 0)) is None
    assert last(turn(1, 0)) is None
    assert last(Closed(1)) is None


def test_only_the_vms_still_listed_are_remembered() -> None:
    listener = Listener()
    listener.report(turn(5, 0))
    assert listener.note(ID).ending is not None
    listener.keep(frozenset({ID}))
    assert listener.note(ID).ending is not None
    listener.keep(frozenset())
    assert listener.note(ID) == Note()


MESSAGES = st.one_of(
    st.builds(Lifecycle, st.just(VM), st.integers(-1, 12), st.integers(-1, 12)),
    st.builds(Watchdog, st.just(VM), st.integers(-1, 9)),
    st.builds(IoError, st.just(VM), st.just(""), st.just(""), st.just(0), st.text(max_size=6)),
    st.builds(Reboot, st.just(VM)),
)


@given(st.lists(MESSAGES))
def test_any_story_can_be_told_and_only_a_stop_is_down(story: list[Message]) -> None:
    listener = Listener()
    for message in story:
        told = listener.report(message)
        stopped = isinstance(message, Lifecycle) and message.event == 5
        assert (told is not None and told[1].status is VmStatus.DOWN) is stopped
