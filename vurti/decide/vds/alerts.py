"""What a sample of a host shows that somebody should know (5.B). None of it changes its status."""

from collections.abc import Iterator

from msgspec import Struct

from vurti.decide.rules import Rules
from vurti.events import Mark
from vurti.model import (
    Cluster,
    Disk,
    MemoryThreshold,
    Multipath,
    VdsCapabilities,
    VdsStatistics,
)


class Alert(Struct, frozen=True, gc=False):
    """Something to be told of a host; `key` names the part of it that it is about."""

    mark: Mark
    words: str
    key: str = ""


_KIB = 1024
_SWAP_SHARE = 0.98


def alerts(
    sample: VdsStatistics,
    past: VdsStatistics | None,
    capabilities: VdsCapabilities | None,
    cluster: Cluster,
    rules: Rules,
) -> list[Alert]:
    """All that there is to tell, but for the clock. `past` is the sample before."""
    return [
        *_cpu(sample, rules),
        *_memory(sample, capabilities, cluster),
        *_swap(sample, rules),
        *_network(sample, rules),
        *_disks(sample.disks or (), rules),
        *_multipaths(sample.multipaths, past.multipaths if past else None),
    ]


def drift(date_time: float | None, clocks: tuple[float, ...], rules: Rules) -> Alert | None:
    """A host's clock differs from ours. `clocks` is what ours shows, and what it would show had it
    not been set: a host that agrees with either is not to blame."""
    if date_time is None or not rules.clock_drift:
        return None
    secs = min((abs(int(date_time - clock)) for clock in clocks), default=0)
    if secs <= rules.clock_drift_secs:
        return None
    return Alert(Mark.CLOCK_DRIFT, f"its clock differs from ours by {secs} s")


def _cpu(sample: VdsStatistics, rules: Rules) -> Iterator[Alert]:
    busy = sample.cpu_percent
    if busy is not None and int(busy) > rules.cpu_percent_max:
        yield Alert(Mark.HIGH_CPU, f"its CPUs are busy by {int(busy)} %")


def _memory(
    sample: VdsStatistics, capabilities: VdsCapabilities | None, cluster: Cluster
) -> Iterator[Alert]:
    free, threshold = sample.memory_free_kb, cluster.memory_threshold
    if free is None:
        return
    if cluster.memory_threshold_type is MemoryThreshold.ABSOLUTE:
        if free / _KIB < threshold:
            yield Alert(Mark.LOW_MEMORY, f"{free // _KIB} MB of memory are free")
        return
    usable = (physical_kb(sample, capabilities) or 0) - (sample.hugepages_mb or 0) * _KIB
    if usable > 0 and (used := 100 - round(100 * free / usable)) > threshold:
        yield Alert(Mark.HIGH_MEMORY, f"its memory is used by {used} %")


def physical_kb(sample: VdsStatistics, capabilities: VdsCapabilities | None) -> int | None:
    """All its memory, from whichever of the two tells it."""
    told = capabilities.memory_kb if capabilities is not None else None
    return told if told is not None else sample.memory_kb


def _swap(sample: VdsStatistics, rules: Rules) -> Iterator[Alert]:
    total, free = sample.swap_total_mb, sample.swap_free_mb
    if not total or free is None:
        return
    used = 100 * (total - free) // total
    if free < round(_SWAP_SHARE * rules.swap_free_mb_min):
        yield Alert(Mark.LOW_SWAP, f"{free} MB of swap are free")
    elif used > rules.swap_percent_max:
        yield Alert(Mark.HIGH_SWAP, f"its swap is used by {used} %")


def _network(sample: VdsStatistics, rules: Rules) -> Iterator[Alert]:
    for nic in sample.nics or ():
        busy = max(nic.rx_percent or 0.0, nic.tx_percent or 0.0)
        if int(busy) > rules.network_percent_max:
            yield Alert(Mark.HIGH_NETWORK, f"{nic.name} is busy by {int(busy)} %", nic.name)


def _disks(disks: tuple[Disk, ...], rules: Rules) -> Iterator[Alert]:
    """One alert names all the paths."""
    critical = [disk for disk in disks if _at_most(disk, rules.disk_critical_mb_min)]
    low = [disk for disk in disks if _at_most(disk, rules.disk_free_mb_min)]
    low = [disk for disk in low if disk not in critical]
    for mark, found in ((Mark.CRITICAL_DISK, critical), (Mark.LOW_DISK, low)):
        if found:
            words = ", ".join(f"{disk.free_mb} MB at {disk.path}" for disk in found)
            yield Alert(mark, f"free: {words}")


def _at_most(disk: Disk, mb: int) -> bool:
    return disk.free_mb is not None and disk.free_mb <= mb


def _multipaths(
    now: tuple[Multipath, ...] | None, past: tuple[Multipath, ...] | None
) -> Iterator[Alert]:
    """Told when they change, and not that all is well where nothing else was known."""
    if now is None or now == (past or ()):
        return
    dead = [one.device for one in now if one.valid_paths == 0]
    faulty = [one.device for one in now if one.valid_paths > 0]
    if not now:
        yield Alert(Mark.MULTIPATH_WELL, "all its paths to storage are well")
    if dead:
        yield Alert(Mark.MULTIPATH_DEAD, f"no path left to {', '.join(dead)}")
    if faulty:
        yield Alert(Mark.MULTIPATH_FAULTY, f"paths failed of {', '.join(faulty)}")
