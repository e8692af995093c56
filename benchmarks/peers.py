"""What others take for the same work: Prometheus with its exporters, and collectd."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import NamedTuple

from benchmarks.monitors import (
    HOW,
    INTERVAL_SECS,
    Collectd,
    Monitor,
    Ours,
    Prometheus,
    Unpushed,
    Watched,
    missing,
)
from benchmarks.process import cpu_secs
from benchmarks.registry import Figure, Missing, Run, benchmark
from tests.libvirt import bed as beds
from tests.libvirt.bed import Bed
from tests.libvirt.machine import Guest, Host
from tests.waiting import wait_for

HOSTS, VMS, MANY_VMS, KILLS = 4, 10, 40, 4
SECS, SETTLE_SECS, KNOWN_SECS, LOOK_SECS = 12.0, 5.0, 60.0, 0.005
PACE_OFF_MAX, TRIES = 0.1, 3
"""Who took another number of samples than was asked for is measured again."""
MONITORS: tuple[type[Monitor], ...] = (Prometheus, Ours, Collectd)
"""The first has all rows, so their order is that of the table."""


class Spent(NamedTuple):
    """Seconds of CPU that hosts have spent: their libvirtd, and the QEMUs of their VMs."""

    libvirtd: float
    qemus: float


@benchmark("peers", "Beside Prometheus and collectd", apart=True)
def peers(run: Run) -> Iterator[Figure]:
    """Real libvirtd with small VMs of QEMU that do nothing, watched by one program after the other.
    Each asks all hosts once a second for all that it keeps: vurti; Prometheus with a
    prometheus-libvirt-exporter for each host; collectd with its plugin virt for each host, which
    writes files of CSV. All but vurti are Debian's, and all else is as by default. CPU is of all
    processes of each; that of libvirtd and of QEMU is what they take more than while nobody asks.
    Then VMs are killed by SIGKILL, each at another moment of the second. One is known to be gone
    when vurti has committed it, when collectd has noted that it is shut off or written another
    state than running, and when a query finds nothing of it in Prometheus. "Told by libvirt" is by
    its events, which the exporter does not hear; "by asking alone" is of vurti without them. "At
    most" is of all kills of all rounds."""
    if lacking := [*beds.missing(), *missing()]:
        raise Missing(f"there is no {', no '.join(lacking)}. {HOW}")
    with Bed(1 + run.many(HOSTS)) as bed, TemporaryDirectory() as home:
        large, *small = (
            Watched({host: started(bed, host, VMS if number else run.many(MANY_VMS))})
            for number, host in enumerate(bed.hosts)
        )
        whole = Watched({host: vms for one in small for host, vms in one.vms.items()})
        most: dict[tuple[str, str], float] = {}
        for number in range(run.rounds):
            turns = MONITORS[number % len(MONITORS) :] + MONITORS[: number % len(MONITORS)]
            for watched in (small[0], large, whole):
                yield from _costs(turns, watched, home, run.secs(SECS))
            for figure in _kills((*turns, Unpushed), whole, home):
                most[figure[:2]] = max(figure.value, most.get(figure[:2], 0.0))
                yield figure
        yield from (Figure(f"{row}, at most", way, value) for (row, way), value in most.items())


def started(bed: Bed, host: Host, count: int) -> tuple[Guest, ...]:
    """So many new VMs that run on this host, and do nothing."""
    vms = tuple(bed.vm(boots="still", persistent=True) for _ in range(count))
    for vm in vms:
        host.start(vm)
    return vms


def _costs(
    turns: tuple[type[Monitor], ...], watched: Watched, home: str, secs: float
) -> Iterator[Figure]:
    """Of each monitor in turn, and of nobody first."""
    idle = spent_within(secs, watched)
    for kind in turns:
        with kind(watched, Path(mkdtemp(dir=home))) as monitor:
            until_known(monitor)
            time.sleep(SETTLE_SECS)
            for what, value in cost(monitor, idle, secs).items():
                yield Figure(f"{watched.name}: {what}", kind.name, value)


