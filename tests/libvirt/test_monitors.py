"""What benchmarks compare vurti with does watch the hosts of a bed, and comes to know of an end."""

from pathlib import Path

import pytest

from benchmarks.monitors import HOW, Collectd, Monitor, Ours, Prometheus, Unpushed, Watched, missing
from tests.libvirt.bed import Bed
from tests.needs import need
from tests.waiting import wait_for

pytestmark = pytest.mark.libvirt


@pytest.mark.parametrize("kind", [Ours, Unpushed, Prometheus, Collectd])
def test_a_monitor_samples_a_vm_and_comes_to_know_of_its_end_in_each_of_its_ways(
    kind: type[Monitor], bed: Bed, tmp_path: Path
) -> None:
    need("peers", missing(), HOW)
    host, vm = bed.host(1), bed.vm(boots="still", persistent=True)
    host.start(vm)
    with kind(Watched({host: (vm,)}), tmp_path) as monitor:
        wait_for(monitor.knows, "it knows the VM", but=monitor.log)
        wait_for(lambda: monitor.samples() >= 3, "it asks again and again", but=monitor.log)
        wait_for(lambda: monitor.values(vm) >= 8, "it keeps state and statistics", but=monitor.log)
        assert not any(says(vm) for says in monitor.signs.values())
        host.kill(vm)
        for how, says in monitor.signs.items():
            wait_for(lambda says=says: says(vm), f"the end is known, {how}", but=monitor.log)
