"""Samples of VMs and of the host, and what the host is made of.

CPU shares are differences of counters, so the sample before is handed in and the new one out.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from vurti.decode.libvirt.made_of import NOT_TOLD, MadeOf
from vurti.decode.libvirt.states import vm_id
from vurti.decode.libvirt.vcpus import VcpuCount
from vurti.model import (
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VmStatistics,
    VmStatisticsAnswer,
)
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import DomainStats, NodeInfo, Value


class CpuSample(Struct, frozen=True, gc=False):
    """A CPU counter when it was read. `at` is our monotonic clock; `run` is the domain's id."""

    at: float
    cpu_time_ns: int
    run: int


def vm_statistics(
    records: Iterable[DomainStats],
    at: float,
    before: Mapping[str, CpuSample],
    counts: Mapping[DomainRef, VcpuCount],
) -> tuple[VmStatisticsAnswer, dict[str, CpuSample]]:
    """Samples of the running VMs, and their counters for the next time."""
    vms: dict[str, VmStatistics] = {}
    samples: dict[str, CpuSample] = {}
    for record in records:
        if record.domain.id < 0:
            continue  # it does not run: its fields tell of its definition, not of a life
        vm, cpu_time = vm_id(record.domain), _int(record.fields, "cpu.time")
        if cpu_time is not None:
            samples[vm] = CpuSample(at, cpu_time, record.domain.id)
        count = counts.get(record.domain)
        vcpus = None if count is None else count.vcpus
        share = _share(before.get(vm), samples.get(vm), vcpus)
        vms[vm] = _vm(record.fields, cpu_time, vcpus, share)
    return VmStatisticsAnswer(vms), samples


def _vm(
    fields: Mapping[str, Value], cpu_time: int | None, vcpus: int | None, share: float | None
) -> VmStatistics:
    return VmStatistics(
        cpu_percent=share,
        cpu_time_ns=cpu_time,
        vcpus=vcpus,
        memory_kb=_int(fields, "balloon.current"),
        memory_max_kb=_int(fields, "balloon.maximum"),
        rss_kb=_int(fields, "balloon.rss"),
        disk_read_bytes=_sum(fields, "block", "rd.bytes"),
        disk_write_bytes=_sum(fields, "block", "wr.bytes"),
        net_rx_bytes=_sum(fields, "net", "rx.bytes"),
        net_tx_bytes=_sum(fields, "net", "tx.bytes"),
    )


def _share(before: CpuSample | None, now: CpuSample | None, vcpus: int | None) -> float | None:
    """Percent of all vCPUs together; None where the two samples are not of one run."""
    if before is None or now is None or before.run != now.run or not vcpus:
        return None
    spent, passed = now.cpu_time_ns - before.cpu_time_ns, now.at - before.at
    if spent < 0 or passed <= 0:
        return None
    return round(min(100.0, spent / (passed * 1e9 * vcpus) * 100.0), 2)


def _int(fields: Mapping[str, Value], name: str) -> int | None:
    value = fields.get(name)
    return value if type(value) is int else None


_DEVICES_MAX = 4096


def _sum(fields: Mapping[str, Value], group: str, name: str) -> int | None:
    """The sum over a VM's devices; None where it has none that tells."""
    count = min(_int(fields, f"{group}.count") or 0, _DEVICES_MAX)
    values = [_int(fields, f"{group}.{n}.{name}") for n in range(count)]
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def vds_statistics(
    cpu: Mapping[str, int],
    cpu_before: Mapping[str, int],
    memory: Mapping[str, int],
    vm_count: int | None,
) -> VdsStatisticsAnswer:
    """A sample of the host. libvirt does not tell when it was booted."""
    free = [memory[name] for name in ("free", "buffers", "cached") if name in memory]
    idle = _percent(cpu_before, cpu, _IDLE)
    return VdsStatisticsAnswer(
        VdsStatistics(
            cpu_percent=None if idle is None else round(100 - idle, 2),
            cpu_user_percent=_percent(cpu_before, cpu, ("user",)),
            cpu_sys_percent=_percent(cpu_before, cpu, ("kernel",)),
            cpu_idle_percent=idle,
            memory_kb=memory.get("total"),
            memory_free_kb=sum(free) if free else None,
            vm_count=vm_count,
        )
    )


_IDLE = ("idle", "iowait")


def _percent(
    before: Mapping[str, int], now: Mapping[str, int], parts: tuple[str, ...]
) -> float | None:
    """The share that these had of all CPU time between two readings."""
    spent = {name: now[name] - before[name] for name in now.keys() & before.keys()}
    total = sum(spent[name] for name in sorted(spent) if name != "utilization")
    if total <= 0 or min(spent.values()) < 0:
        return None
    return round(sum(spent.get(name, 0) for name in parts) / total * 100.0, 2)


def capabilities(
    node: NodeInfo, hostname: str, version: int, driver: str, made: MadeOf = NOT_TOLD
) -> VdsCapabilitiesAnswer:
    """What the host is made of. `version` is libvirt's way to write one: 7002022 for 7.2.22."""
    major, minor, release = version // 1_000_000, version // 1_000 % 1_000, version % 1_000
    return VdsCapabilitiesAnswer(
        VdsCapabilities(
            hostname=hostname,
            cpu_model=made.cpu_model or node.model or None,
            cpus=node.cpus,
            cpu_sockets=node.sockets * max(node.nodes, 1),
            cpu_mhz=node.mhz or None,
            memory_kb=node.memory_kb,
            hypervisor=f"{driver} {major}.{minor}.{release}",
            architecture=made.architecture,
            emulated_machines=made.machines,
        )
    )
