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


class Cluster(Struct, frozen=True, gc=False):
    """Hosts that hand VMs to each other, and what is demanded of them."""

    id: str
    ballooning: bool = False
