"""What befalls real VMs is committed by a running `vurti run`: once, in order, with its reason.

Polls alone cannot see that a guest was reset, nor why a transient VM has vanished; all else they
tell as pushes do.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.libvirt.bed import Bed
from tests.libvirt.machine import Guest, Host
from tests.libvirt.running import HOSTS, Running

pytestmark = pytest.mark.libvirt

DEFINED = "Added Down Unknown Unknown"
STARTED = "Changed Up"
SHUT_DOWN = "Changed Down Normal UserShutdown"
KILLED = "Changed Down Error LostQEMUConnection"
ENDED_UNSEEN = "Changed Down Unknown LibvirtDomainMissing"
TOLD = pytest.mark.parametrize("pushes", [True, False], ids=["pushes", "polls only"])


def acts_of_a_life(
    web: Guest, alpha: Host, beta: Host, pushes: bool
) -> list[tuple[Callable[[], None], list[str]]]:
    """What is done to a VM, and what must be told of it."""
    rebooted = ["Rebooted Up"] if pushes else []
    return [
        (lambda: alpha.start(web), [STARTED]),
        (lambda: alpha.pause(web), ["Changed Paused NOERR"]),
        (lambda: alpha.resume(web), [STARTED]),
        (lambda: alpha.reboot(web), rebooted),
        (lambda: alpha.shutdown(web), [SHUT_DOWN]),
        (lambda: alpha.start(web), [STARTED]),
        (lambda: alpha.kill(web), [KILLED]),
        (lambda: alpha.start(web), [STARTED]),
        (lambda: alpha.migrate(web, beta), ["Migrated alpha>beta"]),
        (lambda: beta.migrate(web, alpha), ["Migrated beta>alpha"]),
        (lambda: alpha.pause(web), ["Changed Paused NOERR"]),
    ]


@TOLD
def test_all_that_befalls_a_vm_is_committed_once_in_order_and_with_its_reason(
    bed: Bed, tmp_path: Path, pushes: bool
) -> None:
    alpha, beta = bed.hosts
    web = bed.vm("web", persistent=True)
    full = bed.vm("full", boots="writer", tiny=True, persistent=True)
    alpha.define(web)
    alpha.define(full)
    with Running(bed, tmp_path, pushes) as run:
        run.until(web, DEFINED)
        run.until(full, DEFINED)
        alpha.start(full)
        run.until(full, "Changed Paused ENOSPC")
        story = [DEFINED]
        for act, told in acts_of_a_life(web, alpha, beta, pushes):
            act()
            story += told
            run.until(web, *story)
        alpha.make_room()
        alpha.resume(full)
        run.until(full, STARTED)
        run.stop()
        assert run.story(web) == story
        first, *started, stopped, resumed = run.story(full)
        assert [first, stopped, resumed] == [DEFINED, "Changed Paused ENOSPC", STARTED]
        assert started == [STARTED] or (started == [] and not pushes)  # its disk is full at once
        assert run.logged() == run.events()
        assert_each_begins_where_the_last_ended(run)


def assert_each_begins_where_the_last_ended(run: Running) -> None:
    told = run.events()
    assert len({one["id"] for one in told}) == len(told)
    for thing in {one.get("vm") or one["host"] for one in told}:
        of_it = [one for one in told if (one.get("vm") or one["host"]) == thing]
        assert [one["seq"] for one in of_it] == list(range(1, len(of_it) + 1))
        ends = [None, *(one["after"] for one in of_it)]
        assert [one["before"] for one in of_it] == ends[:-1]


@TOLD
@pytest.mark.parametrize("persistent", [True, False], ids=["persistent", "transient"])
def test_a_crash_here_and_a_start_there_is_never_a_migration(
    bed: Bed, tmp_path: Path, pushes: bool, persistent: bool
) -> None:
    (alpha, beta), vm = bed.hosts, bed.vm("web", persistent=persistent)
    alpha.start(vm)
    with Running(bed, tmp_path, pushes) as run:
        run.until(vm, "Added Up")
        alpha.kill(vm)
        beta.start(vm)
        reason_is_known = pushes or persistent
        end = KILLED if reason_is_known else ENDED_UNSEEN
        run.until(vm, end, STARTED)
        run.stop()
        first, *waited, _, _ = run.story(vm)
        assert first == "Added Up"
        assert waited == [] if reason_is_known else waited in ([], ["Changed Unknown"])
        assert {one["kind"] for one in run.of(vm)} == {"VmAdded", "VmStateChanged"}


@contextmanager
def three_vms(bed: Bed) -> Iterator[tuple[Guest, Guest, Guest]]:
    """One that runs on alpha, one that is paused there, and one that runs on beta."""
    running, paused, other = bed.vm("running"), bed.vm("paused"), bed.vm("other")
    alpha, beta = bed.hosts
    alpha.start(running)
    alpha.start(paused)
    alpha.pause(paused)
    beta.start(other)
    yield running, paused, other


def killed(host: Host) -> Callable[[], None]:
    host.kill_daemon()
    return host.start_daemon


def stopped(host: Host) -> Callable[[], None]:
    host.hang_daemon()
    return host.unhang_daemon


@pytest.mark.parametrize("away", [killed, stopped])
def test_a_libvirtd_that_is_away_for_long_harms_nothing_else_and_its_vms_come_back(
    bed: Bed, tmp_path: Path, away: Callable[[Host], Callable[[], None]]
) -> None:
    with three_vms(bed) as vms, Running(bed, tmp_path, grace_secs=1) as run:
        run.until_true(lambda: all(run.of(vm) for vm in vms), "all VMs")
        come_back = away(bed.host(1))
        try:
            run.until("alpha", "Changed Connecting", "Changed NonResponsive")
            run.until(vms[1], "Changed Unknown")
        finally:
            come_back()
        run.until("alpha", "Changed NonResponsive", "Changed Up")
        run.until(vms[0], STARTED)
        run.until(vms[1], "Changed Paused NOERR")
        run.stop()
        assert run.story(vms[0]) == ["Added Up", "Changed Unknown", STARTED]
        assert run.story(vms[1]) == [
            "Added Paused NOERR", "Changed Unknown", "Changed Paused NOERR"
        ]  # fmt: skip
        assert run.story(vms[2]) == ["Added Up"]
        assert run.story("beta")[-1] == STARTED
        assert_each_begins_where_the_last_ended(run)


def test_a_libvirtd_that_is_restarted_within_the_grace_is_no_news_for_any_vm(
    bed: Bed, tmp_path: Path
) -> None:
    alpha = bed.host(1)
    with three_vms(bed) as vms, Running(bed, tmp_path) as run:
        run.until_true(lambda: all(run.of(vm) for vm in vms), "all VMs")
        come_back = killed(alpha)
        run.until("alpha", "Changed Connecting")
        come_back()
        run.until("alpha", "Changed Connecting", "Changed Up")
        alpha.resume(vms[1])
        run.until(vms[1], STARTED)
        run.stop()
        stories = [run.story(vm) for vm in vms]
        assert stories == [["Added Up"], ["Added Paused NOERR", STARTED], ["Added Up"]]


def test_a_qemu_that_stands_still_harms_nothing_else(bed: Bed, tmp_path: Path) -> None:
    alpha = bed.host(1)
    with three_vms(bed) as vms, Running(bed, tmp_path) as run:
        run.until_true(lambda: all(run.of(vm) for vm in vms), "all VMs")
        before = {host: run.story(host) for host in HOSTS}
        alpha.hang(vms[0])
        try:
            run.until_logged("alpha missed vm_stats: timeout")
            alpha.resume(vms[1])
            run.until(vms[1], STARTED)
        finally:
            alpha.unhang(vms[0])
        alpha.pause(vms[0])
        run.until(vms[0], "Changed Paused NOERR")
        run.stop()
        stories = [run.story(vm) for vm in vms]
        assert stories == [
            ["Added Up", "Changed Paused NOERR"], ["Added Paused NOERR", STARTED], ["Added Up"]
        ]  # fmt: skip
        assert {host: run.story(host) for host in HOSTS} == before


@TOLD
def test_what_changed_while_vurti_was_killed_is_told_as_net_events_marked_restart(
    bed: Bed, tmp_path: Path, pushes: bool
) -> None:
    alpha, beta = bed.hosts
    kept, crashed, begun, moved = (bed.vm(name, persistent=True) for name in "kcbm")
    for vm in (kept, crashed, moved):
        alpha.start(vm)
    beta.define(begun)
    with Running(bed, tmp_path, pushes) as run:
        run.until_true(lambda: all(map(run.of, (kept, crashed, begun, moved))), "all VMs")
        before = run.events()
        run.kill()
        alpha.kill(crashed)
        beta.start(begun)
        alpha.migrate(moved, beta)
        run.start()
        run.until(crashed, f"{KILLED} restart")
        run.until(begun, f"{STARTED} restart")
        run.until_true(lambda: run.story(moved)[-1].startswith("Migrated"), "m migrated")
        beta.pause(moved)
        run.until(moved, "Changed Paused NOERR")
        run.stop()
        assert run.events()[: len(before)] == before
        assert run.story(kept) == ["Added Up"]
        assert run.story(crashed) == ["Added Up", f"{KILLED} restart"]
        assert run.story(begun) == [DEFINED, f"{STARTED} restart"]
        assert run.story(moved) in (
            ["Added Up", "Migrated alpha>beta restart", "Changed Paused NOERR"],
            # where alpha answers first, it can only say that the VM is not there any more
            ["Added Up", "Changed Unknown restart", "Migrated alpha>beta restart",
             "Changed Paused NOERR"],
            ["Added Up", "Changed Unknown restart", "Migrated alpha>beta", "Changed Paused NOERR"],
        )  # fmt: skip
        assert run.logged() == run.events()
        assert_each_begins_where_the_last_ended(run)
