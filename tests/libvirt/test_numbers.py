"""The protocol as this machine's libvirtd speaks it: every number that vurti relies on."""

import itertools
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.libvirt.bed import Bed
from vurti.decode.libvirt import made_of
from vurti.wire import libvirt_replies as replies
from vurti.wire import libvirt_rpc
from vurti.wire.libvirt_calls import (
    AuthList,
    Call,
    Close,
    DomainRef,
    EventId,
    GetAllDomainStats,
    GetCapabilities,
    GetDiskErrors,
    GetHostname,
    GetJobStats,
    GetNodeCpuStats,
    GetNodeInfo,
    GetNodeMemoryStats,
    GetVersion,
    GetXmlDesc,
    Open,
    RegisterClose,
    RegisterEvent,
    Stats,
    SupportsFeature,
    pack,
)
from vurti.wire.libvirt_rpc import Frames, KeepAlive, Packet, Type

pytestmark = pytest.mark.libvirt

HEAR_SECS = 30.0
SUSPENDED = 3


class Plain:
    """A client that asks one thing at a time over a blocking socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._frames, self._serial = sock, Frames(), 0
        self._unheard: list[Packet] = []

    def ask(self, call: Call) -> Packet:
        self._serial += 1
        self._sock.sendall(pack(call, self._serial))
        return self.hear(lambda packet: packet.serial == self._serial)

    def send(self, frame: bytes) -> None:
        self._sock.sendall(frame)

    def ping(self) -> Packet:
        self._sock.sendall(libvirt_rpc.keepalive(KeepAlive.PING))
        return self.hear(lambda packet: packet.program == libvirt_rpc.KEEPALIVE_PROGRAM)

    def message(self, procedure: int) -> replies.Message | None:
        packet = self.hear(lambda packet: packet.procedure == procedure)
        return replies.message(packet.procedure, packet.payload)

    def hear(self, wanted: Callable[[Packet], bool]) -> Packet:
        deadline = time.monotonic() + HEAR_SECS
        while time.monotonic() < deadline:
            while self._unheard:
                packet = self._unheard.pop(0)
                if wanted(packet):
                    return packet
            data = self._sock.recv(65536)
            assert data, "closed by libvirtd"
            self._unheard += self._frames.feed(data)
        raise AssertionError("libvirtd says much, and not what it was asked for")


@contextmanager
def talk(bed: Bed) -> Iterator[Plain]:
    with socket.create_connection(("127.0.0.1", bed.host(1).tcp), 10) as sock:
        client = Plain(sock)
        assert replies.auth_types(client.ask(AuthList()).payload) == [0]
        assert client.ask(Open("qemu:///system")).status == 0
        yield client


def test_every_call_is_understood_and_its_reply_read_to_the_end(bed: Bed) -> None:
    vm = bed.vm()
    bed.host(1).start(vm)
    with talk(bed) as client:
        records = replies.all_domain_stats(client.ask(GetAllDomainStats(Stats.STATE)).payload)
        assert [record.domain.name for record in records] == [vm.name]
        assert records[0].fields == {"state.state": 1, "state.reason": 1}
        domain = records[0].domain
        assert replies.disk_errors(client.ask(GetDiskErrors(domain, 8)).payload) == {}
        assert replies.job_stats(client.ask(GetJobStats(domain)).payload)[0] == 0
        xml = replies.text(client.ask(GetXmlDesc(domain)).payload)
        assert f"<uuid>{vm.id}</uuid>" in xml
        assert replies.text(client.ask(GetHostname()).payload) == "hv1"
        assert replies.number(client.ask(GetVersion()).payload) > 1_000_000
        made = made_of(replies.text(client.ask(GetCapabilities()).payload))
        assert (made.architecture, "q35" in (made.machines or ())) == ("x86_64", True)
        assert replies.node_info(client.ask(GetNodeInfo()).payload).cpus >= 1
        assert replies.flag(client.ask(SupportsFeature(10)).payload)
        assert client.ask(RegisterClose()).status == 0
        assert client.ping().procedure == KeepAlive.PONG
        assert client.ask(Close()).status == 0


@pytest.mark.parametrize("call", [GetNodeCpuStats, GetNodeMemoryStats])
def test_node_counters_are_asked_for_in_two_steps(
    bed: Bed, call: type[GetNodeCpuStats | GetNodeMemoryStats]
) -> None:
    with talk(bed) as client:
        nothing, size = replies.node_counters(client.ask(call(0)).payload)
        values, _ = replies.node_counters(client.ask(call(size)).payload)
        assert nothing == {}
        assert len(values) == size
        assert {"idle", "user", "kernel"} <= values.keys() or {"total", "free"} <= values.keys()


def test_each_event_subscribed_to_is_told_under_its_own_number(bed: Bed) -> None:
    with talk(bed) as client:
        ids = [replies.callback_id(client.ask(RegisterEvent(event)).payload) for event in EventId]
        assert len(set(ids)) == len(EventId)
        bed.host(1).start(bed.vm(boots="watchdog", watchdog="reset"))
        lifecycle, fired, reboot = (client.message(number) for number in (318, 321, 319))
        assert isinstance(lifecycle, replies.Lifecycle)
        assert fired == replies.Watchdog(lifecycle.domain, 2)
        assert reboot == replies.Reboot(lifecycle.domain)


def test_no_event_of_any_kind_tells_that_vcpus_were_plugged_in(bed: Bed) -> None:
    """Where this fails libvirt has learned to tell it, and vurti need not look for it."""
    host, vm = bed.host(1), bed.vm(vcpus_max=4)
    host.start(vm)
    with talk(bed) as client:
        kinds = itertools.takewhile(lambda kind: registered(client, kind), itertools.count())
        assert len(list(kinds)) > max(EventId)
        host.plug_vcpus(vm, 3)
        host.pause(vm)
        told = client.hear(lambda packet: packet.type == Type.MESSAGE)
        message = replies.message(told.procedure, told.payload)
        assert isinstance(message, replies.Lifecycle)
        assert message.event == SUSPENDED


def registered(client: Plain, kind: int) -> bool:
    """Whether there is such a kind of event; from now on it is told."""
    ask = RegisterEvent(kind)  # type: ignore[arg-type]  # also those that vurti does not ask for
    return client.ask(ask).status == 0


def test_of_the_vms_that_are_named_those_that_there_are_tell_their_vcpus(bed: Bed) -> None:
    named, other = bed.vm(vcpus_max=4), bed.vm()
    bed.host(1).start(named)
    bed.host(1).start(other)
    with talk(bed) as client:
        every = replies.all_domain_stats(client.ask(GetAllDomainStats(Stats.STATE)).payload)
        (domain,) = [one.domain for one in every if one.domain.name == named.name]
        gone = DomainRef("nobody", bytes(16), 7)
        reply = client.ask(GetAllDomainStats(Stats.VCPU, (gone, domain)))
        (record,) = replies.all_domain_stats(reply.payload)
        assert record.domain == domain
        assert (record.fields["vcpu.current"], record.fields["vcpu.maximum"]) == (1, 4)


def test_an_unknown_vm_is_an_error_with_libvirts_words(bed: Bed) -> None:
    with talk(bed) as client:
        reply = client.ask(GetJobStats(DomainRef("nobody", bytes(16), 7)))
        assert reply.status == 1
        assert "Domain not found" in libvirt_rpc.remote_error(reply.payload).message


def test_a_read_only_connection_cannot_even_pause(bed: Bed) -> None:
    """Were our list of calls ever to leak, libvirt itself would still refuse."""
    vm = bed.vm()
    bed.host(1).start(vm)
    with talk(bed) as client:
        domain = replies.all_domain_stats(client.ask(GetAllDomainStats(Stats.STATE)).payload)
        payload = libvirt_calls_domain(domain[0].domain)
        client.send(libvirt_rpc.frame(28, 99, payload))  # 28: suspend
        refused = client.hear(lambda packet: packet.serial == 99)
        assert "read only" in libvirt_rpc.remote_error(refused.payload).message


def libvirt_calls_domain(ref: DomainRef) -> bytes:
    """The ref as it stands in a call: what GetJobStats sends, without its flags."""
    return pack(GetJobStats(ref), 1)[libvirt_rpc.HEADER_BYTES : -4]
