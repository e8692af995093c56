"""What hosts of one size answer, written once: some moments of a fleet's life, in bytes.

Every host gives the same bytes but for its number, its clock and which of its VMs are paused, so an
answer is joined of pieces and filled in: some 50 µs, whatever is in it.
"""

from collections.abc import Callable
from random import Random

from msgspec import Struct
from msgspec.structs import asdict

from vurti.model.inputs import Begun
from vurti.model.status import PauseStatus, VmStatus
from vurti.simulator.dialect import DIALECTS, Dialect
from vurti.simulator.domain_xml import domain_xml
from vurti.simulator.encoding import JSON, Encoding
from vurti.simulator.host_stats import capabilities, hardware, host_stats
from vurti.simulator.vm_stats import ELAPSED_SLOT, NOW_SLOT, Sampled, vm_stats
from vurti.world.load import Load
from vurti.world.machine import Machine
from vurti.world.values import Listed, VmSample

HOST, HOST_RAW = b"HHHHHHHH", b"\xfe\xdc\xba\x98"
CLOCK, LIVED, SINCE = b"NNNNNNNNNNNNN", b"EEEEEEE", b"7777777777777"
"""Slots, as wide as what fills them: the host's number, in digits and in four bytes, its clock in
ms, the seconds that its VMs have lived, and since when (by its clock) a VM is as it is."""

MOMENTS, APART_SECS = 16, 2.0
DIALECT, XML_DIALECT = DIALECTS["4.5"], DIALECTS["4.1"]


class Guest(Struct):
    """One VM of every host, as it is at each moment."""

    place: int
    load: Load

    def listed(self, paused: bool) -> Listed:
        """Up, or paused for want of space."""
        return Listed(
            id=self.id, name=f"web-HHHHHHHH-{self.place}", begun=Begun.BOOTED,
            status=VmStatus.PAUSED if paused else VmStatus.UP, status_time=int(SINCE),
            pause_status=PauseStatus.ENOSPC if paused else PauseStatus.NONE,
        )  # fmt: skip

    @property
    def id(self) -> str:
        """Its UUID, the number of its host in front."""
        return vm_id("HHHHHHHH", self.place)

    def sample(self, moment: int) -> VmSample:
        """What it has used by then."""
        return self.load.sample(3600 + APART_SECS * moment, True)

    def sampled(self, moment: int, paused: bool) -> Sampled:
        """The same as a host puts it together."""
        return Sampled(
            id=self.id, listed=self.listed(paused), number=self.place + 1,
            at=APART_SECS * moment, sample=self.sample(moment), before=self.sample(moment - 1),
            apart_secs=APART_SECS, cpu_actual=True,
        )  # fmt: skip


def vm_id(host: str, place: int) -> str:
    """The UUID of a VM, from its host's number in eight digits and its place there."""
    return f"{host}-5a1d-4c6e-9f10-{place:012x}"


class Piece(Struct, frozen=True):
    """One VM in bytes, as it is at one moment while it is up and while it is paused."""

    up: bytes
    paused: bytes


class Book(Struct, frozen=True):
    """All that such hosts answer: at each moment its VMs, and what is asked by a name."""

    opening: bytes
    between: bytes
    closing: bytes
    moments: list[list[Piece]]
    named: dict[str, bytes]


def _guests(vms: int) -> list[Guest]:
    random = Random("guests")
    return [Guest(place, Load(random)) for place in range(vms)]


def write_moments(
    vms: int, write: Callable[[Guest, int, bool], bytes], moments: int = MOMENTS
) -> list[list[Piece]]:
    """Every VM at each moment, as `write` has it of a guest, a moment and whether it is paused."""
    guests = _guests(vms)
    return [
        [Piece(write(one, moment, False), write(one, moment, True)) for one in guests]
        for moment in range(1, moments + 1)
    ]


def vdsm(vms: int, encoding: Encoding = JSON, moments: int = MOMENTS) -> Book:
    """As vdsm answers, in JSON for its JSON-RPC, or in XML."""
    dialect = DIALECT if encoding is JSON else XML_DIALECT
    machine = Machine("host", Random("machine"), vms, 1.7e9)

    def write(guest: Guest, moment: int, paused: bool) -> bytes:
        return _slotted(encoding.value(vm_stats(guest.sampled(moment, paused))))

    named = _of_the_host(machine, dialect, encoding)
    if encoding is JSON:
        xmls = {one.id: domain_xml(one.id, one.place + 1, one.listed(False))
                for one in _guests(vms)}  # fmt: skip
        named |= {f"xml {place}": encoding.value(xml) for place, xml in enumerate(xmls.values())}
    pieces = write_moments(vms, write, moments)
    return Book(encoding.opening, encoding.between, encoding.closing, pieces, named)


def _slotted(told: bytes) -> bytes:
    return told.replace(NOW_SLOT.encode(), CLOCK).replace(ELAPSED_SLOT.encode(), LIVED)


def _of_the_host(machine: Machine, dialect: Dialect, encoding: Encoding) -> dict[str, bytes]:
    told = {
        "Stats": encoding.value(host_stats(machine, dialect, 60.0, 1.0, 1.7e9)),
        "Capabilities": encoding.value(capabilities(machine, dialect, 1, "127.0.0.1")),
        "HardwareInfo": encoding.value(hardware(machine)),
    }
    verb = "get" if encoding is JSON else "getVds"
    pings = {name: encoding.value(True) for name in ("ping", "ping2")}
    return pings | {f"{verb}{name}": value for name, value in told.items()}


def agent(vms: int, sampled: bool = True) -> Book:
    """As an agent answers in JSON about `vms`, or about `vm_stats` where `sampled`. With each VM
    goes, as `vdsm`, what the format does not know: vdsm's own record. So both are of one size."""
    machine = Machine("host", Random("machine"), vms, 1.7e9)

    def write(guest: Guest, moment: int, paused: bool) -> bytes:
        listed = guest.listed(paused)
        vm: dict[str, object] = {
            "name": listed.name, "status": listed.status.value, "begun": listed.begun.value,
            "pause_status": listed.pause_status.value, "status_time": listed.status_time,
            "guest": {"client_ip": "", "host_name": listed.name},
        }  # fmt: skip
        if sampled:
            vm["statistics"] = asdict(guest.sample(moment))
        vm["vdsm"] = vm_stats(guest.sampled(moment, paused))
        return JSON.value(guest.id) + b":" + _slotted(JSON.value(vm))

    named = {
        "stats": JSON.value({"version": 1, "host": {"statistics": asdict(machine.sample(60.0))}}),
        "caps": JSON.value({"version": 1, "host": {"capabilities": asdict(machine.facts)}}),
    }
    head = b'{"version":1,"host":{"complete":true,"absence":"gone","vms":{'
    return Book(head, b",", b"}}}", write_moments(vms, write), named)