def cost(monitor: Monitor, idle: Spent, secs: float) -> dict[str, float]:
    """By what it is; `idle` is what the hosts spend in so many seconds while nobody asks."""
    samples, own, spent = _at_pace(monitor, secs)
    libvirtd, qemus = spent.libvirtd - idle.libvirtd, spent.qemus - idle.qemus
    parts = {f"of its own, {part}": cpu for part, cpu in own.items() if len(own) > 1}
    cpu = {
        "all CPU for it": sum(own.values()) + libvirtd + qemus,
        "its own": sum(own.values()),
        **parts,
        "libvirtd's": libvirtd,
        "QEMU's": qemus,
    }
    return {
        **{f"{what}, µs a VM-sample": 1e6 * spent / samples for what, spent in cpu.items()},
        "memory, MiB": sum(one.rss_kib for one in monitor.parts().values()) / 1024,
        "values of a VM each time": monitor.values(monitor.watched.all[0]),
    }


def _at_pace(monitor: Monitor, secs: float) -> tuple[int, dict[str, float], Spent]:
    """How many samples were taken in so many seconds, and the CPU of the parts of the monitor and
    of the hosts. Measured again where another number was asked for; at last a RuntimeError."""
    beat = len(monitor.watched.all)  # one more or less may fall into the time
    wanted = beat * secs / INTERVAL_SECS
    for _ in range(TRIES):
        samples, before = monitor.samples(), monitor.parts()
        spent = spent_within(secs, monitor.watched)
        after, taken = monitor.parts(), monitor.samples() - samples
        if abs(taken - wanted) <= max(beat, PACE_OFF_MAX * wanted):
            own = {part: used.cpu_secs - before[part].cpu_secs for part, used in after.items()}
            return taken, own, spent
    raise RuntimeError(f"{monitor.name}: {taken} samples, {wanted:.0f} wanted: {monitor.log()}")


def spent_within(secs: float, watched: Watched) -> Spent:
    """What the hosts spend in so many seconds."""
    daemons = [host.daemon_pid() for host in watched.vms]
    qemus = [host.qemu_pid(vm) for host, vms in watched.vms.items() for vm in vms]
    before = _spent(daemons), _spent(qemus)
    time.sleep(secs)
    return Spent(_spent(daemons) - before[0], _spent(qemus) - before[1])


def _spent(pids: list[int]) -> float:
    return sum(map(cpu_secs, pids))


def until_known(monitor: Monitor) -> None:
    """Wait until it has heard of all VMs. Raises AssertionError where that takes too long."""
    wait_for(monitor.knows, f"{monitor.name} knows all VMs", KNOWN_SECS, but=monitor.log)


def _kills(turns: tuple[type[Monitor], ...], watched: Watched, home: str) -> Iterator[Figure]:
    """Some VMs under each monitor, and how many milliseconds later it knew. They are started again
    when nobody looks."""
    for kind in turns:
        killed = random.sample(
            [(host, vm) for host, vms in watched.vms.items() for vm in vms], KILLS
        )
        with kind(watched, Path(mkdtemp(dir=home))) as monitor:
            until_known(monitor)
            for host, vm in killed:
                time.sleep(random.uniform(0, INTERVAL_SECS))  # at any moment of it
                for how, secs in _known_after(monitor, vm, host.qemu_pid(vm)).items():
                    yield Figure(f"a killed VM is known, {how}, ms", kind.name, 1000 * secs)
        for host, vm in killed:
            host.start(vm)


def _known_after(monitor: Monitor, vm: Guest, pid: int) -> dict[str, float]:
    """How many seconds after the end of its QEMU it is known, by each way to come to know it."""
    runs = f"{monitor.name} knows {vm.name} to run"
    wait_for(lambda: not any(says(vm) for says in monitor.signs.values()), runs, KNOWN_SECS)
    took: dict[str, float] = {}
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)

    def known() -> bool:
        for how, says in monitor.signs.items():
            if how not in took and says(vm):
                took[how] = time.monotonic() - began
        return len(took) == len(monitor.signs)

    wait_for(known, f"{monitor.name} knows {vm.name} to be gone", KNOWN_SECS, LOOK_SECS)
    return took
