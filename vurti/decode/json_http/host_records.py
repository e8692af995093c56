"""The records of the hosts themselves in the JSON of agents and bridges."""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from vurti.model import Disk, Multipath, Network, Nic, NicSample, VdsCapabilities, VdsStatistics

_INT_MAX = 2**63 - 1
_T = TypeVar("_T")
Count = Annotated[int, Meta(ge=0, le=_INT_MAX)]
Number = Annotated[float, Meta(ge=0, le=1e300)]


class NicTold(Struct, frozen=True, gc=False):
    """One sample of an interface; what is concluded from several is not told."""

    name: str
    up: bool | None = None
    speed_mbps: Count | None = None
    rx_bytes: Count | None = None
    tx_bytes: Count | None = None
    sample_time: Number | None = None


class DiskTold(Struct, frozen=True, gc=False):
    """How much is free at a path."""

    path: str
    free_mb: Count | None = None


class MultipathTold(Struct, frozen=True, gc=False):
    """A device of the host's storage that is not well."""

    device: str
    valid_paths: Count
    failed_paths: tuple[str, ...] = ()


class VdsSample(Struct, frozen=True, gc=False):
    """One sample of the host."""

    cpu_percent: Number | None = None
    memory_kb: Count | None = None
    memory_free_kb: Count | None = None
    vm_count: Count | None = None
    boot_time: Number | None = None
    cpu_user_percent: Number | None = None
    cpu_sys_percent: Number | None = None
    cpu_idle_percent: Number | None = None
    cpu_load_percent: Number | None = None
    swap_total_mb: Count | None = None
    swap_free_mb: Count | None = None
    hugepages_mb: Count | None = None
    hugepages_free_mb: Count | None = None
    date_time: Number | None = None
    vms_active: Count | None = None
    vms_migrating: Count | None = None
    migrations_in: Count | None = None
    migrations_out: Count | None = None
    ha_score: Count | None = None
    nics: tuple[NicTold, ...] | None = None
    disks: tuple[DiskTold, ...] | None = None
    multipaths: tuple[MultipathTold, ...] | None = None


class Facts(Struct, frozen=True, gc=False):
    """What the host is made of."""

    hostname: str | None = None
    cpu_model: str | None = None
    cpus: Count | None = None
    cpu_sockets: Count | None = None
    cpu_mhz: Count | None = None
    memory_kb: Count | None = None
    hypervisor: str | None = None
    architecture: str | None = None
    cpu_flags: tuple[str, ...] | None = None
    kvm_enabled: bool | None = None
    emulated_machines: tuple[str, ...] | None = None
    networks: tuple[Network, ...] | None = None
    nics: tuple[Nic, ...] | None = None
    cluster_levels: tuple[str, ...] | None = None
    agent_version: str | None = None
    supported_engines: tuple[str, ...] | None = None
    features: tuple[str, ...] | None = None
    os: str | None = None
    rng_sources: tuple[str, ...] | None = None
    selinux: str | None = None
    guest_overhead_mb: Count | None = None
    manufacturer: str | None = None
    product: str | None = None
    family: str | None = None
    serial: str | None = None
    uuid: str | None = None


def statistics(told: VdsSample) -> VdsStatistics:
    """The sample as vurti knows it."""
    flat = _fields(told, "nics", "disks", "multipaths")
    return VdsStatistics(
        **flat,
        nics=_each(NicSample, told.nics),
        disks=_each(Disk, told.disks),
        multipaths=_each(Multipath, told.multipaths),
    )


def capabilities(told: Facts) -> VdsCapabilities:
    """What it is made of as vurti knows it. The order of flags means nothing."""
    flags = None if told.cpu_flags is None else tuple(sorted(set(told.cpu_flags)))
    return VdsCapabilities(**_fields(told, "cpu_flags"), cpu_flags=flags)


def _fields(told: Struct, *but: str) -> dict[str, Any]:
    fields = msgspec.structs.asdict(told)
    return {name: value for name, value in fields.items() if name not in but}


def _each(kind: type[_T], told: tuple[Struct, ...] | None) -> tuple[_T, ...] | None:
    if told is None:
        return None
    return tuple(kind(**msgspec.structs.asdict(one)) for one in told)
