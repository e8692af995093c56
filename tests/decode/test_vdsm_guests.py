"""What vdsm tells of guests and hardware, in whatever type it comes: a field of the wrong shape is
not told, and the VM is still good."""

import json
from typing import Any

import pytest
from msgspec import UNSET

from vurti.decode import vdsm
from vurti.model import Balloon, Guest, GuestNic, Job, VmReport, VmStatus

ID = "9910d565-4127-4583-bacc-5bc787beba94"
GIB = 1024**3
NICS = [
    {"name": "eth1", "hw": "00:1a:4a:00:00:02", "inet": ["10.0.0.2", "10.0.0.3"], "inet6": []},
    {"name": "eth0", "hw": "00:1a:4a:00:00:01", "inet": ["10.0.0.1"], "inet6": ["fe80::1%eth0"]},
]
WHOLE: dict[str, Any] = {
    "vmId": ID,
    "status": "Up",
    "hash": "-3077163634575265748",
    "watchdogEvent": {"time": 1759990000.5, "action": "reset"},
    "clientIp": "10.34.131.163",
    "guestFQDN": "web.example",
    "guestName": "web",
    "guestOs": "6.12.0",
    "appsList": ["kernel-6.12", "qemu-guest-agent-9.1"],
    "netIfaces": NICS,
    "vmJobs": {"j1": {"id": "j1", "cur": "10", "end": 100}},
    "disks": {
        "vda": {"imageID": "i", "truesize": "5"},
        "sda": {"lunGUID": "36001", "truesize": str(20 * GIB + 5)},
    },
}


def report(**fields: Any) -> VmReport:
    """By way of JSON, of parsed values, and of the statistics' answer, which must all agree."""
    record = {**WHOLE, **fields}
    body = json.dumps([record]).encode()
    told = vdsm.vm_states([record]).vms[ID]
    assert vdsm.vm_states_json(body).vms[ID] == told
    states = vdsm.vm_statistics_json(body).states
    assert states is not None
    assert states.vms[ID] == told
    assert told.status is VmStatus.UP
    return told


def test_a_whole_record() -> None:
    told = report()
    assert (told.watchdog, told.watchdog_time) == ("reset", 1759990000.5)
    assert told.device_hash == "-3077163634575265748"
    assert told.guest == Guest(
        host_name="web",
        fqdn="web.example",
        os="6.12.0",
        app_list="kernel-6.12,qemu-guest-agent-9.1",
        client_ip="10.34.131.163",
    )
    assert told.guest_nics == (
        GuestNic("eth0", "00:1a:4a:00:00:01", ("10.0.0.1",), ("fe80::1%eth0",)),
        GuestNic("eth1", "00:1a:4a:00:00:02", ("10.0.0.2", "10.0.0.3"), ()),
    )
    assert told.jobs == {"j1": Job(10, 100)}
    assert told.luns == {"36001": 20}


def test_what_is_absent_is_not_told() -> None:
    bare = vdsm.vm_states([{"vmId": ID, "status": "Up"}]).vms[ID]
    fields = "watchdog watchdog_time device_hash guest guest_nics jobs luns"
    for field in fields.split():
        assert getattr(bare, field) is UNSET, field


