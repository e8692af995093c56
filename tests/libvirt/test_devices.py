"""What real VMs are made of, as libvirt tells whoever asks."""

import pytest

from tests.libvirt.bed import Bed
from tests.libvirt.watching import Watcher, beside
from vurti.model import Absence, Push, Question, Snapshot, VmDevice, VmDevicesAnswer

pytestmark = pytest.mark.libvirt

NOBODY = "00000000-0000-0000-0000-000000000000"


def told(watch: Watcher, *vms: str) -> dict[str, tuple[VmDevice, ...]]:
    poll = watch.endpoint.fetch("h", Question.DEVICES, 10.0, vms)
    assert isinstance(poll, Snapshot), poll
    assert isinstance(poll.answer, VmDevicesAnswer)
    return poll.answer.vms


def test_devices_are_told_of_the_vms_that_are_listed_and_of_no_other(bed: Bed) -> None:
    host, vm, other = bed.host(1), bed.vm(), bed.vm(persistent=True)
    beside(host.start, vm)
    beside(host.define, other)
    with Watcher(host.url) as watch:
        watch.until_polled(vm, "Up booted")
        devices = told(watch, vm.id, NOBODY, other.id)
        assert set(devices) == {vm.id, other.id}
        disk = next(one for one in devices[vm.id] if one.kind == "disk")
        assert disk == VmDevice(
            "disk",
            address="{type=drive, bus=0, controller=0, target=0, unit=0}",
            alias="ide0-0-0",
        )
        assert {one.alias for one in devices[other.id]} == {""}  # it does not run


def test_a_vm_that_has_just_ended_spares_the_others(bed: Bed) -> None:
    host, vm, other = bed.host(1), bed.vm(), bed.vm()
    beside(host.start, vm)
    beside(host.start, other)
    with Watcher(host.url, pushes=False) as watch:
        watch.until_polled(vm, "Up booted")
        watch.until_polled(other, "Up booted")
        beside(host.destroy, vm)
        assert set(told(watch, vm.id, other.id)) == {other.id}
        assert watch.endpoint.unreadable == 1


def test_pushes_say_that_absence_explains_nothing(bed: Bed) -> None:
    host, vm, pushes = bed.host(1), bed.vm(), list[Push]()
    with Watcher(host.url) as watch:
        watch.endpoint._on_push = pushes.append  # what the watcher keeps has no host
        beside(host.start, vm)
        watch.until(lambda: pushes, "a push")
        assert {push.absence for push in pushes} == {Absence.UNEXPLAINED}
