"""Samples of VMs and hosts as vdsm tells them."""

import json
from typing import Any

import pytest

from vurti.decode import vdsm
from vurti.model import VmStatistics, VmStatisticsAnswer, VmStatus

ID = "9910d565-4127-4583-bacc-5bc787beba94"
WHOLE: dict[str, Any] = {
    "vmId": ID,
    "status": "Up",
    "cpuUser": "41.00",
    "cpuSys": "1.00",
    "cpuUsage": "123450000000",
    "cpuActual": True,
    "vcpuCount": "4",
    "balloonInfo": {"balloon_max": "1048576", "balloon_cur": "524288", "ballooning_enabled": True},
    "network": {"vnet0": {"rx": "10", "tx": "20"}, "vnet1": {"rx": "1", "tx": "2"}},
    "disks": {"vda": {"readBytes": "100", "writtenBytes": "200"}, "hdc": {}},
}


def both(*records: Any) -> VmStatisticsAnswer:
    """The answer by way of JSON, which must be that by way of parsed values."""
    from_values = vdsm.vm_statistics(list(records))
    assert vdsm.vm_statistics_json(json.dumps(records).encode()) == from_values
    return from_values


def sample(**fields: Any) -> VmStatistics:
    return both({**WHOLE, **fields}).vms[ID]


def test_a_whole_sample() -> None:
    assert sample() == VmStatistics(
        cpu_percent=10.5,
        cpu_time_ns=123_450_000_000,
        vcpus=4,
        memory_kb=524_288,
        memory_max_kb=1_048_576,
        disk_read_bytes=100,
        disk_write_bytes=200,
        net_rx_bytes=11,
        net_tx_bytes=22,
        cpu_user_percent=41.0,
        cpu_sys_percent=1.0,
    )


def test_a_vm_that_tells_nothing_has_an_empty_sample() -> None:
    assert both({"vmId": ID, "status": "WaitForLaunch"}).vms == {ID: VmStatistics()}


def test_states_come_along_and_a_vm_that_ended_has_no_sample() -> None:
    answer = both({**WHOLE, "status": "Down"}, {"vmId": "b", "status": "Up"}, {"vmId": "c"})
    assert list(answer.vms) == ["b"]
    assert answer.states is not None
    assert {vm: one.status for vm, one in answer.states.vms.items()} == {
        ID: VmStatus.DOWN, "b": VmStatus.UP,
    }  # fmt: skip
    assert answer.states.unreadable == ("c",)


@pytest.mark.parametrize(
    ("fields", "percent"),
    [
        ({"cpuUser": 41, "cpuSys": 1.0}, 10.5),
        ({"cpuUser": "900.00"}, 100.0),  # a moment may be measured longer than it was
        ({"vcpuCount": "0"}, None),
        ({"vcpuCount": None, "guestCPUCount": 2}, 21.0),
        ({"vcpuCount": None, "guestCPUCount": -1}, None),
        ({"vcpuCount": ""}, None),
        ({"cpuUser": "-1.00"}, None),
        ({"cpuUser": ""}, None),
        ({"cpuSys": None}, None),
        ({"cpuActual": False, "cpuUser": "0.00", "cpuSys": "0.00"}, None),
        ({"cpuUsage": "0.00"}, None),
        ({"cpuActual": "true"}, 10.5),
    ],
)
def test_the_share_of_all_vcpus_is_known_from_the_first_real_sample_on(
    fields: dict[str, Any], percent: float | None
) -> None:
    assert sample(**fields).cpu_percent == percent


@pytest.mark.parametrize(
    ("usage", "expected"),
    [("5", 5), (5, 5), ("5.00", 5), ("0", 0), ("0.00", None), ("", None), ("-1", None)],
)
def test_the_time_spent_comes_in_two_formats(usage: object, expected: int | None) -> None:
    assert sample(cpuUsage=usage).cpu_time_ns == expected


@pytest.mark.parametrize(
    ("balloon", "kb"),
    [
        ({"balloon_cur": 524288}, 524_288),  # numbers before 3.2, text since
        ({"balloon_cur": "0"}, None),
        ({"balloon_cur": "-1"}, None),
        ({"balloon_cur": {}}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_memory_is_what_the_balloon_leaves(balloon: object, kb: int | None) -> None:
    assert sample(balloonInfo=balloon).memory_kb == kb


@pytest.mark.parametrize(
    ("network", "received"),
    [
        ({"vnet0": {"rx": "1"}, "vnet1": {"rx": "-1"}, "vnet2": {}}, 1),
        ({"vnet0": {"rxRate": "0.0"}}, None),  # vdsm 3: rates instead of bytes
        ({"vnet0": {"rx": str(2**63 - 1)}, "vnet1": {"rx": "1"}}, None),  # no column takes it
        ({"vnet0": 5}, None),
        ({}, None),
        ([], None),
    ],
)
def test_traffic_is_the_sum_of_the_devices_that_tell_it(
    network: object, received: int | None
) -> None:
    assert sample(network=network).net_rx_bytes == received


def test_a_device_that_has_sent_and_got_nothing_tells_that() -> None:
    told = sample(network={"vnet0": {"rx": "0", "tx": "0"}})
    assert (told.net_rx_bytes, told.net_tx_bytes) == (0, 0)


def test_a_sample_with_one_odd_field_keeps_the_others() -> None:
    odd = sample(network=[1], cpuUser={"a": 1})
    assert (odd.net_rx_bytes, odd.cpu_percent, odd.vcpus, odd.disk_read_bytes) == (
        None, None, 4, 100,
    )  # fmt: skip
