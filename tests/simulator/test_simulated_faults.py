"""Each fault, as a client meets it."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from xml.parsers.expat import ExpatError

import gevent
import pytest
from gevent import socket

from tests.simulator.conftest import Simulate
from tests.simulator.peers import CONNECT, EVENTS, Stomp, xml
from tests.waiting import until
from vurti.simulator import Fault, FaultKind, Simulator, SimulatorError, parse_fault
from vurti.world import hang, pause, restore

Dial = Callable[..., Stomp]


@pytest.fixture
def sim(simulate: Simulate) -> Simulator:
    return simulate(version="4.1")


@pytest.fixture
def client(sim: Simulator, dial: Dial) -> Stomp:
    stomp = dial(sim).connect()
    stomp.subscribe("mine", "r")
    stomp.subscribe(EVENTS, "e")
    assert stomp.result("Host.ping") is True
    return stomp


def test_slow_delays_each_answer(client: Stomp, sim: Simulator) -> None:
    sim.fault("slow", by=0.4)
    client.ask("Host.ping")
    assert client.silent(0.2)
    assert client.answer()["result"] is True


@pytest.mark.parametrize("by_story", [True, False])
def test_a_host_that_hangs_takes_connections_and_says_nothing(
    client: Stomp, sim: Simulator, dial: Dial, by_story: bool
) -> None:
    sim.do(hang("host-1")) if by_story else sim.fault("hang", ["host-1"])
    gevent.sleep(0.02)
    client.ask("Host.ping")
    late = dial(sim)
    late.send(CONNECT)
    assert client.silent()
    assert late.silent(0.05)
    sim.do(restore("host-1")) if by_story else sim.mend()
    assert client.answer()["result"] is True
    assert late.frame()[0] == "CONNECTED"


def test_a_mute_host_beats_and_answers_nothing(sim: Simulator, dial: Dial) -> None:
    client = dial(sim)
    client.send(CONNECT.replace(b"0,0", b"0,1"))
    client.frame()
    client.subscribe("mine", "r")
    sim.fault("mute")
    client.ask("Host.ping")
    assert client.sock.recv(100) == b"\n"
    assert sim.counts()["muted"] == 1


def test_a_host_that_refuses_has_no_port_until_it_is_mended(
    client: Stomp, sim: Simulator, dial: Dial
) -> None:
    sim.fault("refuse", ["host-1"])
    assert client.ended_by() == "reset"
    with pytest.raises(ConnectionRefusedError):
        dial(sim)
    dial(sim, "host-2").connect()
    sim.mend("refuse")
    until(lambda: sim.hosts["host-1"]._listener is not None)
    dial(sim).connect()


def test_reset_breaks_an_answer_off_in_mid_frame(client: Stomp, sim: Simulator) -> None:
    sim.fault("reset")
    client.ask("Host.getAllVmStats")
    with pytest.raises(ConnectionResetError):
        client.frame()


def test_truncated_ends_an_answer_early_in_good_order(client: Stomp, sim: Simulator) -> None:
    sim.fault("truncated")
    client.ask("Host.getAllVmStats")
    with pytest.raises(EOFError) as ended:
        client.frame()
    assert ended.value.args[0].startswith(b"MESSAGE\n")


def test_garbage_is_no_frame(client: Stomp, sim: Simulator) -> None:
    sim.fault("garbage")
    client.ask("Host.ping")
    assert not client.sock.recv(65536).startswith(b"MESSAGE")


def test_nonsense_is_a_frame_around_no_json(client: Stomp, sim: Simulator) -> None:
    sim.fault("nonsense")
    client.ask("Host.ping")
    head = b""
    while b"\n\n" not in head:
        head += client.sock.recv(65536)
    assert head.startswith(b"MESSAGE\n")
    with pytest.raises(ValueError):
        json.loads(head.partition(b"\n\n")[2][:-1])


def test_huge_is_so_many_bytes_longer_and_still_true(client: Stomp, sim: Simulator) -> None:
    sim.fault("huge", by=3e6)
    client.ask("Host.ping")
    _, headers, body = client.frame()
    assert int(headers["content-length"]) == len(body) > 3_000_000
    assert json.loads(body)["result"] is True


@pytest.mark.parametrize(
    ("kind", "code"), [("recovering", 99), ("overloaded", 1100), ("unexpected", 16)]
)
def test_each_call_gets_the_code_in_both_protocols(
    client: Stomp, sim: Simulator, kind: str, code: int
) -> None:
    sim.fault(kind)
    client.ask("Host.getAllVmStats")
    assert client.answer()["error"]["code"] == code
    told = xml(sim.url("host-1", "vdsm+http"), "getAllVmStats")
    assert told["status"]["code"] == code
    sim.mend(kind)
    assert len(client.result("Host.getAllVmStats")) == 3


def test_a_recovering_host_says_no_events(client: Stomp, sim: Simulator) -> None:
    sim.fault("recovering")
    sim.do(pause("vm-1"))
    assert client.silent()
    assert sim.counts()["lost_events"] == 1


def test_lost_events_are_seen_by_polls_alone(client: Stomp, sim: Simulator) -> None:
    sim.fault("lost")
    sim.do(pause("vm-1"))
    assert client.silent()
    vms = {vm["vmId"]: vm["status"] for vm in client.result("Host.getAllVmStats")}
    assert vms[sim.vm_id("vm-1")] == "Paused"


def test_the_clock_goes_back_for_records_and_events_with_no_reboot(
    client: Stomp, sim: Simulator
) -> None:
    boot = client.result("Host.getStats")["bootTime"]
    before = int(client.result("Host.getAllVmStats")[0]["statusTime"])
    sim.fault("clock_back", by=600)
    assert before - int(client.result("Host.getAllVmStats")[0]["statusTime"]) > 500_000
    sim.do(pause("vm-1"))
    assert client.answer()["params"]["notify_time"] < before
    assert client.result("Host.getStats")["bootTime"] == boot


def test_a_flood_repeats_what_is_known_until_it_is_mended(client: Stomp, sim: Simulator) -> None:
    sim.fault("flood", ["host-1"], by=400)
    ids = {next(iter(client.answer()["params"])) for _ in range(500)}
    assert ids == {sim.vm_id(f"vm-{number}") for number in (1, 2, 3)}
    assert list(sim._chatting) == ["host-1"]
    sim.mend()
    until(client.drained)
    until(lambda: not sim._chatting)  # nobody is looked at who has nothing to repeat


def test_two_hosts_claim_one_vm(client: Stomp, sim: Simulator, dial: Dial) -> None:
    other = dial(sim, "host-2").connect()
    other.subscribe("mine", "r")
    sim.fault("claim", ["host-1"])
    here = {vm["vmId"] for vm in client.result("Host.getAllVmStats")}
    there = {vm["vmId"] for vm in other.result("Host.getAllVmStats")}
    assert here & there == {sim.vm_id("vm-4")}
    sim.mend("claim")
    assert len(client.result("Host.getAllVmStats")) == 3


def test_a_stuck_monitor_is_told_by_its_response(client: Stomp, sim: Simulator) -> None:
    assert {vm["monitorResponse"] for vm in client.result("Host.getAllVmStats")} == {"0"}
    sim.fault("stuck")
    assert {vm["monitorResponse"] for vm in client.result("Host.getAllVmStats")} == {"-1"}


def test_hostile_names_go_out_as_json_escapes(client: Stomp, sim: Simulator) -> None:
    sim.fault("hostile")
    client.ask("Host.getAllVmStats")
    body = client.frame()[2]
    assert body.isascii()
    assert b"\x1b" not in body
    assert {vm["guestName"][0] for vm in json.loads(body)["result"]} == {"\x1b"}


def test_hosts_of_3_5_say_nothing_at_all_to_a_hostile_name(simulate: Simulate, dial: Dial) -> None:
    sim = simulate(version="3.5")
    client = dial(sim).connect()
    sim.fault("hostile")
    client.ask("Host.getAllVmStats")
    assert client.silent()
    client.ask("Host.getVMList")
    assert len(client.answer()["result"]) == 3


def test_an_answer_that_ends_early_is_an_error_to_an_xmlrpc_client(sim: Simulator) -> None:
    sim.fault("truncated")
    with pytest.raises((http.client.IncompleteRead, ExpatError)):
        xml(sim.url("host-1", "vdsm+http"), "getAllVmStats")


def test_a_share_of_hosts_is_struck_and_others_not(simulate: Simulate) -> None:
    sim = simulate(hosts=10, vms_per_host=1)
    struck = sim.fault("slow", share=0.3)
    assert len(struck) == 3
    having = [id for id, host in sim.truth()["hosts"].items() if host["faults"]]
    assert having == struck


def test_a_fault_may_mend_itself(client: Stomp, sim: Simulator) -> None:
    sim.fault("mute", secs=0.1)
    until(lambda: not sim.truth()["hosts"]["host-1"]["faults"])
    assert client.result("Host.ping") is True


def test_faults_may_be_there_from_the_start(simulate: Simulate, dial: Dial) -> None:
    sim = simulate(faults=(Fault(kind=FaultKind.REFUSE, hosts=("host-2",)),))
    until(lambda: sim.hosts["host-2"]._listener is None)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(tuple(sim.hosts["host-2"].address))
    dial(sim).connect()


def test_a_fault_can_be_written_in_one_word() -> None:
    assert parse_fault("slow:by=3,share=0.1") == Fault(kind=FaultKind.SLOW, by=3, share=0.1)
    assert parse_fault("hang:hosts=a+b,secs=5") == Fault(
        kind=FaultKind.HANG, hosts=("a", "b"), secs=5
    )


@pytest.mark.parametrize("text", ["", "odd", "slow:by=x", "slow:speed=3"])
def test_a_fault_that_is_none_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(SimulatorError, match=r"there are slow|numbers|has hosts"):
        parse_fault(text)


@pytest.mark.parametrize("wrong", [{"hosts": ["nobody"]}, {"share": 1.5}, {"by": -1.0}])
def test_a_fault_for_what_there_is_not_is_refused(sim: Simulator, wrong: dict[str, Any]) -> None:
    with pytest.raises(SimulatorError):
        sim.fault("slow", **wrong)