@pytest.mark.parametrize(
    ("fields", "field", "expected"),
    [
        ({"hash": 12}, "device_hash", "12"),
        ({"hash": ""}, "device_hash", UNSET),
        ({"hash": None}, "device_hash", UNSET),
        ({"hash": 1.5}, "device_hash", UNSET),
        ({"hash": ["x"]}, "device_hash", UNSET),
        ({"hash": "9" * 300}, "device_hash", UNSET),
        ({"watchdogEvent": {"time": "1759990000.50", "action": "none"}}, "watchdog", "none"),
        ({"watchdogEvent": {"time": "17.5"}}, "watchdog_time", 17.5),
        ({"watchdogEvent": {"time": "17.5"}}, "watchdog", ""),
        ({"watchdogEvent": {"time": "soon", "action": "reset"}}, "watchdog", UNSET),
        ({"watchdogEvent": {"action": "reset"}}, "watchdog", UNSET),
        ({"watchdogEvent": "reset"}, "watchdog_time", UNSET),
        ({"watchdogEvent": None}, "watchdog_time", UNSET),
        ({"vmJobs": {}}, "jobs", {}),
        ({"vmJobs": None}, "jobs", UNSET),
        ({"vmJobs": []}, "jobs", UNSET),
        ({"vmJobs": {"j1": {"cur": 1.0, "end": "2"}}}, "jobs", {"j1": Job(1, 2)}),
        ({"vmJobs": {"j1": {"cur": 1, "end": 2}, "j2": {"cur": "?"}}}, "jobs", UNSET),
        ({"vmJobs": {"j1": {"cur": 1, "end": 2}, "j2": None}}, "jobs", UNSET),
        ({"vmJobs": {"": {"cur": 1, "end": 2}}}, "jobs", UNSET),
        ({"netIfaces": []}, "guest_nics", ()),
        ({"netIfaces": None}, "guest_nics", UNSET),
        ({"netIfaces": {"eth0": NICS[0]}}, "guest_nics", UNSET),
        ({"netIfaces": ["x", {"name": 5, "hw": None, "inet": "10.0.0.1"}]}, "guest_nics",
         (GuestNic(""),)),
        ({"netIfaces": [{"name": "lo", "inet": [1, "", "127.0.0.1"]}]}, "guest_nics",
         (GuestNic("lo", v4=("127.0.0.1",)),)),
        ({"disks": {}}, "luns", UNSET),
        ({"disks": None}, "luns", UNSET),
        ({"disks": {"sda": {"lunGUID": "a", "truesize": GIB}}}, "luns", {"a": 1}),
        ({"disks": {"sda": {"lunGUID": "a", "truesize": "0"}}}, "luns", UNSET),
        ({"disks": {"sda": {"lunGUID": "a"}}}, "luns", UNSET),
        ({"disks": {"sda": {"lunGUID": "", "truesize": str(GIB)}}}, "luns", UNSET),
        ({"disks": {"sda": {"lunGUID": "a", "truesize": str(GIB - 1)}}}, "luns", {"a": 0}),
        ({"disks": {"sda": {"lunGUID": 5, "truesize": "x"}}}, "luns", UNSET),
        ({"disks": {"sda": [], "sdb": {"lunGUID": "a", "truesize": GIB}}}, "luns", {"a": 1}),
    ],
)  # fmt: skip
def test_hardware_in_odd_types(fields: dict[str, Any], field: str, expected: object) -> None:
    assert getattr(report(**fields), field) == expected


@pytest.mark.parametrize(
    ("fields", "field", "expected"),
    [
        ({"clientIp": ""}, "client_ip", ""),
        ({"clientIp": None}, "client_ip", None),
        ({"clientIp": ["10.0.0.1"]}, "client_ip", None),
        ({"guestName": ""}, "host_name", None),
        ({"guestName": "Unknown"}, "host_name", None),
        ({"guestName": "a\0b"}, "host_name", "a\ufffdb"),
        ({"guestName": "x" * 999}, "host_name", "x" * 255),
        ({"guestOs": "Unknown"}, "os", None),
        ({"guestOs": 5}, "os", None),
        ({"guestFQDN": " localhost "}, "fqdn", " localhost "),
        ({"guestFQDN": ""}, "fqdn", ""),
        ({"appsList": []}, "app_list", ""),
        ({"appsList": None}, "app_list", None),
        ({"appsList": "kernel"}, "app_list", None),
        ({"appsList": ["a", 5, None, "b"]}, "app_list", "a,b"),
        ({"appsList": ["x" * 100_000]}, "app_list", "x" * 65_536),
    ],
)
def test_a_guest_in_odd_types(fields: dict[str, Any], field: str, expected: object) -> None:
    told = report(**fields).guest
    assert isinstance(told, Guest)
    assert getattr(told, field) == expected


@pytest.mark.parametrize(
    ("told", "ip"),
    [("10.0.0.2  10.0.0.1", "10.0.0.1 10.0.0.2"), ("", None), (None, None), (["10.0.0.1"], None)],
)
def test_addresses_of_a_guest_whose_interfaces_are_not_told(told: object, ip: str | None) -> None:
    record = {"vmId": ID, "status": "Up", "guestIPs": told, "clientIp": ""}
    assert vdsm.vm_states([record]).vms[ID].guest == Guest(ip=ip, client_ip="")
    assert vdsm.vm_states_json(json.dumps([record]).encode()) == vdsm.vm_states([record])
    beside = vdsm.vm_states([{**record, "netIfaces": NICS}]).vms[ID].guest
    assert beside == Guest(client_ip="")


