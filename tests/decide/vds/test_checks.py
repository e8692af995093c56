"""What a cluster demands of its hosts (5.A): one reason at most, in their order."""

from typing import Any

import pytest

from vurti.decide.vds.checks import Subject, unfit, warned_of
from vurti.events import CATALOGUE
from vurti.model import (
    Cluster,
    Host,
    Network,
    NonOperationalReason,
    Reload,
    Snapshot,
    Vds,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatus,
)
from vurti.testing.fold import Fold

R = NonOperationalReason


def reason(
    cluster: dict[str, Any],
    made: dict[str, Any],
    status: VdsStatus = VdsStatus.UNASSIGNED,
    **more: Any,
) -> tuple[str, ...] | None:
    """The reason and the names of its marks in the specification."""
    found = unfit(Subject(VdsCapabilities(**made), Cluster("east", **cluster), status, **more))
    if found is None:
        return None
    return (found.reason.name, *(CATALOGUE[mark].spec or "" for mark in found.marks))


def nets(*names: str, bridged: bool | None = True) -> dict[str, Any]:
    return {"networks": tuple(Network(name, bridged) for name in names)}


@pytest.mark.parametrize(
    ("cluster", "made", "expected"),
    [
        ({"required_networks": ("a", "b")}, nets("a"),
         ("NETWORK_UNREACHABLE", "VDS_SET_NONOPERATIONAL_NETWORK")),
        ({"required_networks": ("a",), "optional_networks": ("b",)}, nets("a"), None),
        ({"vm_networks": ("a", "b")}, nets("a", bridged=False),
         ("VM_NETWORK_IS_BRIDGELESS", "VDS_SET_NON_OPERATIONAL_VM_NETWORK_IS_BRIDGELESS")),
        ({"vm_networks": ("b",)}, nets("a", bridged=False), None),
        ({"cpu_models": ("Haswell",)}, {"cpu_flags": ("model_Penryn",)},
         ("CPU_TYPE_UNSUPPORTED_IN_THIS_CLUSTER_VERSION",) * 2),
        ({"cpu_models": ("Haswell", "Penryn")}, {"cpu_flags": ("model_Penryn",)}, None),
        ({"architecture": "ppc64"}, {"architecture": "x86_64", "cpu_flags": ()},
         ("ARCHITECTURE_INCOMPATIBLE_WITH_CLUSTER", "VDS_ARCHITECTURE_NOT_SUPPORTED_FOR_CLUSTER")),
        ({"cpu_flags": ("vmx",)}, {"cpu_flags": ("nx",)},
         ("CPU_TYPE_INCOMPATIBLE_WITH_CLUSTER", "VDS_CPU_LOWER_THAN_CLUSTER")),
        ({"cpu_flags": ("vmx", "nx")}, {"cpu_flags": ("vmx",)},
         ("CPU_TYPE_INCOMPATIBLE_WITH_CLUSTER", "VDS_CPU_LOWER_THAN_CLUSTER",
          "CPU_FLAGS_NX_IS_MISSING")),
        ({"cpu_flags": ("vmx",)}, {"cpu_flags": ()},
         ("CPU_TYPE_INCOMPATIBLE_WITH_CLUSTER", "VDS_CPU_RETRIEVE_FAILED")),
        ({}, {"kvm_enabled": False}, ("KVM_NOT_RUNNING", "VDS_RUN_IN_NO_KVM_MODE")),
        ({"kvm": False}, {"kvm_enabled": False}, None),
        ({"emulated_machines": ("pc", "q35")}, {"emulated_machines": ("pc",)},
         ("EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER",) * 2),
        ({}, {"rng_sources": ("hwrng",)}, ("RNG_SOURCES_INCOMPATIBLE_WITH_CLUSTER",) * 2),
        ({"rng_sources": ("hwrng",)}, {"rng_sources": ("urandom",)},
         ("RNG_SOURCES_INCOMPATIBLE_WITH_CLUSTER",) * 2),
        ({}, {"rng_sources": ("urandom",)}, None),
        ({"versions": ("4.50",)}, {"agent_version": "4.19"},
         ("VERSION_INCOMPATIBLE_WITH_CLUSTER", "VDS_VERSION_NOT_SUPPORTED_FOR_CLUSTER")),
        ({"versions": ("4.50",)}, {"agent_version": "4.50"}, None),
        ({"engine_version": "4.5"}, {"agent_version": "4.60", "supported_engines": ("4.5",)}, None),
        ({"level": "4.8"}, {"cluster_levels": ("4.7",)},
         ("CLUSTER_VERSION_INCOMPATIBLE_WITH_CLUSTER", "VDS_CLUSTER_VERSION_NOT_SUPPORTED")),
        ({"features": ("x",)}, {"features": ()},
         ("HOST_FEATURES_INCOMPATIBLE_WITH_CLUSTER", "HOST_FEATURES_INCOMPATIBILE_WITH_CLUSTER")),
    ],
)  # fmt: skip
def test_each_demand_has_its_reason_and_its_mark(
    cluster: dict[str, Any], made: dict[str, Any], expected: tuple[str, ...] | None
) -> None:
    assert reason(cluster, made) == expected


