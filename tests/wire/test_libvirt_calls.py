"""Contract 20: only read-only calls can be packed, and each has the bytes that libvirt expects."""

from typing import Any, get_args

import msgspec
import pytest

from vurti.wire import libvirt_calls as calls
from vurti.wire.libvirt_rpc import Frames, Packet
from vurti.wire.xdr import Reader, WireError

DOMAIN = calls.DomainRef("vm", bytes(range(16)), 7)
SAMPLES: dict[type[Any], Any] = {
    calls.Open: calls.Open("qemu:///system"),
    calls.SupportsFeature: calls.SupportsFeature(10),
    calls.GetNodeCpuStats: calls.GetNodeCpuStats(4),
    calls.GetNodeMemoryStats: calls.GetNodeMemoryStats(4),
    calls.GetDiskErrors: calls.GetDiskErrors(DOMAIN, 8),
    calls.GetJobStats: calls.GetJobStats(DOMAIN),
    calls.GetXmlDesc: calls.GetXmlDesc(DOMAIN),
    calls.RegisterEvent: calls.RegisterEvent(calls.EventId.REBOOT),
    calls.GetAllDomainStats: calls.GetAllDomainStats(calls.Stats.STATE),
}
READS_ONLY = {1, 2, 4, 6, 7, 14, 59, 60, 66, 70, 227, 228, 263, 298, 316, 344, 360}


def packet(call: Any) -> Packet:
    (only,) = Frames().feed(calls.pack(call, 5))
    return only


def test_contract_20_the_calls_that_can_be_packed_are_these_seventeen_and_no_other() -> None:
    every = [SAMPLES.get(kind) or kind() for kind in get_args(calls.Call)]
    assert {packet(call).procedure for call in every} == READS_ONLY
    assert set(calls.Procedure) == READS_ONLY
    assert len(every) == len(READS_ONLY)


class Suspend(msgspec.Struct, frozen=True):
    """A call that changes something, as an intruder would write it."""


class OpenForWriting(calls.Open, frozen=True):
    """A listed call in disguise."""


@pytest.mark.parametrize("call", [Suspend(), OpenForWriting("qemu:///system"), 28, b"\0" * 28])
def test_contract_20_anything_else_cannot_be_packed(call: Any) -> None:
    with pytest.raises(WireError, match="not on the list of read-only calls"):
        calls.pack(call, 1)


def test_contract_20_open_asks_for_a_read_only_connection() -> None:
    body = Reader(packet(calls.Open("qemu:///system")).payload)
    assert body.optional_string() == "qemu:///system"
    assert body.u32() == 1
    body.end()


def test_contract_20_the_xml_of_a_vm_is_asked_for_without_its_secrets() -> None:
    sent = packet(calls.GetXmlDesc(DOMAIN))
    assert sent.payload == b"\0\0\0\2vm\0\0" + bytes(range(16)) + b"\0\0\0\7" + b"\0\0\0\0"


def test_statistics_are_asked_of_all_vms_or_of_those_that_are_named() -> None:
    one = b"\0\0\0\2vm\0\0" + bytes(range(16)) + b"\0\0\0\7"
    for domains in ((), (DOMAIN,), (DOMAIN, DOMAIN)):
        sent = packet(calls.GetAllDomainStats(calls.Stats.VCPU, domains))
        count = bytes([0, 0, 0, len(domains)])
        assert sent.payload == count + one * len(domains) + b"\0\0\0\10" + b"\0\0\0\0"


def test_a_call_carries_its_serial_and_procedure() -> None:
    sent = packet(calls.GetJobStats(DOMAIN))
    assert (sent.serial, sent.procedure, sent.type, sent.status) == (5, 298, 0, 0)
    assert sent.payload == b"\0\0\0\2vm\0\0" + bytes(range(16)) + b"\0\0\0\7" + b"\0\0\0\0"
    assert calls.procedure_of(calls.GetJobStats(DOMAIN)) == 298
