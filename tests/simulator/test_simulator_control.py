"""Live control over HTTP, with Python's own client beside."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.conftest import Simulate
from tests.simulator.peers import beside
from vurti.simulator import Simulator
from vurti.simulator.control import Control


@pytest.fixture
def sim(simulate: Simulate) -> Simulator:
    return simulate()


@pytest.fixture
def control(sim: Simulator) -> Iterator[Control]:
    served = Control(sim)
    served.start()
    yield served
    served.stop()


def asked(
    control: Control, path: str, body: object = None, kind: str = "application/json"
) -> tuple[int, Any]:
    """Status and JSON of one request; a POST where there is a body."""

    def call() -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(control.url + path, data, {"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    return beside(call)


def test_the_truth_is_told_by_the_ids_of_the_wire(control: Control, sim: Simulator) -> None:
    status, truth = asked(control, "/truth")
    assert status == 200
    assert truth["vms"][sim.vm_id("vm-4")] == {
        "id": "vm-4", "name": sim.world.guests["vm-4"].name, "status": "Up", "host": "host-2"
    }  # fmt: skip
    assert truth["hosts"]["host-1"] == {"link": "answers", "faults": {}}
    assert truth["split"] == []


def test_a_fault_strikes_and_is_mended(control: Control) -> None:
    fault = {"kind": "slow", "hosts": ["host-2"], "by": 3}
    assert asked(control, "/faults", fault) == (200, {"struck": ["host-2"]})
    assert asked(control, "/truth")[1]["hosts"]["host-2"]["faults"] == {"slow": 3}
    assert asked(control, "/mend", {"kind": "slow"}) == (200, {})
    assert asked(control, "/truth")[1]["hosts"]["host-2"]["faults"] == {}


def test_a_story_is_told(control: Control, sim: Simulator) -> None:
    assert asked(control, "/stories", {"kind": "pause", "thing": "vm-1"})[0] == 200
    assert asked(control, "/truth")[1]["vms"][sim.vm_id("vm-1")]["status"] == "Paused"
    status, told = asked(control, "/stories", {"kind": "pause", "thing": "vm-1"})
    assert (status, told) == (400, {"error": "pause does not fit vm-1, which is Paused"})


def test_a_world_can_be_told_to_come_to_rest(control: Control, sim: Simulator) -> None:
    assert asked(control, "/lively", {}) == (200, {})
    assert sim.world.lively
    assert asked(control, "/calm", {}) == (200, {})
    assert not sim.world.lively


def test_hosts_counts_and_calls_are_there(control: Control, sim: Simulator) -> None:
    assert asked(control, "/hosts")[1] == {id: sim.url(id) for id in sim.hosts}
    assert asked(control, "/counts")[1]["calls"] == 0
    assert asked(control, "/calls")[1] == {}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/nothing", None, 404),
        ("/faults", {"kind": "odd"}, 400),
        ("/faults", {"kind": "slow", "speed": 1}, 400),
        ("/faults", {"kind": "slow", "hosts": ["nobody"]}, 400),
        ("/networks", {"host": "nobody"}, 400),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    control: Control, path: str, body: object, status: int
) -> None:
    code, told = asked(control, path, body)
    assert (code, bool(told["error"])) == (status, True)


def test_what_a_page_in_a_browser_may_send_is_refused(control: Control) -> None:
    assert asked(control, "/faults", {"kind": "slow"}, "text/plain")[0] == 415