DEMANDING = {
    "required_networks": ("a",), "vm_networks": ("b",), "cpu_flags": ("vmx",), "level": "4.7",
    "architecture": "ppc64", "emulated_machines": ("pc",), "rng_sources": ("hwrng",),
    "versions": ("4.50",), "features": ("x",), "cpu_models": ("Penryn",),
}  # fmt: skip


def test_what_is_not_told_is_not_checked() -> None:
    assert reason(DEMANDING, {}) is None


def test_the_first_reason_wins() -> None:
    made = {**nets("b", bridged=False), "cpu_flags": ("nx",), "kvm_enabled": False}
    assert reason(DEMANDING, made) == ("NETWORK_UNREACHABLE", "VDS_SET_NONOPERATIONAL_NETWORK")


def test_a_host_that_is_nonoperational_already_is_not_asked_for_kvm_but_for_its_cpu() -> None:
    there = VdsStatus.NON_OPERATIONAL
    assert reason({}, {"kvm_enabled": False}, there) is None
    cpu = reason({"cpu_flags": ("vmx",)}, {"cpu_flags": ("nx",)}, there)
    assert cpu is not None


@pytest.mark.parametrize(("past", "found"), [(("nx",), False), (("nx", "vmx"), True), (None, True)])
def test_the_cpu_of_an_up_host_is_looked_at_where_its_flags_are_other_ones(
    past: tuple[str, ...] | None, found: bool
) -> None:
    told = reason({"cpu_flags": ("vmx",)}, {"cpu_flags": ("nx",)}, VdsStatus.UP, past_flags=past)
    assert (told is not None) is found


@pytest.mark.parametrize(
    ("mine", "theirs", "mixed"),
    [
        ("RHEL - 7 - 1.el7", "RHEL - 6 - 5.el6", True),
        ("RHEL - 7 - 1.el7", "RHEL - 7 - 2.el7", False),
        ("RHEL - 9 - 1.el9", "RHEL - 8 - 1.el8", False),
        ("RHEL - 1.el7", "RHEL - 6 - 5.el6", False),
        (None, "RHEL - 6 - 5.el6", False),
    ],
)
def test_el6_and_el7_are_not_mixed(mine: str | None, theirs: str | None, mixed: bool) -> None:
    assert (reason({}, {"os": mine}, peer_os=theirs) is not None) is mixed
    assert reason({"upgrade_mode": True}, {"os": mine}, peer_os=theirs) is None


@pytest.mark.parametrize(
    ("of_a", "before", "after"), [("east", "NONE", "MIXED"), ("west", "MIXED", "NONE")]
)
def test_a_host_is_compared_with_those_that_are_in_its_cluster_by_now(
    of_a: str, before: str, after: str
) -> None:
    def told_b(cluster_of_a: str) -> str:
        fold.give(Reload((Host("A", cluster=cluster_of_a), Host("B", cluster="west"))))
        return told("B", "RHEL - 7 - 1.el7")

    def told(host: str, os: str) -> str:
        answer = VdsCapabilitiesAnswer(VdsCapabilities(os=os))
        fold.give(Snapshot(host, fold.at, answer))
        known = fold.vds(host)
        assert known is not None
        return "MIXED" if known.reason is R.MIXING_RHEL_VERSIONS_IN_CLUSTER else known.reason.value

    fold = Fold(hosts=[Vds("A", of_a, VdsStatus.UP), Vds("B", "west", VdsStatus.UP)])
    told("A", "RHEL - 6 - 5.el6")
    assert told_b(of_a) == before
    fold = Fold(hosts=[Vds("A", of_a, VdsStatus.UP), Vds("B", "west", VdsStatus.UP)])
    told("A", "RHEL - 6 - 5.el6")
    assert told_b("west" if of_a == "east" else "east") == after


@pytest.mark.parametrize(
    ("mode", "strict", "told"),
    [
        ("disabled", False, True),
        ("permissive", False, False),
        ("permissive", True, True),
        ("enforcing", True, False),
        (None, True, False),
    ],
)
def test_selinux_is_told_and_held_against_nobody(
    mode: str | None, strict: bool, told: bool
) -> None:
    cluster = Cluster("east", selinux_enforcing=strict)
    assert (warned_of(VdsCapabilities(selinux=mode), cluster) is not None) is told
    assert reason({"selinux_enforcing": strict}, {"selinux": mode}) is None
