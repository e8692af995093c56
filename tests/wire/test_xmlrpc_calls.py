"""What can be sent to a vdsm host over XML-RPC, and what its answers are."""

import xmlrpc.client
from typing import Any, get_args

import pytest

from vurti.wire import vdsm_xmlrpc as wire
from vurti.wire.error import WireError
from vurti.wire.vdsm_calls import (
    GetAllVmStats,
    GetCapabilities,
    GetHardwareInfo,
    GetStats,
    GetVmList,
    GetVmStats,
    Ping,
    Ping2,
)
from vurti.wire.vdsm_xmlrpc import Refusal

READING = {
    "list", "getVdsStats", "getVdsCapabilities", "getVdsHardwareInfo", "getAllVmStats",
    "getVmStats",
}  # fmt: skip
DONE = {"code": 0, "message": "Done"}


def written(value: Any) -> bytes:
    return xmlrpc.client.dumps((value,), methodresponse=True).encode()


def test_contract_20_only_verbs_that_read_can_be_packed_for_xml_rpc() -> None:
    samples = [GetVmStats("x") if kind is GetVmStats else kind() for kind in get_args(wire.XmlCall)]
    packed = {xmlrpc.client.loads(wire.pack(call))[1] for call in samples}
    assert packed == wire.VERBS == READING


class Destroy(GetVmStats, frozen=True):
    """A stranger that looks like one of ours."""


@pytest.mark.parametrize("call", [Destroy("x"), Ping(), Ping2(), "destroy", None])
def test_contract_20_anything_else_is_refused_before_a_byte_of_xml_is_made(call: Any) -> None:
    for function in (wire.pack, wire.name):
        with pytest.raises(WireError, match="not on the list of read-only calls"):
            function(call)


def test_a_call_of_one_vm_names_it_and_nothing_else() -> None:
    hostile = "</string></value><methodName>destroy</methodName>"
    assert xmlrpc.client.loads(wire.pack(GetVmStats(hostile))) == ((hostile,), "getVmStats")
    assert xmlrpc.client.loads(wire.pack(GetVmList())) == ((), "list")


@pytest.mark.parametrize(
    ("call", "holds"),
    [
        (GetVmList(), "vmList"),
        (GetStats(), "info"),
        (GetCapabilities(), "info"),
        (GetHardwareInfo(), "info"),
        (GetAllVmStats(), "statsList"),
        (GetVmStats("x"), "statsList"),
    ],
)
def test_an_answer_holds_what_was_asked_for(call: wire.XmlCall, holds: str) -> None:
    assert wire.unpack(call, written({"status": DONE, holds: ["x"]})) == ["x"]
    with pytest.raises(WireError, match=f"without {holds}"):
        wire.unpack(call, written({"status": DONE}))


@pytest.mark.parametrize("code", [0, "0", 0.0])
def test_a_good_code_is_a_number_or_text(code: object) -> None:
    answer = {"status": {"code": code, "message": "OK"}, "statsList": []}
    assert wire.unpack(GetAllVmStats(), written(answer)) == []


@pytest.mark.parametrize(("code", "expected"), [(99, 99), ("16", 16), (-1, -1)])
def test_another_code_is_a_refusal(code: object, expected: int) -> None:
    answer = {"status": {"code": code, "message": "Recovering"}}
    assert wire.unpack(GetStats(), written(answer)) == Refusal(expected, "Recovering")


def test_a_fault_is_a_refusal() -> None:
    fault = xmlrpc.client.dumps(xmlrpc.client.Fault(1, "no verb"), methodresponse=True)
    assert wire.unpack(GetStats(), fault.encode()) == Refusal(1, "no verb")


@pytest.mark.parametrize(
    "answer",
    [[], "x", {}, {"status": "ok"}, {"status": {}}, {"status": {"code": "x"}},
     {"status": {"code": [0]}}, {"status": {"code": float("inf")}}],
)  # fmt: skip
def test_an_answer_without_a_status_is_none(answer: Any) -> None:
    with pytest.raises(WireError):
        wire.unpack(GetStats(), written(answer))
