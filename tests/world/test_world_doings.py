"""What is done to a VM that goes on as it was, as its host lists it."""

import pytest

from vurti.model import VmStatus
from vurti.world import STILL, DiskJob, Listed, Notice, World, console, job, migrate, plug, shutdown


@pytest.fixture
def world() -> World:
    return World(7, hosts=2, vms_per_host=1, options=STILL)


@pytest.fixture
def told(world: World) -> list[Notice]:
    notices: list[Notice] = []
    world.on_notice = notices.append
    return notices


def listed(world: World, host: str = "host-1") -> Listed:
    return world.host(host).runs["vm-1"].listed


def test_a_console_has_a_client_until_it_leaves(world: World, told: list[Notice]) -> None:
    world.do(console("vm-1", secs=5))
    client = listed(world).client_ip
    assert client.startswith("192.0.2.")
    world.advance(10)
    assert listed(world).client_ip == ""
    assert [notice.vm.client_ip for notice in told] == [client, ""]
    assert {notice.vm.status for notice in told} == {VmStatus.UP}


def test_a_disk_that_is_plugged_stays_with_its_vm_where_it_goes(
    world: World, told: list[Notice]
) -> None:
    world.do(plug("vm-1"))
    world.do(migrate("vm-1", to="host-2"))
    world.advance(20)
    assert (listed(world, "host-2").disks, listed(world, "host-2").plugs) == (2, 1)


def test_a_disk_that_is_taken_away_again_is_another_change(
    world: World, told: list[Notice]
) -> None:
    world.do(plug("vm-1", secs=3))
    world.advance(5)
    assert [(notice.vm.disks, notice.vm.plugs) for notice in told] == [(2, 1), (1, 2)]


def test_a_job_is_listed_until_it_is_done(world: World, told: list[Notice]) -> None:
    world.advance(4)
    world.do(job("vm-1", secs=6))
    (now,) = (notice.vm.job for notice in told)
    assert isinstance(now, DiskJob)
    assert (now.began, now.secs) == (4, 6)
    world.advance(20)
    assert listed(world).job is None


def test_what_ends_a_vm_ends_what_was_done_to_it(world: World, told: list[Notice]) -> None:
    world.do(console("vm-1", secs=60))
    world.do(shutdown("vm-1"))
    world.advance(100)
    assert [notice.vm.status for notice in told][1:] == [VmStatus.POWERING_DOWN, VmStatus.DOWN]
