"""Hosts as they are given: the record, the configuration, and what is remembered beside them."""

from typing import Any

from vurti.decide.view import LookMemo, VdsLook, VdsMemory
from vurti.model import (
    Host,
    Network,
    Nic,
    NicSample,
    NonOperationalReason,
    Vds,
    VdsCapabilities,
    VdsStatistics,
    VdsStatus,
)
from vurti.testing.scenarios.words import HostWords, NicWords

UNTOLD = VdsCapabilities()
NO_SAMPLE = VdsStatistics()
_KIB = 1024


def watched(id_: str, of: HostWords) -> Host:
    """The host as the configuration has it."""
    return Host(
        id_,
        cluster=of.cluster or "",
        power_management=of.power_management or False,
        spm=of.spm or False,
        image_transfers=of.image_transfers or (),
    )


def vds(id_: str, of: HostWords) -> Vds:
    """Its record."""
    told = capabilities(of)
    return Vds(
        id_,
        of.cluster or "",
        of.status or VdsStatus.UP,
        of.non_operational_reason or NonOperationalReason.NONE,
        None if told == UNTOLD else told,
        of.boot_time,
    )


def capabilities(of: HostWords) -> VdsCapabilities:
    """What it is made of, as far as that is given."""
    carried = {name for nic in (of.nics or {}).values() for name in nic.networks or ()}
    memory = of.physical_memory_mb
    return VdsCapabilities(
        memory_kb=None if memory is None else memory * _KIB,
        cpu_flags=None if of.cpu_flags is None else tuple(sorted(of.cpu_flags)),
        os=of.os,
        guest_overhead_mb=of.guest_overhead_mb,
        networks=tuple(Network(name) for name in sorted(carried)) if carried else None,
        nics=None if of.nics is None else tuple(_nic(name, nic) for name, nic in of.nics.items()),
    )


def sample(of: HostWords) -> VdsStatistics:
    """How it was when it was last asked, as far as that is given."""
    nics = of.nics or {}
    return VdsStatistics(
        vm_count=of.vm_count,
        boot_time=of.boot_time,
        hugepages_mb=of.hugepages_mb,
        committed_memory_mb=of.committed_memory_mb,
        committed_cores=of.committed_cores,
        nics=tuple(_nic_sample(name, nic) for name, nic in nics.items()) if nics else None,
    )


def heard(of: HostWords, at: float, seen: bool) -> VdsMemory:
    """What is remembered of it. `seen`: an answer about its VMs was taken in before now, `at`."""
    return VdsMemory(
        last_ok=of.last_ok,
        failures=of.failures or 0,
        listed_at=at - 2 if seen else None,
    )


def memory(id_: str, of: HostWords, at: float) -> list[object]:
    """What is remembered of it elsewhere: its last sample, and that it told what it is made of."""
    told = sample(of)
    last = None if told == NO_SAMPLE else told
    return [LookMemo(id_, VdsLook(sample=last, capabilities_at=at))]


def _nic(name: str, of: NicWords) -> Nic:
    return Nic(name, of.networks or (), of.slaves or (), of.base)


def _nic_sample(name: str, of: NicWords) -> NicSample:
    told: dict[str, Any] = {
        "rx_bytes": _counter(of.rx_total, of.rx_offset),
        "tx_bytes": _counter(of.tx_total, of.tx_offset),
    }
    return NicSample(
        name,
        up=None if of.state is None else of.state.lower() == "up",
        speed_mbps=None if of.speed is None else int(of.speed),
        sample_time=of.sample_time,
        rx_total=of.rx_total,
        rx_offset=of.rx_offset,
        rx_percent=of.rx_rate,
        tx_total=of.tx_total,
        tx_offset=of.tx_offset,
        tx_percent=of.tx_rate,
        **told,
    )


def _counter(total: int | None, offset: int | None) -> int | None:
    """The counter that these come from: the total is the counter and the offset."""
    return None if total is None else total - (offset or 0)
