"""What hosts tell, in the odd types that they tell it in."""

import json
from typing import Any

import pytest

from vurti.simulator.dialect import DIALECTS
from vurti.simulator.encoding import JSON, XML, to_xml
from vurti.simulator.host_stats import capabilities, host_stats
from vurti.simulator.records import Ids, Moment, Records
from vurti.world import STILL, World, migrate, pause, shutdown

STRINGS = (
    "cpuUser", "cpuSys", "cpuUsage", "elapsedTime", "statusTime", "memUsage", "hash", "vcpuCount",
    "vcpuQuota", "monitorResponse", "guestIPs", "kvmEnable", "timeOffset",
)  # fmt: skip


class Fleet:
    """A still world whose first host is looked at."""

    def __init__(self, version: str = "4.5") -> None:
        self.world = World(1, 2, 3, STILL)
        self.machine = self.world.host("host-1")
        self.records = Records(self.machine, DIALECTS[version], Ids(1), 15.0)

    def told(self, at: float, clock_ms: int = 7) -> list[dict[str, Any]]:
        self.world.advance(at)
        told: list[dict[str, Any]] = json.loads(self.records.all(JSON, Moment(at, clock_ms)))
        return told


def test_numbers_are_strings_but_where_hosts_forgot_to() -> None:
    record = Fleet().told(1.0)[0]
    assert {name: type(record[name]) for name in STRINGS} == dict.fromkeys(STRINGS, str)
    assert type(record["vcpuPeriod"]) is int
    assert record["cpuActual"] is True
    assert type(record["guestCPUCount"]) is int
    assert type(record["disks"]["vda"]["readBytes"]) is str
    assert type(record["network"]["vnet1"]["sampleTime"]) is float
    assert record["vmJobs"] == {}
    assert len(record) > 38


def test_the_slots_are_filled_anew_at_each_reply_and_the_rest_at_each_sample() -> None:
    fleet = Fleet()
    first, second = fleet.told(1.0, 1000)[0], fleet.told(1.5, 1500)[0]
    assert (first["statusTime"], second["statusTime"]) == ("1000", "1500")
    changed = {name for name in first if first[name] != second[name]}
    assert changed <= {"statusTime", "elapsedTime"}
    later = fleet.told(40.0)[0]
    assert int(later["cpuUsage"]) > int(first["cpuUsage"])
    assert int(later["network"]["vnet1"]["rx"]) > int(first["network"]["vnet1"]["rx"])
    assert int(later["elapsedTime"]) - int(first["elapsedTime"]) == 39


def test_a_status_that_changes_between_two_samples_is_told_at_once() -> None:
    fleet = Fleet()
    before = fleet.told(1.0)
    fleet.world.do(pause("vm-1"))
    after = fleet.told(1.0)
    assert [vm["status"] for vm in before] == ["Up", "Up", "Up"]
    assert [vm["status"] for vm in after] == ["Paused", "Up", "Up"]


def test_a_sample_ages_until_the_next_one_is_due() -> None:
    fleet = Fleet("3.5")
    ages = [float(fleet.told(at)[0]["statsAge"]) for at in (1.0, 1.25, 1.5)]
    assert ages == [0.0, 0.25, 0.5]
    assert all(float(fleet.told(at)[0]["statsAge"]) < 15 for at in range(2, 60))


def test_what_did_not_change_is_not_encoded_anew() -> None:
    fleet = Fleet()
    fleet.told(1.0)
    fleet.told(1.2)
    assert fleet.records.encoded == 3


def test_a_rate_is_what_the_counter_grew_by_between_two_samples() -> None:
    fleet = Fleet()
    before, after = (fleet.told(at)[0]["disks"]["vda"] for at in (1.0, 31.0))
    grown = int(after["readBytes"]) - int(before["readBytes"])
    assert float(after["readRate"]) == pytest.approx(grown / 30, rel=1e-3)


def test_an_ended_vm_has_its_reason_and_a_migrating_one_its_progress() -> None:
    fleet = Fleet()
    fleet.world.do(shutdown("vm-1"))
    fleet.world.do(migrate("vm-2", "host-2"))
    down = next(vm for vm in fleet.told(3.5) if vm["status"] == "Down")
    assert {name: down[name] for name in ("exitCode", "exitReason")} == {
        "exitCode": 0, "exitReason": 7
    }  # fmt: skip
    fleet = Fleet()
    fleet.world.do(migrate("vm-2", "host-2"))
    leaving = next(vm for vm in fleet.told(1.5) if vm["status"] == "Migration Source")
    assert 0 < leaving["migrationProgress"] < 100


@pytest.mark.parametrize("version", DIALECTS)
def test_everything_has_a_form_in_xmlrpc(version: str) -> None:
    import xmlrpc.client

    fleet = Fleet(version)
    told = fleet.records.all(XML, Moment(20.0, 2**31 + 20_000))
    body = b"<methodResponse><params><param>" + told + b"</param></params></methodResponse>"
    (records,), _ = xmlrpc.client.loads(body)
    assert len(records) == 3  # type: ignore[arg-type]  # typeshed knows fewer values than there are
    to_xml(host_stats(fleet.machine, DIALECTS[version], 1.0, 1.0, 1e9))
    to_xml(capabilities(fleet.machine, DIALECTS[version], 1, "127.0.0.1"))


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, None])
def test_what_has_no_form_in_xmlrpc_is_an_error(value: object) -> None:
    with pytest.raises((OverflowError, TypeError)):
        to_xml({"a": [value]})


def test_xml_is_escaped() -> None:
    assert to_xml("<a&b>") == b"<value><string>&lt;a&amp;b&gt;</string></value>"


def test_the_flags_of_a_cpu_are_a_set_whose_order_another_boot_changes() -> None:
    fleet = Fleet()
    before = capabilities(fleet.machine, DIALECTS["4.5"], 1, "127.0.0.1")["cpuFlags"]
    fleet.machine.booted += 5.0
    after = capabilities(fleet.machine, DIALECTS["4.5"], 1, "127.0.0.1")["cpuFlags"]
    assert isinstance(before, str)
    assert isinstance(after, str)
    assert before != after
    assert set(before.split(",")) == set(after.split(","))
