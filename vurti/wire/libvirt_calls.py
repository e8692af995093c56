"""The only calls that vurti can send to a libvirt host: each reads, none can change anything.

There is no other way to a call's bytes than `pack`, and it packs nothing but these structs
(contract 20). tests/libvirt/test_numbers.py tries each number against a real libvirtd.
"""

from collections.abc import Callable
from enum import IntEnum, IntFlag
from typing import Any

from msgspec import Struct

from vurti.wire import libvirt_rpc
from vurti.wire.xdr import WireError, fixed, i32, optional_string, string, u32

CONNECT_READ_ONLY = 1


class Procedure(IntEnum):
    """libvirt's numbers of what vurti asks."""

    CONNECT_OPEN = 1
    CONNECT_CLOSE = 2
    CONNECT_GET_VERSION = 4
    NODE_GET_INFO = 6
    CONNECT_GET_CAPABILITIES = 7
    DOMAIN_GET_XML_DESC = 14
    CONNECT_GET_HOSTNAME = 59
    CONNECT_SUPPORTS_FEATURE = 60
    AUTH_LIST = 66
    AUTH_POLKIT = 70
    NODE_GET_CPU_STATS = 227
    NODE_GET_MEMORY_STATS = 228
    DOMAIN_GET_DISK_ERRORS = 263
    DOMAIN_GET_JOB_STATS = 298
    CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY = 316
    CONNECT_GET_ALL_DOMAIN_STATS = 344
    CONNECT_REGISTER_CLOSE_CALLBACK = 360


class Stats(IntFlag):
    """Which groups of statistics are asked of every VM at once."""

    STATE = 1
    CPU_TOTAL = 2
    BALLOON = 4
    VCPU = 8
    INTERFACE = 16
    BLOCK = 32


class EventId(IntEnum):
    """The kinds of events that can be subscribed to."""

    LIFECYCLE = 0
    REBOOT = 1
    WATCHDOG = 3
    IO_ERROR = 4
    IO_ERROR_REASON = 6


class DomainRef(Struct, frozen=True, gc=False):
    """How libvirt names a domain: its name, its UUID's 16 bytes, its id (-1 where not running)."""

    name: str
    uuid: bytes
    id: int


class Open(Struct, frozen=True, gc=False):
    """Open the driver `name` (`qemu:///system`), always read-only."""

    name: str


class Close(Struct, frozen=True, gc=False):
    """End the connection politely."""


class GetVersion(Struct, frozen=True, gc=False):
    """The hypervisor's version."""


class GetCapabilities(Struct, frozen=True, gc=False):
    """What the machine and its hypervisor are made of, as XML."""


class GetNodeInfo(Struct, frozen=True, gc=False):
    """CPUs and memory of the machine."""


class GetHostname(Struct, frozen=True, gc=False):
    """The machine's own name."""


class SupportsFeature(Struct, frozen=True, gc=False):
    """Whether the daemon can do something; asking for keep-alive also switches it on."""

    feature: int


class AuthList(Struct, frozen=True, gc=False):
    """Which proofs of identity the daemon wants."""


class AuthPolkit(Struct, frozen=True, gc=False):
    """Let polkit judge who we are, on a unix socket."""


class GetNodeCpuStats(Struct, frozen=True, gc=False):
    """CPU time of the whole machine. Without `size` values only their number is told."""

    size: int


class GetNodeMemoryStats(Struct, frozen=True, gc=False):
    """Memory of the whole machine. Without `size` values only their number is told."""

    size: int


class GetDiskErrors(Struct, frozen=True, gc=False):
    """Which disks of a VM have stopped it, and why."""

    domain: DomainRef
    size_max: int


class GetJobStats(Struct, frozen=True, gc=False):
    """What long work is being done to a VM: it tells the two ends of a migration apart."""

    domain: DomainRef


class GetXmlDesc(Struct, frozen=True, gc=False):
    """What a VM is made of, without its secrets."""

    domain: DomainRef


class RegisterEvent(Struct, frozen=True, gc=False):
    """Subscribe to one kind of event of all VMs."""

    event: EventId


