"""What real VMs do, as their host pushes it and as polls alone tell it."""

import gevent
import pytest

from tests.libvirt.bed import Bed
from tests.libvirt.watching import ABSENT, Watcher, beside

pytestmark = pytest.mark.libvirt

KILLED = "Down Error LostQEMUConnection"
PANICKED = f"{KILLED} guest panicked"
SHUT_DOWN = "Down Normal UserShutdown"
DESTROYED = "Down Normal AdminShutdown"
HANDED_OVER = "Down Normal MigrationSucceeded"
SAVED = "Down Normal SaveStateSucceeded"


def test_a_boot_a_pause_a_reset_and_a_shutdown_are_pushed_one_by_one(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm()
    with Watcher(host.url) as watch:
        beside(host.start, vm)
        assert watch.until_said(vm, "Up booted") == ["Up", "Up booted"]
        watch.pushes.clear()
        for act in (host.pause, host.resume, host.reboot):
            beside(act, vm)
        watch.until_said(vm, "rebooted")
        beside(host.shutdown, vm)
        story = ["Paused NOERR", "Up", "rebooted", "PoweringDown", SHUT_DOWN]
        assert watch.until_said(vm, SHUT_DOWN) == story


def test_polls_alone_tell_the_same_but_for_the_reset(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm(persistent=True)
    with Watcher(host.url, pushes=False) as watch:
        starting = gevent.spawn(beside, host.start, vm)
        booted = watch.until_polled(vm, "Up booted")
        starting.get()
        assert booted[-2:] == ["WaitForLaunch", "Up booted"]
        beside(host.pause, vm)
        assert watch.polled(vm) == "Paused NOERR"
        beside(host.resume, vm)
        beside(host.reboot, vm)
        assert watch.polled(vm) == "Up"
        beside(host.shutdown, vm)
        assert watch.until_polled(vm, SHUT_DOWN)[-1] == SHUT_DOWN
        assert watch.pushes == []


@pytest.mark.parametrize("persistent", [True, False], ids=["persistent", "transient"])
@pytest.mark.parametrize("pushes", [True, False], ids=["pushes", "polls only"])
def test_a_killed_qemu_is_a_lost_qemu(bed: Bed, persistent: bool, pushes: bool) -> None:
    host, vm = bed.host(1), bed.vm(persistent=persistent)
    host.start(vm)
    with Watcher(host.url, pushes=pushes) as watch:
        assert watch.polled(vm) == "Up booted"
        host.kill(vm)
        told = watch.until_polled(vm, KILLED if persistent else ABSENT)
        assert set(told) <= {"Up booted", KILLED, ABSENT}
        assert watch.said(vm) == ([KILLED] if pushes else [])


def test_pulling_the_plug_is_not_a_crash(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm(persistent=True)
    host.start(vm)
    with Watcher(host.url) as watch:
        beside(host.destroy, vm)
        assert watch.until_said(vm, DESTROYED) == ["PoweringDown", DESTROYED]
        assert watch.polled(vm) == DESTROYED


@pytest.mark.parametrize("pushes", [True, False], ids=["pushes", "polls only"])
def test_a_full_disk_pauses_with_no_space_until_there_is_room(bed: Bed, pushes: bool) -> None:
    host, vm = bed.host(1), bed.vm(boots="writer", tiny=True)
    with Watcher(host.url, pushes=pushes) as watch:
        beside(host.start, vm)
        watch.until_polled(vm, "Paused ENOSPC")
        if pushes:
            assert watch.said(vm) == ["Up", "Up booted", "Paused ENOSPC"]
        beside(host.make_room)
        beside(host.resume, vm)
        watch.until_polled(vm, "Up")
        if pushes:
            watch.until_said(vm, "Up")


@pytest.mark.parametrize(
    ("action", "story"),
    [
        ("poweroff", ["watchdog poweroff", "Down Error GenericError watchdog power-off"]),
        ("pause", ["watchdog pause", "Paused EOTHER"]),
        ("reset", ["watchdog reset", "rebooted"]),
    ],
)
def test_a_watchdog_is_told_with_what_it_did(bed: Bed, action: str, story: list[str]) -> None:
    host, vm = bed.host(1), bed.vm(boots="watchdog", watchdog=action, persistent=True)
    with Watcher(host.url) as watch:
        beside(host.start, vm)
        told = watch.until_said(vm, story[-1])
        assert told[: 2 + len(story)] == ["Up", "Up booted", *story]
        if action != "reset":
            assert watch.polled(vm) == story[-1]


def test_a_panic_is_the_reason_of_the_end_that_follows(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm(boots="panic", panic=True, persistent=True)
    with Watcher(host.url) as watch:
        beside(host.start, vm)
        assert watch.until_said(vm, PANICKED)[-1] == PANICKED
        assert watch.polled(vm) == PANICKED


def test_a_panicked_vm_that_is_kept_is_paused_by_an_error(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm(boots="panic", panic=True, on_crash="preserve")
    with Watcher(host.url) as watch:
        beside(host.start, vm)
        watch.until_polled(vm, "Paused EOTHER guest panicked")


@pytest.mark.parametrize("persistent", [True, False], ids=["persistent", "transient"])
def test_a_migration_is_pushed_by_both_hosts_and_back_again(bed: Bed, persistent: bool) -> None:
    vm = bed.vm(persistent=persistent)
    bed.host(1).start(vm)
    for here, there in ((bed.host(1), bed.host(2)), (bed.host(2), bed.host(1))):
        with Watcher(here.url) as source, Watcher(there.url) as target:
            beside(here.migrate, vm, there)
            arrived = target.until_said(vm, "Up migrated")
            assert arrived == ["MigratingTo migrated", "Up migrated"]
            assert source.until_said(vm, HANDED_OVER) == ["MigratingFrom", HANDED_OVER]
            assert target.polled(vm) == "Up migrated"


def test_polls_alone_tell_which_end_of_a_migration_they_see(bed: Bed) -> None:
    here, there, vm = bed.host(1), bed.host(2), bed.vm()
    here.start(vm)
    with Watcher(here.url, pushes=False) as source, Watcher(there.url, pushes=False) as target:
        moving = gevent.spawn(beside, here.migrate, vm, there)
        leaving = gevent.spawn(source.until_polled, vm, ABSENT)
        arrived = target.until_polled(vm, "Up migrated")
        moving.get()
        assert set(leaving.get()) <= {"Up booted", "MigratingFrom", HANDED_OVER, ABSENT}
        assert arrived == [ABSENT, "MigratingTo", "Up migrated"]


def test_the_source_of_a_migration_shows_that_it_waits_to_be_let_go(bed: Bed) -> None:
    here, there, vm = bed.host(1), bed.host(2), bed.vm()
    here.start(vm)
    with Watcher(here.url, pushes=False) as source:
        moving = gevent.spawn(beside, here.migrate, vm, there)
        seen = source.until_polled(vm, ABSENT)
        moving.get()
    assert "MigratingTo" not in seen
    assert "Paused" not in " ".join(seen)


def test_a_saved_vm_is_down_by_wish_and_comes_back_restored(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm()
    host.start(vm)
    with Watcher(host.url) as watch:
        beside(host.save, vm)
        assert watch.until_said(vm, SAVED)[-1] == SAVED
        watch.pushes.clear()
        beside(host.restore, vm)
        watch.until(lambda: "Up restored" in watch.said(vm), "the restored VM")
        assert watch.polled(vm) in ("Up restored", "Up")


def test_a_definition_that_never_ran_proves_nothing(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm()
    path = host.home / "unborn.xml"
    path.write_text(vm.xml(host.home))
    with Watcher(host.url) as watch:
        beside(host.virsh, "define", path)
        assert watch.polled(vm) == "Down Unknown Unknown"
        assert watch.said(vm) == []
