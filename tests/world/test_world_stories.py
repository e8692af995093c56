"""Each story as the hosts tell it."""

import pytest

from vurti.model import Begun, ExitReason, ExitStatus, PauseStatus, VmStatus
from vurti.world import (
    STILL,
    Link,
    Notice,
    Story,
    StoryKind,
    World,
    crash,
    destroy,
    die,
    failed_migration,
    hang,
    io_error,
    migrate,
    pause,
    reboot,
    reboot_host,
    restore,
    resume,
    shutdown,
    slow,
    split_brain,
    start,
    watchdog,
)


@pytest.fixture
def world() -> World:
    return World(7, hosts=3, vms_per_host=2, options=STILL)


@pytest.fixture
def told(world: World) -> list[Notice]:
    notices: list[Notice] = []
    world.on_notice = notices.append
    return notices


def statuses(told: list[Notice], host: str = "host-1") -> list[VmStatus]:
    return [notice.vm.status for notice in told if notice.host == host]


def play(world: World, *stories: Story, secs: float = 20.0) -> None:
    for story in stories:
        world.do(story)
    world.advance(world.now + secs)


def test_a_world_begins_with_all_its_vms_up_at_home(world: World) -> None:
    assert world.truth()["vm-1"] == (VmStatus.UP, "host-1")
    assert world.truth()["vm-6"] == (VmStatus.UP, "host-3")
    assert len(world.truth()) == 6


def test_nothing_happens_in_a_still_world(world: World, told: list[Notice]) -> None:
    world.advance(86_400)
    assert (told, world.next_due()) == ([], None)


def test_a_guest_that_shuts_down_says_so_first_and_ends_by_its_user(
    world: World, told: list[Notice]
) -> None:
    play(world, shutdown("vm-1"))
    assert statuses(told) == [VmStatus.POWERING_DOWN, VmStatus.DOWN]
    last = told[-1].vm
    assert (last.exit_status, last.exit_reason) == (ExitStatus.NORMAL, ExitReason.USER_SHUTDOWN)
    assert world.truth()["vm-1"] == (VmStatus.DOWN, None)


def test_a_destroyed_vm_ends_by_its_administrator(world: World, told: list[Notice]) -> None:
    play(world, destroy("vm-1"))
    assert told[-1].vm.exit_reason is ExitReason.ADMIN_SHUTDOWN


def test_a_crashed_vm_ends_with_an_error_and_is_started_on_another_host(
    world: World, told: list[Notice]
) -> None:
    play(world, crash("vm-1", secs=3.0))
    assert (told[0].vm.exit_status, told[0].vm.exit_reason) == (
        ExitStatus.ERROR,
        ExitReason.LOST_QEMU_CONNECTION,
    )
    elsewhere = told[-1].host
    assert elsewhere != "host-1"
    assert statuses(told, elsewhere) == [
        VmStatus.WAIT_FOR_LAUNCH, VmStatus.POWERING_UP, VmStatus.UP,
    ]  # fmt: skip
    assert {notice.vm.begun for notice in told[1:]} == {Begun.BOOTED}


def test_a_crashed_vm_is_never_started_where_it_crashed_while_there_is_another_host() -> None:
    for seed in range(10):
        world = World(seed, hosts=2, vms_per_host=1, options=STILL)
        play(world, crash("vm-1", secs=3.0))
        assert world.truth()["vm-1"] == (VmStatus.UP, "host-2")


def test_where_there_is_no_other_host_a_crashed_vm_is_started_on_its_own() -> None:
    world = World(1, hosts=1, vms_per_host=1, options=STILL)
    play(world, crash("vm-1", secs=3.0))
    assert world.truth()["vm-1"] == (VmStatus.UP, "host-1")


def test_an_ended_vm_stays_listed_with_its_reason_for_a_minute(world: World) -> None:
    play(world, destroy("vm-1"), secs=59.9)
    listed = {vm.id: vm for vm in world.host("host-1").states().vms}
    assert listed["vm-1"].exit_reason is ExitReason.ADMIN_SHUTDOWN
    world.advance(60.0)
    assert [vm.id for vm in world.host("host-1").states().vms] == ["vm-2"]


def test_a_vm_that_was_started_again_is_not_dropped_for_its_former_end(world: World) -> None:
    play(world, destroy("vm-1"), start("vm-1", on="host-1"), secs=120)
    listed = {vm.id: vm.status for vm in world.host("host-1").states().vms}
    assert listed["vm-1"] is VmStatus.UP


def test_a_paused_vm_goes_on_when_it_is_told_to(world: World, told: list[Notice]) -> None:
    play(world, pause("vm-1"), secs=1000)
    assert told[-1].vm.pause_status is PauseStatus.NOERR
    play(world, resume("vm-1"))
    assert (told[-1].vm.status, told[-1].vm.pause_status) == (VmStatus.UP, PauseStatus.NONE)


