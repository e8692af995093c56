"""How many vCPUs real VMs have, which libvirt tells by no event."""

import pytest

from tests.libvirt.bed import Bed
from tests.libvirt.machine import Guest
from tests.libvirt.watching import Watcher, beside
from vurti.model import Question, Snapshot, VmStatistics, VmStatisticsAnswer

pytestmark = pytest.mark.libvirt

EVER = 86_400.0


def samples(watch: Watcher) -> dict[str, VmStatistics]:
    poll = watch.ask(Question.VM_STATISTICS)
    assert isinstance(poll, Snapshot), poll
    assert isinstance(poll.answer, VmStatisticsAnswer)
    return dict(poll.answer.vms)


def vcpus(watch: Watcher, vm: Guest) -> int | None:
    return samples(watch)[vm.id].vcpus


def test_vcpus_that_are_plugged_in_are_known_when_they_are_looked_for(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm(vcpus_max=4)
    host.start(vm)
    with Watcher(host.url, vcpus_secs=0) as soon, Watcher(host.url, vcpus_secs=EVER) as late:
        assert vcpus(soon, vm) == vcpus(late, vm) == 1
        beside(host.plug_vcpus, vm, 3)
        assert (vcpus(soon, vm), vcpus(late, vm)) == (3, 1)
        assert 0 <= (samples(late)[vm.id].cpu_percent or 0) <= 100


def test_a_vm_that_began_anew_with_other_vcpus_is_asked_at_once(bed: Bed) -> None:
    host, vm, other = bed.host(1), bed.vm(vcpus_max=4, persistent=True), bed.vm()
    host.start(vm)
    host.start(other)
    with Watcher(host.url, vcpus_secs=EVER) as watch:
        assert vcpus(watch, vm) == vcpus(watch, other) == 1
        beside(host.destroy, vm)
        beside(host.virsh, "setvcpus", vm.name, 2, "--config")
        beside(host.virsh, "start", vm.name)
        assert {one: told.vcpus for one, told in samples(watch).items()} == {vm.id: 2, other.id: 1}
        assert watch.endpoint.reconnects == 0
