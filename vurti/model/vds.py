"""What is known of one host: its state and capabilities, and apart from them its samples."""

from msgspec import Struct

from vurti.model.nic import Nic, NicSample
from vurti.model.status import NonOperationalReason, VdsStatus


class Network(Struct, frozen=True, gc=False):
    """A network that a host has. VMs can be on it only where it is `bridged`."""

    name: str
    bridged: bool | None = None


class VdsCapabilities(Struct, frozen=True, gc=False):
    """What a host is made of. None is what its source cannot tell. `memory_kb` in KiB.

    `cpu_flags` are sorted, since their order means nothing; those that begin with `model_` name
    the CPU models that it can be for VMs. `agent_version` is of its agent, `supported_engines` the
    managers' versions that this agent serves, `cluster_levels` the levels that it knows. `os` is
    "name - version - release". `selinux` is enforcing, permissive or disabled. From `manufacturer`
    on it is what the machine itself says of its make.
    """

    hostname: str | None = None
    cpu_model: str | None = None
    cpus: int | None = None
    cpu_sockets: int | None = None
    cpu_mhz: int | None = None
    memory_kb: int | None = None
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
    guest_overhead_mb: int | None = None
    manufacturer: str | None = None
    product: str | None = None
    family: str | None = None
    serial: str | None = None
    uuid: str | None = None


class Vds(Struct, frozen=True, gc=False):
    """The state of one host. `reason` is set only while it is NonOperational. `boot_time` is when
    it was booted, in seconds since 1970: another one is another boot. `maintenance_until` is when
    its maintenance is over, in seconds since 1970; None where it has no end, or is in none."""

    id: str
    cluster: str = ""
    status: VdsStatus = VdsStatus.UNASSIGNED
    reason: NonOperationalReason = NonOperationalReason.NONE
    capabilities: VdsCapabilities | None = None
    boot_time: float | None = None
    maintenance_until: float | None = None


class Disk(Struct, frozen=True, gc=False):
    """A path of a host and how much is free there."""

    path: str
    free_mb: int | None = None


class Multipath(Struct, frozen=True, gc=False):
    """A device of the host's storage with paths that failed, and how many paths are left to it."""

    device: str
    valid_paths: int
    failed_paths: tuple[str, ...] = ()


class VdsStatistics(Struct, frozen=True, gc=False):
    """One sample of a host. None is what was not told.

    CPU in percent of all its CPUs together, `cpu_percent` of it busy; memory in KiB. `boot_time`
    and `date_time`, its own clock, in seconds since 1970. `multipaths` are the devices that are
    not well: none at all where all are. `memory_percent`, `network_percent` and what is committed
    to its VMs are not told by it but concluded.
    """

    cpu_percent: float | None = None
    memory_kb: int | None = None
    memory_free_kb: int | None = None
    vm_count: int | None = None
    boot_time: float | None = None
    cpu_user_percent: float | None = None
    cpu_sys_percent: float | None = None
    cpu_idle_percent: float | None = None
    cpu_load_percent: float | None = None
    swap_total_mb: int | None = None
    swap_free_mb: int | None = None
    hugepages_mb: int | None = None
    hugepages_free_mb: int | None = None
    date_time: float | None = None
    vms_active: int | None = None
    vms_migrating: int | None = None
    migrations_in: int | None = None
    migrations_out: int | None = None
    ha_score: int | None = None
    nics: tuple[NicSample, ...] | None = None
    disks: tuple[Disk, ...] | None = None
    multipaths: tuple[Multipath, ...] | None = None
    memory_percent: int | None = None
    network_percent: int | None = None
    committed_memory_mb: int | None = None
    committed_cores: int | None = None
