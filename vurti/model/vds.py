"""What is known of one host: its state and capabilities, and apart from them its samples."""

from msgspec import Struct

from vurti.model.status import NonOperationalReason, VdsStatus


class VdsCapabilities(Struct, frozen=True, gc=False):
    """What a host is made of. None is what its source cannot tell. `memory_kb` in KiB."""

    hostname: str | None = None
    cpu_model: str | None = None
    cpus: int | None = None
    cpu_sockets: int | None = None
    cpu_mhz: int | None = None
    memory_kb: int | None = None
    hypervisor: str | None = None


class Vds(Struct, frozen=True, gc=False):
    """The state of one host. `reason` is set only while it is NonOperational."""

    id: str
    cluster: str = ""
    status: VdsStatus = VdsStatus.UNASSIGNED
    reason: NonOperationalReason = NonOperationalReason.NONE
    capabilities: VdsCapabilities | None = None


class VdsStatistics(Struct, frozen=True, gc=False):
    """One sample of a host. `boot_time` in seconds since 1970; memory in KiB; None is not told."""

    cpu_percent: float | None = None
    memory_kb: int | None = None
    memory_free_kb: int | None = None
    vm_count: int | None = None
    boot_time: float | None = None
