"""What else is told of a VM: its guest, devices, jobs, memory, migration, and how it is let go."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.decide import Rules
from vurti.decide.vm.hardware import merged_devices
from vurti.events import Mark, VmAlerted, VmDevicesChanged, VmWatchdogFired
from vurti.model import (
    Awaited,
    Balloon,
    Cluster,
    Decision,
    ExitReason,
    ExitStatus,
    Expect,
    Guest,
    GuestNic,
    Hardware,
    Host,
    IntentKind,
    Job,
    Miss,
    Missed,
    Question,
    Reload,
    Snapshot,
    Vm,
    VmDevice,
    VmDevicesAnswer,
    VmExternalDataAnswer,
    VmFacts,
    VmNicFacts,
    VmReport,
    VmStatistics,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.testing.fold import Fold, down, report

S = VmStatus
UP_ON_A = Vm("v", status=S.UP, run_on="A")


def known(fold: Fold, *facts: VmFacts, ballooning: bool = False) -> None:
    hosts = tuple(Host(name, cluster="east") for name in "ABC")
    fold.give(Reload(hosts, facts, (Cluster("east", ballooning),)))


def marks(decision: Decision) -> list[Mark]:
    return [mark for event in decision.events for mark in event.marks]


def guest(fold: Fold) -> Guest:
    vm = fold.vm("v")
    assert vm is not None
    return vm.guest


# ------------------------------------------------------------------ the guest and its console


def test_what_a_guest_does_not_tell_for_a_moment_is_kept() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A", guest=Guest(client_ip="192.0.2.1", os="Linux")))
    assert fold.poll("A", v=report(S.UP, guest=Guest(host_name="web"))).events
    assert guest(fold) == Guest(host_name="web", client_ip="192.0.2.1", os="Linux")


@pytest.mark.parametrize(
    ("before", "told", "expected"),
    [
        (None, "192.0.2.1", []),
        ("192.0.2.1", "192.0.2.1", []),
        ("192.0.2.1", "192.0.2.2", [Mark.CONSOLE_CONNECTED]),
        ("192.0.2.1", "", [Mark.CONSOLE_DISCONNECTED]),
        ("", "192.0.2.1", [Mark.CONSOLE_CONNECTED]),
        ("192.0.2.1", None, []),
    ],
)
def test_another_console_client_is_news(
    before: str | None, told: str | None, expected: list[Mark]
) -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A", guest=Guest(client_ip=before)))
    assert marks(fold.poll("A", v=report(S.UP, guest=Guest(client_ip=told)))) == expected


@pytest.mark.parametrize("name", ["localhost", " localhost.localdomain ", ""])
def test_a_guest_that_calls_itself_localhost_has_no_name(name: str) -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A", guest=Guest(fqdn="web.example")))
    fold.poll("A", v=report(S.UP, guest=Guest(fqdn=name)))
    assert guest(fold).fqdn is None


def test_the_applications_of_a_guest_are_those_that_it_told_while_it_was_up() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A", guest=Guest(app_list="a,b")))
    fold.poll("A", v=report(S.POWERING_UP, guest=Guest(app_list="")))
    assert guest(fold).app_list == "a,b"


def test_addresses_are_those_of_the_cards_that_the_manager_gave_a_network() -> None:
    fold = Fold(UP_ON_A)
    known(fold, VmFacts("v", nics=(VmNicFacts("AA:01", "net"), VmNicFacts("aa:02"))))
    nics = (
        GuestNic("eth0", "aa:01", ("10.0.0.5", "10.0.0"), ("fe80::1%eth0", "::g")),
        GuestNic("eth1", "aa:02", ("10.0.0.6",)),
        GuestNic("lo", "", ("127.0.0.1",)),
        GuestNic("veth0ab", "aa:01", ("172.17.0.1",)),
    )
    fold.poll("A", v=report(S.UP, guest_nics=nics))
    assert guest(fold).ip == "10.0.0.5 fe80::1"


@pytest.mark.parametrize("name", ["lo", "lo0", "Loopback Pseudo-Interface 1", "tun0", "vethab12"])
def test_an_interface_that_leads_nowhere_has_no_address_of_the_vm(name: str) -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=report(S.UP, guest_nics=(GuestNic(name, "aa:01", ("10.0.0.5",)),)))
    assert guest(fold).ip is None


def test_a_vm_that_is_down_has_no_address_console_or_boot_time_and_keeps_its_system() -> None:
    told = Guest("web", "web.example", "10.0.0.5", "Linux", "a", "192.0.2.1")
    fold = Fold(Vm("v", status=S.UP, run_on="A", guest=told, boot_time=500.0))
    fold.poll("A", v=down())
    assert guest(fold) == Guest(host_name="web", os="Linux", app_list="a")
    vm = fold.vm("v")
    assert vm is not None
    assert vm.boot_time is None


# ------------------------------------------------------------------ watchdog


def test_a_watchdog_that_tells_when_it_fired_is_news_once() -> None:
    fold = Fold(UP_ON_A)
    fired = report(S.UP, watchdog="reset", watchdog_time=200.0)
    assert [type(event) for event in fold.poll("A", v=fired).events] == [VmWatchdogFired]
    fold.push("A", v=S.PAUSED)
    assert Mark.WATCHDOG not in marks(fold.poll("A", v=fired))
    later = report(S.UP, watchdog="reset", watchdog_time=201.0)
    assert marks(fold.poll("A", v=later)) == [Mark.WATCHDOG]


# ------------------------------------------------------------------ devices and LUNs


def devices(fold: Fold, *told: VmDevice, host: str = "A") -> Decision:
    fold.at += 1
    return fold.give(Snapshot(host, fold.at, VmDevicesAnswer({"v": told})))


def test_another_hash_asks_for_the_devices_and_counts_once_they_are_told() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A", hardware=Hardware("1")))
    asked = fold.poll("A", v=report(S.UP, device_hash="2"))
    assert [(q.question, q.vms) for q in asked.queries] == [("devices", ("v",))]
    assert asked.events == ()
    (event,) = devices(fold, VmDevice("disk", address="pci:1")).events
    assert isinstance(event, VmDevicesChanged)
    vm = fold.vm("v")
    assert vm is not None
    assert vm.hardware.hash == "2"
    assert "disk" in event.reason


def test_the_same_hash_asks_for_nothing() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A", hardware=Hardware("1")))
    assert fold.poll("A", v=report(S.UP, device_hash="1")).queries == ()


def test_a_report_that_is_older_than_the_question_does_not_ask_again() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=report(S.UP, device_hash="2"), started=1000.5)
    stale = fold.poll("A", v=report(S.PAUSED, device_hash="3"), started=1000.4)
    assert stale.queries == ()


def test_the_devices_of_all_vms_of_one_answer_are_one_question() -> None:
    fold = Fold(UP_ON_A, Vm("w", status=S.UP, run_on="A"))
    told = {"v": report(S.UP, device_hash="1"), "w": report(S.UP, device_hash="1")}
    (query,) = fold.poll("A", **told).queries
    assert query.vms == ("v", "w")


def test_devices_that_nobody_asked_for_change_nothing() -> None:
    fold = Fold(UP_ON_A)
    assert devices(fold, VmDevice("disk", address="pci:1")).events == ()


def test_devices_told_by_a_host_that_has_the_vm_no_more_change_nothing() -> None:
    fold = Fold(UP_ON_A)
    fold.poll("A", v=report(S.UP, device_hash="2"))
    assert devices(fold, VmDevice("disk", address="pci:1"), host="B").events == ()


def test_a_managed_device_that_is_not_told_is_unplugged_and_another_is_gone() -> None:
    past = (
        VmDevice("video", managed=True, address="pci:2"),
        VmDevice("usb", address="usb:1"),
        VmDevice("memballoon", managed=True),
    )
    told = (VmDevice("disk", address="pci:7"), VmDevice("sound"))
    assert merged_devices(past, told) == (
        VmDevice("video", managed=True, plugged=False),
        VmDevice("memballoon", managed=True),
        VmDevice("disk", address="pci:7"),
    )


DEVICES = st.lists(
    st.builds(
        VmDevice,
        st.sampled_from(["disk", "video", "interface"]),
        address=st.sampled_from(["", "pci:1", "pci:2"]),
    ),
    max_size=5,
).map(tuple)


@given(DEVICES, DEVICES)
def test_telling_the_same_devices_again_changes_nothing(
    past: tuple[VmDevice, ...], told: tuple[VmDevice, ...]
) -> None:
    once = merged_devices(past, told)
    assert merged_devices(once, told) == once
    assert {one.address for one in told if one.address} == {
        one.address for one in once if one.address
    }


def test_sizes_of_luns_count_while_a_vm_comes_up() -> None:
    luns = (("lun1", 10), ("lun2", 20))
    fold = Fold(Vm("v", status=S.WAIT_FOR_LAUNCH, run_on="A", hardware=Hardware(luns=luns)))
    fold.poll("A", v=report(S.POWERING_UP, luns={"lun1": 0, "lun2": 25}))
    vm = fold.vm("v")
    assert vm is not None
    assert vm.hardware.luns == (("lun1", 10), ("lun2", 25))
    fold.poll("A", v=report(S.POWERING_UP, luns={"lun2": 30}))
    assert fold.vm("v") == vm


# ------------------------------------------------------------------ jobs


def announced_job(fold: Fold, job: str = "j") -> None:
    fold.give(Expect(job, Awaited.JOB, "v", job=job))


def test_a_job_is_followed_where_it_was_announced_and_done_once_its_host_lists_it_no_more() -> None:
    fold = Fold(UP_ON_A)
    announced_job(fold)
    fold.at += 1
    fold.poll("A", v=report(S.UP, jobs={"j": Job(5, 10), "other": Job(1, 2)}))
    assert fold.view.jobs["v"] == {"j": Job(5, 10)}
    assert [one.outcome for one in fold.poll("A", v=report(S.UP)).expectations] == []
    ended = fold.poll("A", v=report(S.UP, jobs={}))
    assert [one.outcome for one in ended.expectations] == ["met"]
    assert fold.view.jobs["v"] == {}


def test_a_job_that_was_announced_after_the_host_was_asked_is_not_over() -> None:
    fold = Fold(UP_ON_A)
    announced_job(fold)
    assert fold.poll("A", v=report(S.UP, jobs={}), started=fold.at - 1).expectations == ()


# ------------------------------------------------------------------ memory and migration


def sample(fold: Fold, **fields: Any) -> Decision:
    fold.at += 1
    return fold.give(Snapshot("A", fold.at, VmStatisticsAnswer({"v": VmStatistics(**fields)})))


def balloon(current: int = 1_048_576, target: int = 700_000) -> Balloon:
    return Balloon(current, 1_048_576, target, 524_288)


def test_less_memory_than_guaranteed_is_told_once_in_a_quarter_of_an_hour() -> None:
    fold = Fold(UP_ON_A)
    known(fold, VmFacts("v", min_memory_mb=900))
    (event,) = sample(fold, balloon=balloon(current=512 * 1024)).events
    assert isinstance(event, VmAlerted)
    assert event.marks == (Mark.MEMORY_UNDER_GUARANTEE,)
    again = sample(fold, balloon=balloon(current=512 * 1024))
    assert again.events == ()
    assert [(one.rule, one.rejected) for one in again.evidence] == [("14 flood window", True)]
    fold.wait(900)
    assert sample(fold, balloon=balloon(current=512 * 1024)).events


def test_the_fourth_bad_sample_in_a_row_tells_of_a_balloon_that_is_stuck() -> None:
    fold = Fold(UP_ON_A)
    known(fold, ballooning=True)
    told = [sample(fold, balloon=balloon(), memory_percent=50.0).events for _ in range(5)]
    assert [bool(events) for events in told] == [False, False, False, False, True]
    assert told[-1][0].marks == (Mark.BALLOON_STUCK,)


def test_a_balloon_that_moves_in_between_is_not_stuck() -> None:
    fold = Fold(UP_ON_A)
    known(fold, ballooning=True)
    for current in (1_000_000, 1_000_000, 900_000, 900_000, 800_000, 800_000, 750_000):
        assert not sample(fold, balloon=balloon(current), memory_percent=50.0).events


def test_a_balloon_that_rests_at_its_target_is_not_stuck() -> None:
    fold = Fold(UP_ON_A)
    known(fold, ballooning=True)
    for _ in range(6):
        assert not sample(fold, balloon=balloon(700_000), memory_percent=50.0).events


def test_a_balloon_that_moves_while_the_guest_is_silent_is_not_controlled() -> None:
    fold = Fold(UP_ON_A)
    known(fold, ballooning=True)
    still = Balloon(900_000, 1_048_576, 1_048_576, 524_288)
    told = [sample(fold, balloon=still, memory_percent=0.0).events for _ in range(5)]
    assert [event.marks for events in told for event in events] == [(Mark.BALLOON_UNCONTROLLED,)]


@pytest.mark.parametrize("facts", [(), (VmFacts("v", min_memory_mb=1),)])
def test_balloons_of_a_cluster_that_does_not_balloon_are_not_judged(
    facts: tuple[VmFacts, ...],
) -> None:
    fold = Fold(UP_ON_A)
    known(fold, *facts)
    for _ in range(6):
        assert not sample(fold, balloon=balloon(), memory_percent=50.0).events


def test_the_share_of_cpu_is_of_all_its_vcpus_and_never_above_100() -> None:
    fold = Fold(UP_ON_A)
    known(fold, VmFacts("v", vcpus=2))
    sample(fold, cpu_user_percent=60.0, cpu_sys_percent=31.0)
    assert fold.view.samples["v"].sample.cpu_percent == 45.0
    sample(fold, cpu_user_percent=150.0, cpu_sys_percent=90.0)
    assert fold.view.samples["v"].sample.cpu_percent == 100.0


def test_the_progress_of_a_migration_is_what_pushes_tell() -> None:
    fold = Fold(Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"))
    fold.push("A", v=VmReport(migration_progress=42))
    sample(fold, cpu_percent=1.0)
    kept = fold.view.samples["v"].sample
    assert (kept.migration_progress, kept.cpu_percent) == (42, 1.0)
    fold.push("A", v=S.UP)
    assert fold.view.samples["v"].sample.migration_progress == 0


def test_what_tells_of_the_state_beside_the_progress_counts_as_well() -> None:
    fold = Fold(Vm("v", status=S.UP, run_on="A"))
    fold.push("A", v=VmReport(status=S.MIGRATING_FROM, migration_progress=1))
    known = fold.vm("v")
    assert known is not None
    assert known.status is S.MIGRATING_FROM
    assert fold.view.samples["v"].sample.migration_progress == 1


def test_how_far_a_migration_is_counts_only_from_the_host_that_has_the_vm() -> None:
    fold = Fold(Vm("v", status=S.MIGRATING_FROM, run_on="A", migrating_to="B"))
    decision = fold.push("B", v=VmReport(migration_progress=42))
    assert decision.statistics == ()
    assert "v" not in fold.view.samples


# ------------------------------------------------------------------ TPM and NVRAM data

ENDED_WELL = down(ExitStatus.NORMAL, ExitReason.USER_SHUTDOWN)


def with_tpm() -> Fold:
    fold = Fold(UP_ON_A, rules=Rules(intents=tuple(IntentKind)))
    known(fold, VmFacts("v", has_tpm=True))
    return fold


def data_missed(fold: Fold) -> Decision:
    fold.at += 1
    return fold.give(Missed("A", Question.EXTERNAL_DATA, Miss.BAD_REPLY, vms=("v",)))


def test_a_vm_with_a_tpm_is_closed_once_its_data_came() -> None:
    fold = with_tpm()
    held = fold.poll("A", v=ENDED_WELL)
    assert (held.events, held.intents) == ((), ())
    assert [(q.question, q.vms) for q in held.queries] == [("external_data", ("v",))]
    closed = fold.give(Snapshot("A", fold.at, VmExternalDataAnswer("v", b"tpm")))
    assert marks(closed) == [Mark.ENDED]
    assert [one.kind for one in closed.intents] == [IntentKind.DESTROY_VM]
    assert not [key for key in fold.timers if key.kind == "held"]


def test_a_vm_with_a_tpm_is_closed_after_the_third_failure_to_fetch_its_data() -> None:
    fold = with_tpm()
    for _ in range(2):
        fold.poll("A", v=ENDED_WELL)
        assert data_missed(fold).events == ()
    fold.poll("A", v=ENDED_WELL)
    assert marks(data_missed(fold)) == [Mark.ENDED]


def test_a_vm_with_a_tpm_is_closed_in_time_where_nobody_answers_about_its_data() -> None:
    fold = with_tpm()
    fold.poll("A", v=ENDED_WELL)
    fold.wait(61)
    vm = fold.vm("v")
    assert vm is not None
    assert (vm.status, vm.exit_reason) == (S.DOWN, ExitReason.USER_SHUTDOWN)


def test_a_vm_with_a_tpm_that_is_destroyed_before_its_data_came_ended_as_it_had_said() -> None:
    fold = with_tpm()
    fold.poll("A", v=ENDED_WELL)
    assert marks(fold.poll("A")) == [Mark.ENDED]


def test_data_that_come_late_close_nothing_a_second_time() -> None:
    fold = with_tpm()
    fold.poll("A", v=ENDED_WELL)
    fold.wait(61)
    late = fold.give(Snapshot("A", fold.at, VmExternalDataAnswer("v", b"tpm")))
    assert late.events == ()
