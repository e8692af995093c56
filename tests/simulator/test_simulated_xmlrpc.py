"""Vdsm's XML-RPC, asked by Python's own client, and by bytes where that one is too polite."""

import xmlrpc.client
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.conftest import Simulate
from tests.simulator.peers import Stomp, beside, xml
from vurti.simulator import Simulator, SimulatorError

Dial = Callable[..., Stomp]


@pytest.fixture
def sim(simulate: Simulate) -> Simulator:
    return simulate(version="3.5")


def asked(sim: Simulator, verb: str, *params: Any) -> Any:
    """What the first host says to one call."""
    return xml(sim.url("host-1", "vdsm+http"), verb, *params)


DONE = {"code": 0, "message": "Done"}


def test_each_verb_answers_in_its_own_shape(sim: Simulator) -> None:
    id = sim.vm_id("vm-1")
    assert asked(sim, "ping") == {"status": DONE}
    assert {vm["vmId"] for vm in asked(sim, "list")["vmList"]} == {
        sim.vm_id(f"vm-{number}") for number in (1, 2, 3)
    }
    assert asked(sim, "list", False, [id])["vmList"] == [{"vmId": id, "status": "Up"}]
    assert len(asked(sim, "getAllVmStats")["statsList"]) == 3
    assert [vm["vmId"] for vm in asked(sim, "getVmStats", id)["statsList"]] == [id]
    assert asked(sim, "getVdsStats")["info"]["vmCount"] == 3
    assert asked(sim, "getVdsCapabilities")["info"]["vmTypes"] == ["kvm"]
    assert asked(sim, "getVdsHardwareInfo")["info"]["systemManufacturer"] == "vurti"
    assert asked(sim, "migrateStatus", id)["stats"]["progress"] == 0
    assert "getAllVmStats" in asked(sim, "system.listMethods")["methods"]


def test_an_error_is_a_normal_reply_with_a_code(sim: Simulator) -> None:
    assert asked(sim, "getVmStats", "gone")["status"]["code"] == 1


@pytest.mark.parametrize("verb", ["destroy", "shutdown", "migrate", "create"])
def test_what_would_change_the_host_is_a_fault_and_counted(sim: Simulator, verb: str) -> None:
    with pytest.raises(xmlrpc.client.Fault) as fault:
        asked(sim, verb, "x")
    assert fault.value.faultCode == 1
    assert sim.calls() == {verb: 1}


def test_records_of_3_x_are_aged_and_nameless_and_know_no_status_time(sim: Simulator) -> None:
    record = asked(sim, "getAllVmStats")["statsList"][0]
    assert {"statsAge", "displayPort", "pid", "disks", "network", "hash"} <= set(record)
    assert not {"vmName", "statusTime", "displayInfo"} & set(record)
    assert {"rxRate", "txRate"} <= set(record["network"].popitem()[1])


def test_a_vm_that_waits_for_launch_has_maps_and_they_are_empty(sim: Simulator) -> None:
    from vurti.world import destroy, start

    sim.do(destroy("vm-1"))
    sim.do(start("vm-1", "host-1"))
    record = asked(sim, "getVmStats", sim.vm_id("vm-1"))["statsList"][0]
    assert (record["status"], record["disks"], record["network"]) == ("WaitForLaunch", {}, {})
    assert "hash" not in record
    assert record["statsAge"] == "-1.00"


def test_a_connection_is_kept_for_the_next_call(sim: Simulator) -> None:
    url = sim.url("host-1", "vdsm+http").removeprefix("vdsm+")

    def twice() -> Any:
        with xmlrpc.client.ServerProxy(f"{url}/RPC2") as client:
            return client.ping(), client.getAllVmStats()

    _, told = beside(twice)
    assert len(told["statsList"]) == 3
    assert sim.counts()["accepted"] == 1


def test_another_path_is_not_found_and_its_body_poisons_the_connection(
    sim: Simulator, dial: Dial
) -> None:
    client = dial(sim)
    client.send(b"POST /other HTTP/1.1\r\nContent-Length: 11\r\n\r\n<a>1</a>\r\n\r\n\r\n")
    told = b""
    while more := client.sock.recv(65536):
        told += more
    assert told.startswith(b"HTTP/1.1 404 ")
    assert b"HTTP/1.1 400 " in told


def test_a_body_that_is_no_xml_is_a_fault(sim: Simulator, dial: Dial) -> None:
    client = dial(sim)
    client.send(b"POST /RPC2 HTTP/1.0\r\nContent-Length: 5\r\n\r\nnoxml")
    told = b""
    while more := client.sock.recv(65536):
        told += more
    assert b"<fault>" in told


def test_both_protocols_are_spoken_at_one_port(sim: Simulator, dial: Dial) -> None:
    client = dial(sim).connect()
    client.ask("Host.getVMList")
    ids = client.answer()["result"]
    assert [vm["vmId"] for vm in asked(sim, "list")["vmList"]] == ids


def test_hosts_of_4_5_know_no_xmlrpc(simulate: Simulate, dial: Dial) -> None:
    sim = simulate(version="4.5")
    client = dial(sim)
    client.send(b"POST /RPC2 HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
    assert client.ended_by() == "reset"
    with pytest.raises(SimulatorError, match=r"4\.5"):
        sim.url("host-1", "vdsm+http")


def test_hosts_of_3_3_know_no_stomp(simulate: Simulate, dial: Dial) -> None:
    client = dial(simulate(version="3.3"))
    client.send(b"CONNECT\naccept-version:1.2\n\n\0")
    assert client.ended_by() == "reset"


def test_a_hostile_guest_makes_the_whole_reply_no_xml(sim: Simulator) -> None:
    sim.fault("hostile")
    with pytest.raises(Exception, match="not well-formed"):
        asked(sim, "getAllVmStats")
    sim.mend("hostile")
    assert len(asked(sim, "getAllVmStats")["statsList"]) == 3
