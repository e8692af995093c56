"""Does a host meet what its cluster demands? (5.A) Asked of its capabilities, first reason wins.

What its source does not tell is not checked: None is not the same as none.
"""

from collections.abc import Callable

from msgspec import Struct

from vurti.events import Mark
from vurti.model import Cluster, NonOperationalReason, VdsCapabilities, VdsStatus


class Unfit(Struct, frozen=True, gc=False):
    """Why a host may not carry VMs of its cluster, in words, and the marks that tell it."""

    reason: NonOperationalReason
    marks: tuple[Mark, ...]
    words: str


class Subject(Struct, frozen=True, gc=False):
    """A host to be checked. `past_flags` are those that it told before, and `peer_os` is the
    operating system of the first Up host of its cluster."""

    capabilities: VdsCapabilities
    cluster: Cluster
    status: VdsStatus
    past_flags: tuple[str, ...] | None = None
    peer_os: str | None = None


Check = Callable[[Subject], Unfit | None]


def unfit(subject: Subject) -> Unfit | None:
    """The first reason against it. One that is NonOperational already is not asked everything."""
    there = subject.status is VdsStatus.NON_OPERATIONAL
    for check, also_there in _CHECKS:
        if (also_there or not there) and (found := check(subject)) is not None:
            return found
    return None


def warned_of(capabilities: VdsCapabilities, cluster: Cluster) -> str | None:
    """What is told of SELinux without being held against the host."""
    mode = capabilities.selinux
    bad = mode == "disabled" or (mode == "permissive" and cluster.selinux_enforcing)
    return f"its SELinux is {mode}" if bad else None


def _networks(subject: Subject) -> Unfit | None:
    networks = subject.capabilities.networks
    if networks is None:
        return None
    missing = _missing(subject.cluster.required_networks, {one.name for one in networks})
    return _unfit("NETWORK_UNREACHABLE", Mark.NETWORK_MISSING, "it lacks the network", missing)


def _bridges(subject: Subject) -> Unfit | None:
    networks = subject.capabilities.networks or ()
    bare = {one.name for one in networks if one.bridged is False}
    found = [name for name in subject.cluster.vm_networks if name in bare]
    return _unfit("VM_NETWORK_IS_BRIDGELESS", Mark.NETWORK_BRIDGELESS, "without a bridge:", found)


def _cpu(subject: Subject) -> Unfit | None:
    """The CPU of an Up host is looked at again only where its flags are other ones."""
    flags, cluster = subject.capabilities.cpu_flags, subject.cluster
    if subject.status is VdsStatus.UP and flags == subject.past_flags:
        return None
    return _model(flags, cluster) or _architecture(subject) or _flags(flags, cluster)


def _model(flags: tuple[str, ...] | None, cluster: Cluster) -> Unfit | None:
    offered = {flag.removeprefix("model_") for flag in flags or () if flag.startswith("model_")}
    if not offered or not cluster.cpu_models or offered.intersection(cluster.cpu_models):
        return None
    return _unfit(
        "CPU_TYPE_UNSUPPORTED_IN_THIS_CLUSTER_VERSION",
        Mark.CPU_UNSUPPORTED,
        "its CPU can be none of",
        list(cluster.cpu_models),
    )


def _architecture(subject: Subject) -> Unfit | None:
    told, wanted = subject.capabilities.architecture, subject.cluster.architecture
    if told is None or wanted is None or told == wanted:
        return None
    return _unfit(
        "ARCHITECTURE_INCOMPATIBLE_WITH_CLUSTER",
        Mark.ARCHITECTURE_DIFFERS,
        "its architecture is",
        [told],
    )


def _flags(flags: tuple[str, ...] | None, cluster: Cluster) -> Unfit | None:
    if flags is None or not cluster.cpu_flags:
        return None
    missing = _missing(cluster.cpu_flags, set(flags))
    mark = Mark.CPU_LOWER_THAN_CLUSTER if flags else Mark.CPU_FLAGS_UNTOLD
    found = _unfit("CPU_TYPE_INCOMPATIBLE_WITH_CLUSTER", mark, "its CPU lacks", missing)
    if found is None or "nx" not in missing or not flags:
        return found
    return Unfit(found.reason, (*found.marks, Mark.NX_FLAG_MISSING), found.words)