class GetAllDomainStats(Struct, frozen=True, gc=False):
    """Statistics of all VMs, running or not; where some are named, of those of them that exist."""

    stats: Stats
    domains: tuple[DomainRef, ...] = ()


class RegisterClose(Struct, frozen=True, gc=False):
    """Ask to be told when the daemon itself loses its driver (where a proxy stands between)."""


Call = (
    Open | Close | GetVersion | GetNodeInfo | GetHostname | SupportsFeature | AuthList | AuthPolkit
    | GetNodeCpuStats | GetNodeMemoryStats | GetDiskErrors | GetJobStats | RegisterEvent
    | GetAllDomainStats | RegisterClose | GetCapabilities | GetXmlDesc
)  # fmt: skip


def _domain(ref: DomainRef) -> bytes:
    return string(ref.name) + fixed(ref.uuid) + i32(ref.id)


def _domains(refs: tuple[DomainRef, ...]) -> bytes:
    return u32(len(refs)) + b"".join(map(_domain, refs))


_ALL_CPUS = -1
_ALL_CELLS = -1
_NOTHING: Callable[[Any], bytes] = lambda call: b""  # noqa: E731  a table of one-liners reads best

_PACKERS: dict[type[Call], tuple[Procedure, Callable[[Any], bytes]]] = {
    Open: (
        Procedure.CONNECT_OPEN,
        lambda call: optional_string(call.name) + u32(CONNECT_READ_ONLY),
    ),
    Close: (Procedure.CONNECT_CLOSE, _NOTHING),
    GetVersion: (Procedure.CONNECT_GET_VERSION, _NOTHING),
    GetCapabilities: (Procedure.CONNECT_GET_CAPABILITIES, _NOTHING),
    GetNodeInfo: (Procedure.NODE_GET_INFO, _NOTHING),
    GetHostname: (Procedure.CONNECT_GET_HOSTNAME, _NOTHING),
    SupportsFeature: (Procedure.CONNECT_SUPPORTS_FEATURE, lambda call: i32(call.feature)),
    AuthList: (Procedure.AUTH_LIST, _NOTHING),
    AuthPolkit: (Procedure.AUTH_POLKIT, _NOTHING),
    GetNodeCpuStats: (
        Procedure.NODE_GET_CPU_STATS,
        lambda call: i32(_ALL_CPUS) + i32(call.size) + u32(0),
    ),
    GetNodeMemoryStats: (
        Procedure.NODE_GET_MEMORY_STATS,
        lambda call: i32(call.size) + i32(_ALL_CELLS) + u32(0),
    ),
    GetDiskErrors: (
        Procedure.DOMAIN_GET_DISK_ERRORS,
        lambda call: _domain(call.domain) + u32(call.size_max) + u32(0),
    ),
    GetJobStats: (Procedure.DOMAIN_GET_JOB_STATS, lambda call: _domain(call.domain) + u32(0)),
    GetXmlDesc: (Procedure.DOMAIN_GET_XML_DESC, lambda call: _domain(call.domain) + u32(0)),
    RegisterEvent: (
        Procedure.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
        lambda call: i32(call.event) + u32(0),
    ),
    GetAllDomainStats: (
        Procedure.CONNECT_GET_ALL_DOMAIN_STATS,
        lambda call: _domains(call.domains) + u32(call.stats) + u32(0),
    ),
    RegisterClose: (Procedure.CONNECT_REGISTER_CLOSE_CALLBACK, _NOTHING),
}


def pack(call: Call, serial: int) -> bytes:
    """The bytes of one call. Raises WireError for anything that is not on the list above."""
    known = _PACKERS.get(type(call))
    if known is None:
        raise WireError(f"{type(call).__name__} is not on the list of read-only calls")
    procedure, payload = known
    return libvirt_rpc.frame(procedure, serial, payload(call))


def procedure_of(call: Call) -> Procedure:
    """The number that the reply to `call` must carry."""
    return _PACKERS[type(call)][0]
