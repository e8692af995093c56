"""What is demanded of the hosts of a cluster: the `[clusters.NAME]` tables."""

from pydantic import BaseModel, ConfigDict, Field

from vurti.config.named import ids_of
from vurti.errors import Complaint
from vurti.model import Cluster, MemoryThreshold, MigrateOnError
from vurti.settings import Tree, bind


class ClusterSettings(BaseModel):
    """One cluster. Its name is that of its table, and what hosts have as their `cluster`. Every key
    is a field of model.Cluster under the same name."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    ballooning: bool = False
    """The memory balloons of its VMs are in use, and are watched."""

    required_networks: tuple[str, ...] = ()
    """A host that lacks one of them, or whose interface under one is down, is NonOperational."""

    optional_networks: tuple[str, ...] = ()
    """Networks that a host may do without; changes of their interfaces are told as those of any."""

    vm_networks: tuple[str, ...] = ()
    """A host that has one of them without a bridge is NonOperational."""

    cpu_flags: tuple[str, ...] = ()
    """Each host's CPU has all of these."""

    cpu_models: tuple[str, ...] = ()
    """Each host's CPU can be one of these for its VMs, such as "SandyBridge"."""

    architecture: str | None = None
    """Each host's, such as "x86_64"."""

    kvm: bool = True
    """A host that says that it has no KVM is NonOperational."""

    emulated_machines: tuple[str, ...] = ()
    """Each host emulates all of these."""

    rng_sources: tuple[str, ...] = ()
    """Each host has all of these sources of randomness, and random or urandom in any case."""

    selinux_enforcing: bool = False
    """SELinux that only warns is told of, as one that is off is always."""

    upgrade_mode: bool = False
    """Hosts of el6 and el7 may be mixed."""

    versions: tuple[str, ...] = ()
    """Agents of these versions are supported, such as "4.50"."""

    engine_version: str | None = None
    """And so are those that say that they serve a manager of this version."""

    level: str | None = None
    """Each host knows this level of clusters, such as "4.7"."""

    features: tuple[str, ...] = ()
    """Each host has all of these additional features."""

    memory_threshold: int = Field(95, ge=0)
    """Memory use beyond this is told: percent used, or MB free."""

    memory_threshold_type: MemoryThreshold = MemoryThreshold.PERCENT
    """"percent" (used) or "absolute" (MB that must be free)."""

    migrate_on_error: MigrateOnError = MigrateOnError.YES
    """Which VMs are to leave a host that becomes NonOperational: "YES", "HA_ONLY" or "NO"."""

    fencing: bool = True
    """A host that does not answer may be asked to be fenced, where such intents are switched on."""

    broken_connectivity_percent: int | None = Field(None, ge=1, le=100)
    """Unless so many of its hosts do not answer: then it is more likely the network."""


def clusters_of(tree: Tree, complaints: list[Complaint]) -> tuple[Cluster, ...]:
    """The clusters, in the order of the file; a host's cluster without a table demands nothing."""
    clusters = (
        _cluster(tree, name, complaints)
        for name in ids_of(tree, "clusters", "a cluster's name", complaints)
    )
    return tuple(one for one in clusters if one is not None)


def _cluster(tree: Tree, name: str, complaints: list[Complaint]) -> Cluster | None:
    settings = bind(ClusterSettings, tree, ("clusters", name), complaints)
    if settings is None:
        return None
    return Cluster(name, **{key: getattr(settings, key) for key in ClusterSettings.model_fields})
