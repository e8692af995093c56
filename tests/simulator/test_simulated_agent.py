"""The agent in JSON, by bytes written by hand and by its published schema."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.simulator.conftest import Simulate
from tests.simulator.peers import Stomp
from vurti.simulator import Simulator
from vurti.world import crash, pause, watchdog

Dial = Callable[..., Stomp]
ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "vurti/sources/json_http/answer.schema.json").read_text())
PUSH = SCHEMA | {"$id": "urn:test:push", "$ref": "#/$defs/push"}
for member in ("type", "required", "properties", "oneOf"):
    del PUSH[member]


class Http:
    """One kept connection."""

    def __init__(self, stomp: Stomp) -> None:
        self._stomp = stomp
        self._held = b""

    def get(self, query: str, etag: str = "") -> tuple[int, dict[str, str], Any]:
        tag = f"If-None-Match: {etag}\r\n" if etag else ""
        self._stomp.send(f"GET /vurti?{query} HTTP/1.1\r\nHost: x\r\n{tag}\r\n".encode())
        head = self._until(b"\r\n\r\n").decode()
        first, *lines = head.split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines if line)
        if "Content-Length" not in headers:
            return int(first.split()[1]), headers, None
        while len(self._held) < int(headers["Content-Length"]):
            self._held += self._stomp.sock.recv(65536)
        body, self._held = self._held, b""
        return int(first.split()[1]), headers, json.loads(body) if body else None

    def line(self) -> Any:
        return json.loads(self._until(b"\n"))

    def _until(self, end: bytes) -> bytes:
        while end not in self._held:
            more = self._stomp.sock.recv(65536)
            assert more, self._held
            self._held += more
        told, self._held = self._held.split(end, 1)
        return told


@pytest.fixture
def sim(simulate: Simulate) -> Simulator:
    return simulate(scheme="json+http")


@pytest.fixture
def client(sim: Simulator, dial: Dial) -> Http:
    return Http(dial(sim))


@pytest.mark.parametrize("question", ["vms", "vm_stats", "stats", "caps", ""])
def test_every_answer_is_as_the_schema_says(client: Http, sim: Simulator, question: str) -> None:
    sim.do(crash("vm-1"))
    status, headers, told = client.get(f"question={question}")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    jsonschema.validate(told, SCHEMA)
    expected = {"vms": "vms", "vm_stats": "vms", "stats": "statistics", "caps": "capabilities"}
    assert expected.get(question, "vms") in told["host"]


def test_the_list_of_vms_is_complete_and_keeps_those_that_ended(
    client: Http, sim: Simulator
) -> None:
    sim.do(crash("vm-1"))
    host = client.get("question=vms")[2]["host"]
    assert (host["complete"], host["absence"], len(host["vms"])) == (True, "gone", 3)
    ended = host["vms"][sim.vm_id("vm-1")]
    assert (ended["status"], ended["exit_reason"]) == ("Down", "LostQEMUConnection")


def test_an_answer_that_did_not_change_is_not_sent_again(client: Http, sim: Simulator) -> None:
    etag = client.get("question=vms")[1]["ETag"]
    assert client.get("question=vms", etag)[0] == 304
    sim.do(pause("vm-1"))
    status, _, told = client.get("question=vms", etag)
    assert (status, told["host"]["vms"][sim.vm_id("vm-1")]["status"]) == (200, "Paused")


def test_pushes_are_lines_as_the_schema_says(client: Http, sim: Simulator) -> None:
    status, headers, _ = client.get("follow=1")
    assert (status, headers["Content-Type"]) == (200, "application/x-ndjson")
    sim.do(pause("vm-1"))
    sim.do(watchdog("vm-2", "none"))
    paused, fired = client.line(), client.line()
    jsonschema.validate(paused, PUSH)
    jsonschema.validate(fired, PUSH)
    assert paused["vms"][sim.vm_id("vm-1")]["status"] == "Paused"
    assert fired["vms"][sim.vm_id("vm-2")]["watchdog"] == "none"


@pytest.mark.parametrize(
    ("fault", "kind"), [("recovering", "recovering"), ("overloaded", "overloaded")]
)
def test_what_keeps_the_host_from_answering_is_told_as_missed(
    client: Http, sim: Simulator, fault: str, kind: str
) -> None:
    sim.fault(fault)
    told = client.get("question=vms")[2]
    jsonschema.validate(told, SCHEMA)
    assert told["host"]["missed"]["kind"] == kind
