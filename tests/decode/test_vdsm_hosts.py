"""What vdsm tells of a host itself: its statistics and its capabilities."""

import json
from typing import Any

import pytest

from vurti.decode import vdsm
from vurti.model import (
    Disk,
    Multipath,
    Network,
    Nic,
    NicSample,
    VdsCapabilities,
    VdsStatistics,
)

HOST: dict[str, Any] = {
    "cpuUser": "0.25",
    "cpuSys": "0.09",
    "cpuIdle": "99.66",
    "memFree": 6435,
    "vmCount": 3,
    "bootTime": "1360523351",
    "network": {},
}


def sample(**fields: Any) -> VdsStatistics:
    return vdsm.vds_statistics({**HOST, **fields}).statistics


def made_of(**fields: Any) -> VdsCapabilities:
    return vdsm.capabilities({**CAPS, **fields}).capabilities


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (0.34, 6_589_440, 3, 1360523351.0)),
        ({"memFree": "6435", "vmCount": "3"}, (0.34, 6_589_440, 3, 1360523351)),
        ({"bootTime": "0"}, (0.34, 6_589_440, 3, None)),
        ({"memFree": -1, "vmCount": ""}, (0.34, None, None, 1360523351.0)),
        ({"memFree": 2**62}, (0.34, None, 3, 1360523351.0)),
        ({"cpuUser": "99.99"}, (100.0, 6_589_440, 3, 1360523351.0)),
        ({"cpuUser": None}, (None, 6_589_440, 3, 1360523351.0)),
    ],
)
def test_a_sample_of_a_host(fields: dict[str, Any], expected: tuple[Any, ...]) -> None:
    got = sample(**fields)
    assert (got.cpu_percent, got.memory_free_kb, got.vm_count, got.boot_time) == expected


def test_a_daemon_that_has_just_started_does_not_know_its_load() -> None:
    fresh = {"cpuUser": "0.00", "cpuSys": "0.00", "cpuIdle": "100.00", "memUsed": "0.00"}
    assert vdsm.vds_statistics(fresh).statistics == VdsStatistics()
    idle = {**fresh, "network": {}}
    assert vdsm.vds_statistics(idle).statistics.cpu_percent == 0.0


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ({"dateTime": "2013-02-10T19:09:11 GMT"}, "date_time", 1_360_523_351.0),
        ({"dateTime": "2013-02-10T19:09:11"}, "date_time", None),
        ({"dateTime": 5}, "date_time", None),
        ({"cpuLoad": "0.02"}, "cpu_load_percent", 2.0),
        ({"swapFree": 20031}, "swap_free_mb", 20031),
        ({"haScore": 3400}, "ha_score", 3400),
        ({"haStats": {"configured": True, "score": 3400}}, "ha_score", 3400),
        ({"haStats": {"configured": False, "score": 0}}, "ha_score", None),
        ({"diskStats": {"/tmp": {"free": "44"}, "/x": {}}}, "disks",
         (Disk("/tmp", 44), Disk("/x"))),
        ({"diskStats": []}, "disks", None),
        ({"multipathHealth": {}}, "multipaths", ()),
        ({"multipathHealth": {"m": {"valid_paths": 0, "failed_paths": ["sda", 5]}, "n": {}}},
         "multipaths", (Multipath("m", 0, ("sda",)),)),
        ({"hugepages": {"2048": {"nr_hugepages": 3, "free_hugepages": 1},
                        "1048576": {"nr_hugepages": 1}, "x": {"nr_hugepages": 9}}},
         "hugepages_mb", 1030),
        ({"hugepages": {"2048": {"free_hugepages": 1}}}, "hugepages_free_mb", 2),
    ],
)  # fmt: skip
def test_the_odd_types_of_a_sample(fields: dict[str, Any], name: str, expected: object) -> None:
    assert getattr(sample(**fields), name) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"state": "up", "speed": "1000", "rx": "5", "tx": "6", "sampleTime": 7.5},
         NicSample("em1", True, 1000, 5, 6, 7.5)),
        ({"state": "UP", "rxRate": "0.0"}, NicSample("em1", True)),
        ({"state": "unknown"}, NicSample("em1", False)),
        ({"speed": "", "rx": -1}, NicSample("em1")),
    ],
)  # fmt: skip
def test_an_interface_is_up_where_it_says_so(told: dict[str, Any], expected: NicSample) -> None:
    assert sample(network={"em1": told, "em2": 5}).nics == (expected,)


