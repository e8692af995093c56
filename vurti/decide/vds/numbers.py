"""What is concluded from a sample of a host and from its VMs (5.C)."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from vurti.decide.vds.alerts import physical_kb
from vurti.decide.vds.nics import counted, network_percent
from vurti.model import NicSample, VdsCapabilities, VdsStatistics, Vm, VmFacts, VmStatus

_NOT_YET = frozenset({VmStatus.WAIT_FOR_LAUNCH, VmStatus.DOWN})

USED_NOTHING = VdsStatistics(
    cpu_percent=0.0,
    cpu_user_percent=0.0,
    cpu_sys_percent=0.0,
    cpu_idle_percent=0.0,
    cpu_load_percent=0.0,
    memory_percent=0,
    network_percent=0,
)
"""The sample of a host that is not used, or of which nothing is known any more (R22)."""


def concluded(
    now: VdsStatistics, past: VdsStatistics | None, made: VdsCapabilities | None
) -> VdsStatistics:
    """The sample with its shares of memory and network, and its interfaces' totals and rates."""
    before = by_name(past)
    nics = (
        None if now.nics is None else tuple(counted(one, before.get(one.name)) for one in now.nics)
    )
    told = replace(now, nics=nics)
    return replace(
        told,
        memory_percent=_memory_percent(told, made),
        network_percent=network_percent(by_name(told), made),
    )


def by_name(sample: VdsStatistics | None) -> Mapping[str, NicSample]:
    """The interfaces of a sample by their names."""
    return {nic.name: nic for nic in (sample.nics if sample is not None else None) or ()}


def committed(
    vms: Iterable[Vm], facts: Mapping[str, VmFacts], overhead_mb: int | None
) -> tuple[int | None, int | None]:
    """MB of memory and vCPUs that are promised to the VMs of a host, with its own overhead; None
    where that of some VM is not known. One that is not launched yet does not count."""
    memory: int | None = overhead_mb or 0
    cores: int | None = 0
    for vm in vms:
        if vm.status not in _NOT_YET:
            fact = facts.get(vm.id)
            memory = _plus(memory, fact.memory_mb if fact is not None else None)
            cores = _plus(cores, fact.vcpus if fact is not None else None)
            if memory is None and cores is None:
                break
    return memory, cores


def _plus(total: int | None, more: int | None) -> int | None:
    return None if total is None or more is None else total + more


def _memory_percent(sample: VdsStatistics, made: VdsCapabilities | None) -> int | None:
    physical, free = physical_kb(sample, made), sample.memory_free_kb
    if not physical or free is None:
        return None
    huge_kb = (sample.hugepages_free_mb or 0) * 1024
    return 100 - round(100 * (free + huge_kb) / physical)
