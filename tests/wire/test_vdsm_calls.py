"""Contract 20: only read-only calls can be packed for vdsm, and each has the bytes it expects."""

import json
from typing import Any, get_args

import msgspec
import pytest

from vurti.wire import vdsm_calls as calls
from vurti.wire.error import WireError

READS_ONLY = {
    "Host.ping2",
    "Host.ping",
    "Host.getCapabilities",
    "Host.getHardwareInfo",
    "Host.getStats",
    "Host.getVMList",
    "Host.getAllVmStats",
    "VM.getStats",
    "Host.dumpxmls",
    "VM.getExternalData",
}


SAMPLES: dict[type[Any], Any] = {
    calls.GetVmStats: calls.GetVmStats("vm1"),
    calls.DumpXmls: calls.DumpXmls(("vm1", "vm2")),
    calls.GetExternalData: calls.GetExternalData("vm1", calls.ExternalData.TPM),
}


def sample(kind: type[Any]) -> Any:
    return SAMPLES.get(kind) or kind()


def sent(call: Any) -> dict[str, Any]:
    head, _, body = calls.pack(call, "id1", calls.queues("mine")).partition(b"\n\n")
    read: dict[str, Any] = json.loads(body.removesuffix(b"\0"))
    return {**read, "head": head}


def test_contract_20_vdsm_is_sent_these_ten_methods_and_no_other() -> None:
    every = [sample(kind) for kind in get_args(calls.Call)]
    assert sorted(sent(call)["method"] for call in every) == sorted(READS_ONLY)


class Destroy(msgspec.Struct, frozen=True):
    """A call that changes something, as an intruder would write it."""


class InDisguise(calls.GetVmStats, frozen=True):
    """A listed call in disguise."""


@pytest.mark.parametrize("call", [Destroy(), InDisguise("vm"), "VM.destroy", None])
def test_contract_20_vdsm_is_never_sent_anything_else(call: Any) -> None:
    with pytest.raises(WireError, match="not on the list of read-only calls"):
        calls.pack(call, "id", calls.FIXED_QUEUES)


def test_a_call_is_one_frame_with_its_way_back() -> None:
    assert calls.pack(calls.GetVmStats("v1"), "i1", calls.queues("mine")) == (
        b"SEND\ndestination:jms.topic.vdsm_requests\nreply-to:mine\n"
        b"content-type:application/json\ncontent-length:73\n\n"
        b'{"jsonrpc":"2.0","method":"VM.getStats","params":{"vmID":"v1"},"id":"i1"}\0'
    )


def test_a_vm_with_a_hostile_id_changes_nothing_but_its_own_parameter() -> None:
    call = sent(calls.GetVmStats('"},"method":"VM.destroy\0\n'))
    assert call["method"] == "VM.getStats"
    assert call["params"] == {"vmID": '"},"method":"VM.destroy\0\n'}


def test_a_call_about_single_vms_names_them_and_what_is_asked_of_them() -> None:
    assert sent(calls.DumpXmls(("a", "b")))["params"] == {"vmList": ["a", "b"]}
    nvram = sent(calls.GetExternalData("a", calls.ExternalData.NVRAM))
    assert nvram["params"] == {"vmID": "a", "kind": "nvram", "forceUpdate": True}


def test_the_first_frame_asks_for_version_1_2_alone_and_is_long_enough_to_be_known() -> None:
    frame = calls.connect(5, 2.5)
    assert frame == b"CONNECT\naccept-version:1.2\nheart-beat:5000,2500\n\n\0"
    assert len(frame) >= len("UNSUBSCRIBE")


def test_subscribing_and_going_have_the_headers_that_vdsm_wants() -> None:
    assert calls.subscribe("q", "7") == b"SUBSCRIBE\ndestination:q\nid:7\nack:auto\n\n\0"
    assert calls.disconnect("r") == b"DISCONNECT\nreceipt:r\n\n\0"