CAPS = {
    "cpuModel": "Intel(R) Xeon(R) CPU E5606 @ 2.13GHz",
    "cpuCores": "4",
    "cpuThreads": "8",
    "cpuSockets": "1",
    "cpuSpeed": "2128.000",
    "memSize": "7855",
    "software_version": "4.10",
    "software_revision": "0.141",
}


def test_what_a_host_is_made_of() -> None:
    assert made_of() == VdsCapabilities(
        cpu_model="Intel(R) Xeon(R) CPU E5606 @ 2.13GHz",
        cpus=8,
        cpu_sockets=1,
        cpu_mhz=2128,
        memory_kb=8_043_520,
        hypervisor="vdsm 4.10-0.141",
        agent_version="4.10",
    )


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ({"cpuThreads": ""}, "cpus", 4),
        ({"software_revision": ""}, "hypervisor", "vdsm 4.10"),
        ({"software_version": 4.1}, "hypervisor", None),
        ({"memSize": "x"}, "memory_kb", None),
        ({"cpuModel": ""}, "cpu_model", None),
        ({"kvmEnabled": "true"}, "kvm_enabled", True),
        ({"kvmEnabled": False}, "kvm_enabled", False),
        ({"kvmEnabled": "?"}, "kvm_enabled", None),
        ({"cpuFlags": "vmx,nx\n\t"}, "cpu_flags", ("nx", "vmx")),
        ({"cpuFlags": ""}, "cpu_flags", ()),
        ({"cpuFlags": "fpu,lm"}, "architecture", "x86_64"),
        ({"emulatedMachines": ["pseries-rhel8"]}, "architecture", "ppc64"),
        ({"emulatedMachines": "pc"}, "emulated_machines", None),
        ({"selinux": {"mode": "1"}}, "selinux", "enforcing"),
        ({"selinux": {"mode": -1}}, "selinux", "disabled"),
        ({"selinux": {}}, "selinux", None),
        ({"operatingSystem": {"name": "RHEL", "version": "10", "release": "1.el10"}}, "os",
         "RHEL - 10 - 1.el10"),
        ({"operatingSystem": {}}, "os", None),
        ({"rngSources": []}, "rng_sources", ()),
        ({"guestOverhead": "65"}, "guest_overhead_mb", 65),
        ({"networks": {}}, "networks", ()),
        ({"networks": {"a": {"bridged": True}, "b": {}}}, "networks",
         (Network("a", True), Network("b"))),
    ],
)  # fmt: skip
def test_what_a_host_does_not_tell_of_itself_is_not_known(
    fields: dict[str, Any], name: str, expected: object
) -> None:
    assert getattr(made_of(**fields), name) == expected


@pytest.mark.parametrize(
    "network",
    [
        {"southbound": "eth1.100", "iface": "net1", "ports": ["eth1.100", "vnet0"]},
        {"iface": "net1", "ports": ["vnet0", "eth1.100"]},
        {"iface": "eth1.100"},
    ],
)
def test_a_network_is_carried_by_the_interface_below_it(network: dict[str, Any]) -> None:
    told = made_of(
        networks={"net1": network},
        nics={"eth1": {}, "eth2": {}},
        vlans={"eth1.100": {"iface": "eth1"}},
        bondings={"bond0": {"slaves": ["eth2"]}},
    )
    assert told.nics == (
        Nic("bond0", slaves=("eth2",)),
        Nic("eth1"),
        Nic("eth1.100", ("net1",), base="eth1"),
        Nic("eth2"),
    )


@pytest.mark.parametrize("value", [None, [], "x", 5])
def test_a_host_that_answers_with_something_else_is_the_documented_error(value: object) -> None:
    with pytest.raises(vdsm.VdsmDecodeError):
        vdsm.vds_statistics(value)
    with pytest.raises(vdsm.VdsmDecodeError):
        vdsm.capabilities(value)


def test_hosts_of_one_make_have_the_same_texts_in_memory() -> None:
    caps = {"cpuFlags": "vmx,nx", "emulatedMachines": ["pc-q35"], "rngSources": ["random"]}
    one, other = (vdsm.capabilities(json.loads(json.dumps(caps))).capabilities for _ in "ab")
    for name in ("cpu_flags", "emulated_machines", "rng_sources"):
        assert getattr(one, name)
        assert all(a is b for a, b in zip(getattr(one, name), getattr(other, name), strict=True))
