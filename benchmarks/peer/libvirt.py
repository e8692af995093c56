"""The same hosts as a libvirtd would answer of them: XDR within the frames of its RPC."""

import struct
from random import Random

from benchmarks.peer.book import HOST_RAW, Book, Guest, write_moments
from vurti.world.machine import Machine

CALL_BYTES = 28
_HEADER = struct.Struct(">IIIiIII")
_PROGRAM, _REPLY = 0x20008086, 1
_UUID_BYTES = 16
STATE, VCPU = 1, 8
OPEN, VERSION, NODE_INFO, CAPABILITIES, XML, HOSTNAME, FEATURE = 1, 4, 6, 7, 14, 59, 60
AUTH_LIST, CPU_STATS, MEMORY_STATS, REGISTER, ALL_STATS, REGISTER_CLOSE = (
    66,
    227,
    228,
    316,
    344,
    360,
)
_RUNNING, _PAUSED, _BOOTED, _BY_USER = 1, 3, 1, 1
_U64, _I32, _U32, _TEXT = 4, 1, 2, 7

Params = list[tuple[str, int, int | str]]


def reply(call: bytes, payload: bytes) -> bytes:
    """The packet that answers this call."""
    _, _, _, procedure, _, serial, _ = _HEADER.unpack_from(call)
    size = CALL_BYTES + len(payload)
    return _HEADER.pack(size, _PROGRAM, 1, procedure, _REPLY, serial, 0) + payload


def procedure(call: bytes) -> int:
    """What is asked."""
    found: int = _HEADER.unpack_from(call)[3]
    return found


def groups(call: bytes) -> int:
    """Which groups of statistics are asked of all domains."""
    return int.from_bytes(call[CALL_BYTES + 4 : CALL_BYTES + 8], "big")


def domains(call: bytes) -> list[bytes]:
    """Those that statistics are asked of, as they stand in the call; none where it is all."""
    found, at = [], CALL_BYTES + 4
    for _ in range(int.from_bytes(call[CALL_BYTES:at], "big")):
        name = int.from_bytes(call[at : at + 4], "big")
        end = at + 4 + name + -name % 4 + _UUID_BYTES + 4
        found.append(call[at:end])
        at = end
    return found


def about(asked: list[bytes], book: Book) -> bytes:
    """What is told of these domains. The book has it of each by its place, without their names."""
    told = book.moments[0]
    records = [one + told[int.from_bytes(one[-4:], "big") - 1].up for one in asked]
    return struct.pack(">I", len(records)) + b"".join(records)


def vcpus_book(vms: int) -> Book:
    """The vCPUs of each domain, without its name."""

    def write(guest: Guest, moment: int, paused: bool) -> bytes:
        return _params(_vcpus(guest, moment))

    return Book(b"", b"", b"", write_moments(vms, write), {})


def book(vms: int, asked: int) -> Book:
    """What is told of all domains: the groups of statistics that are `asked`."""

    def write(guest: Guest, moment: int, paused: bool) -> bytes:
        fields = _state(paused) if asked & STATE else []
        fields += _samples(guest, moment) if asked & ~(STATE | VCPU) else []
        return _domain(guest) + _params(fields + (_vcpus(guest, moment) if asked & VCPU else []))

    machine = Machine("host", Random("machine"), vms, 1.7e9)
    return Book(struct.pack(">I", vms), b"", b"", write_moments(vms, write), _named(machine))