@pytest.mark.parametrize("error", [PauseStatus.ENOSPC, PauseStatus.EIO])
def test_a_vm_paused_by_its_disk_names_the_error_and_recovers(
    world: World, told: list[Notice], error: PauseStatus
) -> None:
    play(world, io_error("vm-1", secs=5.0, pause_status=error))
    assert [notice.vm.pause_status for notice in told] == [error, PauseStatus.NONE]


def test_a_guest_reboot_is_told_as_one_and_its_counters_go_on(
    world: World, told: list[Notice]
) -> None:
    world.advance(100)
    before = world.host("host-1").vm_samples(world.now)["vm-1"]
    play(world, reboot("vm-1"))
    after = world.host("host-1").vm_samples(world.now)["vm-1"]
    assert [notice.rebooted for notice in told] == [True, False]
    assert statuses(told) == [VmStatus.REBOOT_IN_PROGRESS, VmStatus.UP]
    assert after.cpu_time_ns > before.cpu_time_ns


def test_a_watchdog_is_told_by_notice_only_and_then_does_what_it_does(
    world: World, told: list[Notice]
) -> None:
    play(world, watchdog("vm-1", "pause", secs=5.0))
    assert [notice.watchdog for notice in told] == ["pause", None, None]
    assert statuses(told) == [VmStatus.UP, VmStatus.PAUSED, VmStatus.UP]


def test_what_is_listed_after_a_notice_is_not_older_than_the_notice(
    world: World, told: list[Notice]
) -> None:
    world.advance(50)
    play(world, watchdog("vm-1", "none"))
    listed = {vm.id: vm for vm in world.host("host-1").states().vms}
    assert listed["vm-1"].status_time == told[-1].clock_ms


def test_a_migration_is_one_story_told_by_two_hosts(world: World, told: list[Notice]) -> None:
    play(world, migrate("vm-1", to="host-2"))
    assert statuses(told, "host-1") == [VmStatus.MIGRATING_FROM, VmStatus.DOWN]
    assert statuses(told, "host-2") == [VmStatus.MIGRATING_TO, VmStatus.UP]
    last_word = [notice.vm for notice in told if notice.host == "host-1"][-1]
    assert last_word.exit_reason is ExitReason.MIGRATION_SUCCEEDED
    assert world.truth()["vm-1"] == (VmStatus.UP, "host-2")


def test_either_host_may_be_the_first_to_speak_at_both_ends_of_a_migration() -> None:
    beginnings, ends = set(), set()
    for seed in range(20):
        world = World(seed, hosts=2, vms_per_host=1, options=STILL)
        told: list[Notice] = []
        world.on_notice = told.append
        play(world, migrate("vm-1"))
        beginnings.add(told[0].host)
        ends.add(told[-1].host)
    assert beginnings == ends == {"host-1", "host-2"}


def test_a_failed_migration_leaves_the_vm_where_it_was(world: World, told: list[Notice]) -> None:
    play(world, failed_migration("vm-1", to="host-2"))
    assert statuses(told, "host-1") == [VmStatus.MIGRATING_FROM, VmStatus.UP]
    assert told[-2].vm.exit_reason is ExitReason.MIGRATION_FAILED
    assert world.truth()["vm-1"] == (VmStatus.UP, "host-1")


def under_way(world: World) -> None:
    """vm-1 is just going from host-1 to host-2, and both have said so."""
    world.do(migrate("vm-1", to="host-2"))
    world.advance(world.now + 1.0)
    assert world.truth()["vm-1"] == (VmStatus.MIGRATING_FROM, "host-1")


def test_the_death_of_the_destination_leaves_a_migrating_vm_at_its_source(world: World) -> None:
    under_way(world)
    play(world, die("host-2"))
    assert world.truth()["vm-1"] == (VmStatus.UP, "host-1")


def test_the_death_of_the_source_ends_a_migrating_vm_on_both_hosts(
    world: World, told: list[Notice]
) -> None:
    under_way(world)
    play(world, die("host-1"))
    assert world.truth()["vm-1"] == (VmStatus.DOWN, None)
    assert told[-1].vm.exit_reason is ExitReason.MIGRATION_FAILED


def test_a_crash_under_way_ends_a_migrating_vm_on_both_hosts(world: World) -> None:
    under_way(world)
    play(world, crash("vm-1"))
    assert world.truth()["vm-1"] == (VmStatus.DOWN, None)
    assert not any(vm.status is not VmStatus.DOWN for vm in world.host("host-2").states().vms[2:])


