"""What the simulated hosts say, as plain values of this room. Others decode them."""

from enum import StrEnum

from msgspec import Struct

from vurti.model.inputs import Begun
from vurti.model.status import ExitReason, ExitStatus, PauseStatus, VmStatus


class Link(StrEnum):
    """How a host meets a question."""

    ANSWERS = "answers"
    REFUSES = "refuses"  # no connection, at once
    HANGS = "hangs"  # takes the question and never answers


class DiskJob(Struct, frozen=True, gc=False):
    """Work on a disk of a VM: when it began, in seconds of the world, and how long it takes."""

    id: str
    began: float
    secs: float


class Listed(Struct, frozen=True, gc=False, kw_only=True):
    """One VM as one host lists it. The exit fields are None while it runs; `status_time` is the
    host's own clock in ms. `disks` is how many it has, `plugs` how often that changed, `client_ip`
    who looks at its console, empty where nobody does."""

    id: str
    name: str
    status: VmStatus
    begun: Begun
    status_time: int
    pause_status: PauseStatus = PauseStatus.NONE
    exit_status: ExitStatus | None = None
    exit_reason: ExitReason | None = None
    exit_message: str = ""
    disks: int = 1
    plugs: int = 0
    client_ip: str = ""
    job: DiskJob | None = None


class Listing(Struct, frozen=True):
    """All VMs that one host lists. The same object is given until something on the host changes."""

    vms: tuple[Listed, ...]


class Notice(Struct, frozen=True):
    """What a host says by itself about one VM. `clock_ms` is the host's own clock; `rebooted` and
    `watchdog` (the action taken) tell of something that happened and that no listing shows."""

    host: str
    clock_ms: int
    vm: Listed
    rebooted: bool = False
    watchdog: str | None = None


class VmSample(Struct, frozen=True, gc=False):
    """One sample of a VM: percent of all its vCPUs, nanoseconds, KiB, bytes."""

    cpu_percent: float
    cpu_time_ns: int
    vcpus: int
    memory_kb: int
    memory_max_kb: int
    rss_kb: int
    disk_read_bytes: int
    disk_write_bytes: int
    net_rx_bytes: int
    net_tx_bytes: int


class HostSample(Struct, frozen=True, gc=False):
    """One sample of a host: percent of all its CPUs, KiB; `boot_time` in seconds since 1970."""

    cpu_percent: float
    memory_kb: int
    memory_free_kb: int
    vm_count: int
    boot_time: float


class HostFacts(Struct, frozen=True, gc=False):
    """What a host is made of: memory in KiB, speed in MHz."""

    hostname: str
    cpu_model: str
    cpus: int
    cpu_sockets: int
    cpu_mhz: int
    memory_kb: int
    hypervisor: str