def _kvm(subject: Subject) -> Unfit | None:
    off = subject.capabilities.kvm_enabled is False and subject.cluster.kvm
    return _unfit("KVM_NOT_RUNNING", Mark.KVM_OFF, "it has no", ["KVM"] if off else [])


def _machines(subject: Subject) -> Unfit | None:
    told = subject.capabilities.emulated_machines
    if told is None:
        return None
    missing = _missing(subject.cluster.emulated_machines, set(told))
    return _unfit(
        "EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER",
        Mark.EMULATED_MACHINE_MISSING,
        "it does not emulate",
        missing,
    )


def _distribution(subject: Subject) -> Unfit | None:
    mine, theirs = _release(subject.capabilities.os), _release(subject.peer_os)
    mixed = mine and theirs and mine != theirs and not subject.cluster.upgrade_mode
    words = f"it is of {mine}, its cluster of"
    return _unfit(
        "MIXING_RHEL_VERSIONS_IN_CLUSTER",
        Mark.DISTRIBUTIONS_MIXED,
        words,
        [theirs] if mixed and theirs else [],
    )


def _release(os: str | None) -> str | None:
    """el6 or el7; others may be mixed, and so may one that is not told in three parts."""
    parts = os.split(" - ") if os else []
    release = parts[2].split(".")[-1] if len(parts) == 3 else ""
    return release if release in ("el6", "el7") else None


def _randomness(subject: Subject) -> Unfit | None:
    told = subject.capabilities.rng_sources
    if told is None:
        return None
    missing = _missing(subject.cluster.rng_sources, set(told))
    if not {"random", "urandom"}.intersection(told):
        missing.append("random")
    return _unfit(
        "RNG_SOURCES_INCOMPATIBLE_WITH_CLUSTER", Mark.RNG_SOURCE_MISSING, "it lacks", missing
    )


def _version(subject: Subject) -> Unfit | None:
    made, cluster = subject.capabilities, subject.cluster
    if made.agent_version is None or not (cluster.versions or cluster.engine_version):
        return None
    served = cluster.engine_version in (made.supported_engines or ())
    supported = served or made.agent_version in cluster.versions
    return _unfit(
        "VERSION_INCOMPATIBLE_WITH_CLUSTER",
        Mark.VERSION_UNSUPPORTED,
        "its agent is of version",
        [] if supported else [made.agent_version],
    )


def _level(subject: Subject) -> Unfit | None:
    told, level = subject.capabilities.cluster_levels, subject.cluster.level
    unknown = told is not None and level is not None and level not in told
    return _unfit(
        "CLUSTER_VERSION_INCOMPATIBLE_WITH_CLUSTER",
        Mark.CLUSTER_LEVEL_UNSUPPORTED,
        "it does not know level",
        [level] if unknown and level else [],
    )


def _features(subject: Subject) -> Unfit | None:
    told = subject.capabilities.features
    missing = [] if told is None else _missing(subject.cluster.features, set(told))
    return _unfit(
        "HOST_FEATURES_INCOMPATIBLE_WITH_CLUSTER", Mark.FEATURE_MISSING, "it lacks", missing
    )


def _missing(wanted: tuple[str, ...], there: set[str]) -> list[str]:
    return [name for name in wanted if name not in there]


def _unfit(reason: str, mark: Mark, words: str, about: list[str]) -> Unfit | None:
    if not about:
        return None
    return Unfit(NonOperationalReason[reason], (mark,), f"{words} {', '.join(about)}")


_CHECKS: tuple[tuple[Check, bool], ...] = (
    (_networks, True),
    (_bridges, True),
    (_cpu, True),
    (_kvm, False),
    (_machines, False),
    (_distribution, False),
    (_randomness, False),
    (_version, True),
    (_level, True),
    (_features, True),
)
"""In their order, and whether a host that is NonOperational already is asked that as well."""