def test_a_story_right_after_an_arrival_lets_the_source_have_its_last_word(world: World) -> None:
    world.do(migrate("vm-1", to="host-2"))
    while world.truth()["vm-1"] != (VmStatus.UP, "host-2"):
        world.advance(world.now + 0.01)
    play(world, migrate("vm-1", to="host-3"))
    listed = [vm.status for vm in world.host("host-1").states().vms if vm.id == "vm-1"]
    assert listed == [VmStatus.DOWN]
    assert world.truth()["vm-1"] == (VmStatus.UP, "host-3")


def test_a_split_brain_is_on_two_hosts_until_one_copy_is_ended(world: World) -> None:
    world.do(split_brain("vm-1", on="host-2", secs=5.0))
    assert world.split() == {"vm-1"}
    world.advance(10)
    assert world.split() == frozenset()
    assert world.truth()["vm-1"] == (VmStatus.UP, "host-1")


@pytest.mark.parametrize("story", [migrate("vm-1"), failed_migration("vm-1"), split_brain("vm-1")])
def test_a_vm_on_two_hosts_goes_to_no_third(world: World, story: Story) -> None:
    world.do(split_brain("vm-1", on="host-2"))
    with pytest.raises(ValueError, match="does not fit"):
        world.do(story)


def test_a_dead_host_says_nothing_and_comes_back_freshly_booted_without_its_vms(
    world: World, told: list[Notice]
) -> None:
    before = world.host("host-1").sample(world.now).boot_time
    play(world, die("host-1"), secs=5)
    assert world.host("host-1").link is Link.REFUSES
    assert (told, world.truth()["vm-1"]) == ([], (VmStatus.DOWN, None))
    play(world, restore("host-1"), secs=1)
    host = world.host("host-1")
    assert (host.link, host.states().vms, host.clock_ms(world.now)) == (Link.ANSWERS, (), 1000)
    assert host.sample(world.now).boot_time > before


def test_a_host_is_drawn_from_all_that_answer_now_but_the_one_to_leave(world: World) -> None:
    guest, (first, second, third) = world.guests["vm-1"], world.machines.values()

    def drawn() -> set[str]:
        found = (world.somewhere(guest, apart_from=first) for _ in range(60))
        return {machine.id for machine in found if machine is not None}

    assert drawn() == {second.id, third.id}
    world.relink(third, Link.HANGS)
    assert drawn() == {second.id}
    world.relink(second, Link.REFUSES)
    assert drawn() == set()
    world.relink(third, Link.ANSWERS)
    assert drawn() == {third.id}
    world.join("late")
    assert drawn() == {third.id, "late"}


def test_after_an_outage_all_vms_of_the_host_run_again_somewhere(world: World) -> None:
    play(world, die("host-1", secs=20.0), secs=60)
    assert {status for status, _ in world.truth().values()} == {VmStatus.UP}
    assert world.truth()["vm-2"][1] != "host-1" or world.truth()["vm-1"][1] != "host-1"


def test_the_vms_of_a_hanging_host_live_on_unheard(world: World, told: list[Notice]) -> None:
    play(world, hang("host-1", secs=10.0), pause("vm-1"), secs=5.0)
    assert (told, world.unheard) == ([], 1)
    assert world.truth()["vm-1"] == (VmStatus.PAUSED, "host-1")
    world.advance(10)
    assert world.host("host-1").link is Link.ANSWERS


def test_a_slow_host_is_quick_again_when_its_time_is_over(world: World) -> None:
    play(world, slow("host-1", by=2.0, secs=5.0), secs=1.0)
    assert world.host("host-1").slow_secs == 2.0
    world.advance(5.0)
    assert world.host("host-1").slow_secs == 0.0


def test_a_rebooted_host_is_back_after_its_time(world: World) -> None:
    play(world, reboot_host("host-1", secs=6.0), secs=5.9)
    assert world.host("host-1").link is Link.REFUSES
    world.advance(6.0)
    assert world.host("host-1").link is Link.ANSWERS


def test_a_story_that_does_not_fit_is_refused_now_and_counted_later(world: World) -> None:
    with pytest.raises(ValueError, match="resume does not fit vm-1, which is Up"):
        world.do(resume("vm-1"))
    world.at(5.0, resume("vm-1"))
    world.advance(10)
    assert world.skipped == {StoryKind.RESUME: 1}


@pytest.mark.parametrize("story", [crash("vm-99"), die("host-99"), migrate("vm-1", to="host-99")])
def test_a_story_of_a_stranger_is_refused(world: World, story: Story) -> None:
    with pytest.raises(ValueError, match="99"):
        world.at(1.0, story)


def test_a_migration_to_where_it_is_already_is_called_off(world: World) -> None:
    play(world, migrate("vm-1", to="host-1"))
    assert (+world.played, world.skipped) == ({}, {StoryKind.MIGRATE: 1})


def test_another_story_calls_off_the_sequel_of_the_former(world: World) -> None:
    play(world, pause("vm-1", secs=5.0), destroy("vm-1"))
    assert world.truth()["vm-1"] == (VmStatus.DOWN, None)