def _named(machine: Machine) -> dict[str, bytes]:
    facts = machine.facts
    node = b"".join(struct.pack(">i", letter) for letter in b"x86_64".ljust(32, b"\0"))
    node += struct.pack(">Qiiiiii", facts.memory_kb, facts.cpus, facts.cpu_mhz, 1, 2, 16, 2)
    cpu = {"kernel": 4 * 10**14, "user": 9 * 10**14, "idle": 8 * 10**15, "iowait": 10**13}
    memory = {"total": facts.memory_kb, "free": facts.memory_kb // 2, "buffers": 1, "cached": 9}
    return {
        str(OPEN): b"", str(REGISTER_CLOSE): b"", str(VERSION): struct.pack(">Q", 11_003_000),
        str(NODE_INFO): node, str(CAPABILITIES): _text("<capabilities/>"),
        str(HOSTNAME): _text("host-HHHHHHHH"), str(FEATURE): struct.pack(">i", 0),
        str(AUTH_LIST): struct.pack(">I", 0), str(REGISTER): struct.pack(">i", 1),
        str(CPU_STATS): _counters(cpu), str(MEMORY_STATS): _counters(memory),
        str(XML): _text("<domain type='kvm'><devices/></domain>"),
    }  # fmt: skip


def _text(text: str) -> bytes:
    body = text.encode()
    return struct.pack(">I", len(body)) + body + bytes(-len(body) % 4)


def _counters(values: dict[str, int]) -> bytes:
    told = b"".join(_text(name) + struct.pack(">Q", value) for name, value in values.items())
    return struct.pack(">I", len(values)) + told + struct.pack(">i", len(values))


def _domain(guest: Guest) -> bytes:
    uuid = HOST_RAW + bytes.fromhex(guest.id.partition("-")[2].replace("-", ""))
    return _text(f"web-HHHHHHHH-{guest.place}") + uuid + struct.pack(">i", guest.place + 1)


def _params(fields: Params) -> bytes:
    told = [struct.pack(">I", len(fields))]
    for name, kind, value in fields:
        told.append(_text(name) + struct.pack(">I", kind) + _value(kind, value))
    return b"".join(told)


def _value(kind: int, value: int | str) -> bytes:
    if isinstance(value, str):
        return _text(value)
    return struct.pack({_U64: ">Q", _I32: ">i", _U32: ">I"}[kind], value)


def _state(paused: bool) -> Params:
    state, reason = (_PAUSED, _BY_USER) if paused else (_RUNNING, _BOOTED)
    return [("state.state", _I32, state), ("state.reason", _I32, reason)]


def _samples(guest: Guest, moment: int) -> Params:
    told = guest.sample(moment)
    used = told.cpu_time_ns
    big = {"cpu.time": used, "cpu.user": used * 8 // 10, "cpu.system": used * 2 // 10,
           "balloon.current": told.memory_kb, "balloon.maximum": told.memory_max_kb,
           "balloon.rss": told.rss_kb}  # fmt: skip
    fields: Params = [(name, _U64, value) for name, value in big.items()]
    return fields + _network(told.net_rx_bytes, told.net_tx_bytes) + _disk(guest, moment)


def _vcpus(guest: Guest, moment: int) -> Params:
    told = guest.sample(moment)
    fields: Params = [("vcpu.current", _U32, told.vcpus), ("vcpu.maximum", _U32, told.vcpus)]
    for n in range(told.vcpus):
        time = told.cpu_time_ns // told.vcpus
        fields += [(f"vcpu.{n}.state", _I32, 1), (f"vcpu.{n}.time", _U64, time)]
    return fields


def _network(rx: int, tx: int) -> Params:
    counted = {"rx.bytes": rx, "rx.pkts": rx // 900, "rx.errs": 0, "rx.drop": 0,
               "tx.bytes": tx, "tx.pkts": tx // 900, "tx.errs": 0, "tx.drop": 0}  # fmt: skip
    named: Params = [("net.count", _U32, 1), ("net.0.name", _TEXT, "vnet0")]
    return named + [(f"net.0.{name}", _U64, value) for name, value in counted.items()]


def _disk(guest: Guest, moment: int) -> Params:
    told = guest.sample(moment)
    rd, wr = told.disk_read_bytes, told.disk_write_bytes
    counted = {"rd.reqs": rd // 16384, "rd.bytes": rd, "rd.times": rd // 3, "wr.reqs": wr // 8192,
               "wr.bytes": wr, "wr.times": wr // 2, "fl.reqs": 90, "fl.times": 10**8,
               "allocation": 2 * 10**10, "capacity": 4 * 10**10,
               "physical": 2 * 10**10}  # fmt: skip
    named: Params = [("block.count", _U32, 1), ("block.0.name", _TEXT, "vda"),
                     ("block.0.path", _TEXT, f"/images/HHHHHHHH-{guest.place}.qcow2")]  # fmt: skip
    return named + [(f"block.0.{name}", _U64, value) for name, value in counted.items()]
