"""What no host can tell: what a manager or an inventory knows of VMs and clusters."""

from enum import StrEnum

from msgspec import Struct


class Origin(StrEnum):
    """Who made a VM."""

    MANAGED = "MANAGED"
    EXTERNAL = "EXTERNAL"
    HOSTED_ENGINE = "HOSTED_ENGINE"  # runs the manager itself, and is not managed by it (7.6)


class VmNicFacts(Struct, frozen=True, gc=False):
    """A network card that a VM is meant to have. One without a profile tells no addresses."""

    mac: str
    profile: str = ""


class VmFacts(Struct, frozen=True, gc=False):
    """A VM as its manager means it. `ha`: to be started again after a crash, higher `priority`
    first; `lease`: it holds a storage lease; `memory_mb` with overhead; `min_memory_mb` is
    guaranteed to it; without `nics` every card counts."""

    id: str
    ha: bool = False
    priority: int = 0
    origin: Origin = Origin.MANAGED
    has_tpm: bool = False
    lease: bool = False
    vcpus: int | None = None
    memory_mb: int | None = None
    min_memory_mb: int | None = None
    pinned_to: str | None = None
    nics: tuple[VmNicFacts, ...] = ()


class MigrateOnError(StrEnum):
    """Which VMs are to leave a host that may not carry them any more."""

    YES = "YES"
    HA_ONLY = "HA_ONLY"
    NO = "NO"


class MemoryThreshold(StrEnum):
    """What a cluster's `memory_threshold` is: percent that may be used, or MB that must be free."""

    PERCENT = "percent"
    ABSOLUTE = "absolute"


class Cluster(Struct, frozen=True, gc=False):
    """Hosts that hand VMs to each other, and what is demanded of them: nothing where nothing is
    said, but for `kvm`, and a source of randomness. What a host's source cannot tell is not
    checked.

    Only `required_networks` make a host NonOperational where they are missing or their interface
    is down; `vm_networks` must be bridged where a host has them. `cpu_models`: one of them;
    `emulated_machines`: all of them; `rng_sources`: all, and random or urandom beside them.
    `versions` are the agents' versions that are supported besides those that say that they serve
    `engine_version`. `level` is the cluster's own. Fencing is not asked for where
    `broken_connectivity_percent` of its hosts or more do not answer.
    """

    id: str
    ballooning: bool = False
    required_networks: tuple[str, ...] = ()
    optional_networks: tuple[str, ...] = ()
    vm_networks: tuple[str, ...] = ()
    cpu_flags: tuple[str, ...] = ()
    cpu_models: tuple[str, ...] = ()
    architecture: str | None = None
    kvm: bool = True
    emulated_machines: tuple[str, ...] = ()
    rng_sources: tuple[str, ...] = ()
    selinux_enforcing: bool = False
    upgrade_mode: bool = False
    versions: tuple[str, ...] = ()
    engine_version: str | None = None
    level: str | None = None
    features: tuple[str, ...] = ()
    memory_threshold: int = 95
    memory_threshold_type: MemoryThreshold = MemoryThreshold.PERCENT
    migrate_on_error: MigrateOnError = MigrateOnError.YES
    fencing: bool = True
    broken_connectivity_percent: int | None = None
