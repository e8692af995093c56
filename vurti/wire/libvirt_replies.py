"""The fields of libvirt's replies and messages. Every function raises WireError for other bytes."""

from collections.abc import Callable

from msgspec import Struct

from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.xdr import Reader, WireError

Value = int | float | bool | str
UUID_BYTES = 16

_DOMAIN_BYTES_MIN = 4 + UUID_BYTES + 4
_PARAM_BYTES_MIN = 12
_READERS: dict[int, Callable[[Reader], Value]] = {
    1: Reader.i32,
    2: Reader.u32,
    3: Reader.i64,
    4: Reader.u64,
    5: Reader.f64,
    6: Reader.flag,
    7: Reader.string,
}

_CLOSED = 362
_EVENTS = {
    318: "lifecycle",
    319: "reboot",
    321: "watchdog",
    322: "io_error",
    324: "io_error_reason",
}


class DomainStats(Struct, frozen=True, gc=False):
    """One VM's record of GetAllDomainStats: libvirt's field names with their values."""

    domain: DomainRef
    fields: dict[str, Value]


class NodeInfo(Struct, frozen=True, gc=False):
    """The machine: memory in KiB, `cpus` active ones, `cores` a socket, `nodes` NUMA cells."""

    model: str
    memory_kb: int
    cpus: int
    mhz: int
    nodes: int
    sockets: int
    cores: int
    threads: int


class Lifecycle(Struct, frozen=True, gc=False):
    """A VM's life took a turn: `event` says which, `detail` why."""

    domain: DomainRef
    event: int
    detail: int


class Reboot(Struct, frozen=True, gc=False):
    """The guest started anew."""

    domain: DomainRef


class Watchdog(Struct, frozen=True, gc=False):
    """The guest's watchdog fired and did `action`."""

    domain: DomainRef
    action: int


class IoError(Struct, frozen=True, gc=False):
    """A disk failed. `reason` is libvirt's word for the errno, empty in the older message."""

    domain: DomainRef
    path: str
    device: str
    action: int
    reason: str = ""


class Closed(Struct, frozen=True, gc=False):
    """The daemon lost its own connection to the driver."""

    reason: int


Message = Lifecycle | Reboot | Watchdog | IoError | Closed


def all_domain_stats(payload: bytes) -> list[DomainStats]:
    """The reply to GetAllDomainStats."""
    body = Reader(payload)
    count = body.count(_DOMAIN_BYTES_MIN + 4)
    records = [DomainStats(_domain(body), _params(body)) for _ in range(count)]
    body.end()
    return records


def node_info(payload: bytes) -> NodeInfo:
    """The reply to GetNodeInfo; the model is 32 characters, each in four bytes of its own."""
    body = Reader(payload)
    letters = bytes(body.i32() & 0xFF for _ in range(32))
    model = letters.split(b"\0", 1)[0].decode("ascii", "replace")
    memory_kb = body.u64()
    return NodeInfo(model, memory_kb, *(body.i32() for _ in range(6)))


def text(payload: bytes) -> str:
    """A reply that is one string."""
    return Reader(payload).string()


def number(payload: bytes) -> int:
    """A reply that is one unsigned 64-bit number."""
    return Reader(payload).u64()


def flag(payload: bytes) -> bool:
    """A reply that is an int used as yes or no."""
    return Reader(payload).i32() != 0


def auth_types(payload: bytes) -> list[int]:
    """The reply to AuthList: 0 none, 1 SASL, 2 polkit."""
    body = Reader(payload)
    return [body.i32() for _ in range(body.count(4))]


def node_counters(payload: bytes) -> tuple[dict[str, int], int]:
    """The reply to GetNodeCpuStats and GetNodeMemoryStats: values, and how many there are."""
    body = Reader(payload)
    values = {body.string(): body.u64() for _ in range(body.count(12))}
    return values, body.i32()


def disk_errors(payload: bytes) -> dict[str, int]:
    """The reply to GetDiskErrors: disk to 1 (unspecified) or 2 (no space)."""
    body = Reader(payload)
    return {body.string(): body.i32() for _ in range(body.count(8))}


def job_stats(payload: bytes) -> tuple[int, dict[str, Value]]:
    """The reply to GetJobStats: the type of the job (0 none) and its fields."""
    body = Reader(payload)
    return body.i32(), _params(body)


def callback_id(payload: bytes) -> int:
    """The reply to RegisterEvent."""
    return Reader(payload).i32()


def message(procedure: int, payload: bytes) -> Message | None:
    """What a message tells; None where it is of a kind that was not subscribed to."""
    body = Reader(payload)
    if procedure == _CLOSED:
        return Closed(body.i32())
    kind = _EVENTS.get(procedure)
    if kind is None:
        return None
    body.i32()  # the callback's id: one callback a kind, so the procedure says it all
    domain = _domain(body)
    match kind:
        case "lifecycle":
            return Lifecycle(domain, body.i32(), body.i32())
        case "reboot":
            return Reboot(domain)
        case "watchdog":
            return Watchdog(domain, body.i32())
        case "io_error":
            return IoError(domain, body.string(), body.string(), body.i32())
        case _:
            return IoError(domain, body.string(), body.string(), body.i32(), body.string())


def _domain(body: Reader) -> DomainRef:
    return DomainRef(body.string(), body.fixed(UUID_BYTES), body.i32())


def _params(body: Reader) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for _ in range(body.count(_PARAM_BYTES_MIN)):
        name, kind = body.string(), body.u32()
        read = _READERS.get(kind)
        if read is None:
            raise WireError(f"{name!r} is of type {kind}, which does not exist")
        fields[name] = read(body)
    return fields