@pytest.mark.parametrize(
    ("balloon", "expected"),
    [
        ({"max": "8", "cur": "4", "target": "6", "min": "2"}, Balloon(4, 8, 6, 2)),
        ({"max": 8, "cur": 4.0, "target": "6", "min": "0"}, Balloon(4, 8, 6, 0)),
        ({"max": "8", "cur": "4"}, None),  # before oVirt 3.3 a host told no more
        ({"max": "8", "cur": "4", "target": "6", "min": "-1"}, None),
        ({"max": "8", "cur": "4", "target": "", "min": "2"}, None),
        ({}, None),
    ],
)
def test_a_balloon_is_told_where_all_four_of_it_are(balloon: Any, expected: Balloon | None) -> None:
    info = {f"balloon_{name}": value for name, value in balloon.items()}
    assert vdsm.vm_statistics([{**WHOLE, "balloonInfo": info}]).vms[ID].balloon == expected


@pytest.mark.parametrize(("told", "expected"), [("37", 37.0), (0, 0.0), ("-1", None), ("", None)])
def test_the_memory_that_a_guest_uses(told: object, expected: float | None) -> None:
    assert vdsm.vm_statistics([{**WHOLE, "memUsage": told}]).vms[ID].memory_percent == expected


def test_a_guest_that_is_no_text_spares_its_neighbours() -> None:
    """Half a surrogate pair and bytes that are no UTF-8 stand where the quick way does not look."""
    body = json.dumps([{**WHOLE, "appsList": ["\ud800", "b"]}, {"vmId": "b", "status": "Up"}])
    told = vdsm.vm_states_json(body.encode().replace(b"fe80::1", b"fe80\xff"))
    assert set(told.vms) == {ID, "b"}
    guest = told.vms[ID].guest
    assert isinstance(guest, Guest)
    assert guest.app_list == "\ufffd,b"


def test_a_host_that_repeats_itself_is_given_the_very_same_reports() -> None:
    known = vdsm.Known()

    def told(**fields: Any) -> VmReport:
        body = json.dumps([{**WHOLE, **fields}]).encode()
        return vdsm.vm_states_json(body, known).vms[ID]

    first = told(statusTime="5", cpuUser="1.00")
    assert told(statusTime="6", cpuUser="2.00") is first
    assert vdsm.vm_statistics_json(json.dumps([WHOLE]).encode(), known).states.vms[ID] is first  # type: ignore[union-attr]
    for change in ({"clientIp": ""}, {"netIfaces": []}, {"appsList": []}, {"vmJobs": {}},
                   {"hash": "1"}, {"status": "Paused"}, {"disks": {}}):  # fmt: skip
        assert told(**change) != first, change
        assert told() == first


def test_a_vm_that_was_gone_in_between_is_read_anew() -> None:
    known = vdsm.Known()
    body = json.dumps([WHOLE]).encode()
    first = vdsm.vm_states_json(body, known).vms[ID]
    assert vdsm.vm_states_json(b"[]", known).vms == {}
    assert vdsm.vm_states_json(body, known).vms[ID] is not first


def test_a_push_tells_of_the_guest_what_it_names_and_nothing_else() -> None:
    event = {ID: {"status": "Up", "clientIp": "", "hash": "7"}, "notify_time": 5}
    reports, _ = vdsm.vm_status_event(event)
    assert reports[ID] == VmReport(status=VmStatus.UP, device_hash="7", guest=Guest(client_ip=""))


def test_news_of_the_guest_alone_are_told_without_a_state() -> None:
    reports, _ = vdsm.vm_status_event({ID: {"guestFQDN": "web.example"}, "notify_time": 5})
    assert reports[ID] == VmReport(guest=Guest(fqdn="web.example"))


def test_a_vm_that_ended_tells_nothing_of_its_guest_in_a_poll() -> None:
    told = vdsm.vm_states([{**WHOLE, "status": "Down", "exitCode": 0, "exitReason": 6}]).vms[ID]
    assert (told.guest, told.jobs, told.device_hash) == (UNSET, UNSET, UNSET)
