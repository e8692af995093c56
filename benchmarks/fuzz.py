"""Throws bytes at all that reads what hosts send, led by which lines of it they reach.

    pip install atheris
    python -m benchmarks.fuzz [TARGET ...] [--secs 100]

Each target runs in a process of its own, for so many seconds. It fails where a byte string gives
anything but a value or the one documented error, takes five seconds, or more than 512 MiB;
libFuzzer then says which, and leaves it in a file `crash-...`, `timeout-...` or `oom-...`.
"""

import argparse
import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from xmlrpc import client as xmlrpc_client

import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]  # see above

with atheris.instrument_imports(include=["vurti.wire", "vurti.decode"]):
    from vurti.decode import domain, json_http, libvirt, vdsm
    from vurti.model import Question
    from vurti.wire import (
        jsonrpc,
        libvirt_replies,
        libvirt_rpc,
        stomp,
        vdsm_calls,
        vdsm_xmlrpc,
        xmlrpc,
    )
    from vurti.wire.error import WireError

_LIMIT = 4096
_QUESTIONS = (
    Question.VMS, Question.VM_STATISTICS, Question.VDS_STATISTICS, Question.CAPABILITIES,
)  # fmt: skip
_VM = {
    "vmId": "8e0a7f1c", "status": "Up", "vmName": "a", "statusTime": "2147483650", "cpuUser": "1.5",
    "cpuSys": "0.30", "cpuUsage": "120000", "vcpuCount": "2", "monitorResponse": "0",
    "balloonInfo": {"balloon_cur": "1024", "balloon_max": "2048"}, "pauseCode": "NOERR",
    "network": {"vnet0": {"rx": "1", "tx": "2"}}, "exitCode": 1, "exitReason": 4,
    "disks": {"vda": {"readBytes": "3", "writtenBytes": "4"}}, "exitMessage": "gone",
}  # fmt: skip
_HOST = {
    "cpuUser": "1.0", "cpuSys": "2.0", "memFree": 100, "vmCount": 3, "bootTime": "1700000000",
    "cpuModel": "x", "cpuThreads": "8", "memSize": "4096", "software_version": "4.5",
    "systemManufacturer": "x", "systemUUID": "y",
}  # fmt: skip
_EVENT = {"8e0a7f1c": {"status": "Down", "exitReason": 1}, "notify_time": 2147483650}
_DOMAIN = b"""<domain><devices><emulator>/q</emulator><disk type='file' device='disk'>
<address type='pci' slot='0x05'/><alias name='ua-1'/></disk><hostdev mode='subsystem' type='mdev'/>
</devices></domain>"""
_CAPABILITIES = b"""<capabilities><host><cpu><arch>x86_64</arch><model>Haswell</model></cpu></host>
<guest><arch name='x86_64'><machine>pc</machine></arch></guest></capabilities>"""
_AGENT = {
    "version": 1,
    "host": {"vms": {"v": {"status": "Up", "name": "n"}}, "complete": True, "capabilities": {}},
}


def on_stomp(data: bytes) -> None:
    """The stream of frames, cut where the first byte says."""
    frames, size = stomp.Frames(_LIMIT), data[0] + 1 if data else 1
    for at in range(0, len(data), size):
        for frame in frames.feed(data[at : at + size]):
            with suppress(WireError):
                stomp.heart_beat(frame.headers)
        assert frames.held_bytes <= stomp.HEAD_BYTES_MAX + _LIMIT + size


def on_jsonrpc(data: bytes) -> None:
    """The envelopes."""
    with suppress(WireError):
        message = jsonrpc.read(data)
        if isinstance(message, jsonrpc.Reply):
            jsonrpc.reread(message)


def on_vdsm(data: bytes) -> None:
    """What is in them."""
    for read in (vdsm.vm_states_json, vdsm.vm_statistics_json):
        with suppress(vdsm.VdsmDecodeError):
            read(data)
    with suppress(vdsm.VdsmDecodeError):
        _vdsm_value(vdsm.parsed(data))


def _vdsm_value(value: object) -> None:
    reads: tuple[Callable[[object], object], ...] = (
        vdsm.vm_list, vdsm.vds_statistics, vdsm.capabilities, vdsm.vm_status_event,
        vdsm.migration_event, vdsm.external_data,
        lambda value: vdsm.with_hardware(vdsm.capabilities({}), value),
        lambda value: vdsm.vm_devices(value, ["8e0a7f1c"]),
    )  # fmt: skip
    for read in reads:
        with suppress(vdsm.VdsmDecodeError):
            read(value)


def on_xmlrpc(data: bytes) -> None:
    """A reply in XML, as it came and mended, and the VMs in it."""
    for body in (data, xmlrpc.cleansed(data)):
        with suppress(WireError):
            _vdsm_value(xmlrpc.reply(body))
        with suppress(WireError, vdsm.VdsmDecodeError):
            told = vdsm_xmlrpc.unpack(vdsm_calls.GetAllVmStats(), body)
            if isinstance(told, list):
                vdsm.vm_statistics(told)


def on_xml(data: bytes) -> None:
    """What a VM, and a host, is made of, as libvirt writes it."""
    text = data.decode("utf-8", "surrogateescape")
    with suppress(domain.DomainXmlError):
        domain.devices(text)
    with suppress(WireError):
        libvirt.made_of(data.decode("utf-8", "replace"))


def on_json(data: bytes) -> None:
    """An agent's answer, and a line of its pushes."""
    for question in _QUESTIONS:
        with suppress(json_http.JsonDecodeError):
            json_http.answer(json_http.document(data).host, question)
    with suppress(json_http.JsonDecodeError):
        json_http.push_line(data)


def on_libvirt(data: bytes) -> None:
    """Packets, all replies and all messages, and what the VMs in them are."""
    for packet in libvirt_rpc.Frames(_LIMIT).feed(data):
        _libvirt_body(packet.procedure, packet.payload)
    if data:
        _libvirt_body(300 + data[0] % 128, data[1:])


def _libvirt_body(procedure: int, body: bytes) -> None:
    for read in (
        libvirt_rpc.remote_error, libvirt_replies.node_info, libvirt_replies.text,
        libvirt_replies.number, libvirt_replies.flag, libvirt_replies.auth_types,
        libvirt_replies.node_counters, libvirt_replies.disk_errors, libvirt_replies.job_stats,
        libvirt_replies.callback_id,
    ):  # fmt: skip
        with suppress(WireError):
            read(body)
    with suppress(WireError):
        told = libvirt_replies.message(procedure, body)
        if told is not None:
            libvirt.Listener().report(told)
    with suppress(WireError):
        records = libvirt_replies.all_domain_stats(body)
        libvirt.doubts(records)
        libvirt.states(records, {})
        counts = libvirt.vcpu_counts(records, 1.0)
        libvirt.still_counted(records, counts, 0.5)
        _, samples = libvirt.vm_statistics(records, 1.0, {}, counts)
        libvirt.vm_statistics(records, 2.0, samples, counts)
    with suppress(WireError):
        counters, _ = libvirt_replies.node_counters(body)
        libvirt.vds_statistics(counters, {}, counters, None)


def _seeds(target: str) -> Iterator[bytes]:
    """Something well to begin with: libFuzzer changes it bit by bit."""
    reply = json.dumps({"jsonrpc": "2.0", "id": "a-1", "result": [_VM]}).encode()
    match target:
        case "stomp":
            yield b"CONNECTED\nversion:1.2\nheart-beat:5000,5000\n\n\0"
            yield stomp.pack(stomp.Frame("MESSAGE", {"destination": "a\\:b"}, reply))
        case "jsonrpc":
            yield reply
            yield json.dumps({"jsonrpc": "2.0", "method": "|virt|a", "params": _EVENT}).encode()
            yield b'{"jsonrpc":"2.0","id":null,"error":{"code":99,"message":"Recovering"}}'
        case "vdsm":
            yield from (json.dumps(one).encode() for one in ([_VM, _VM], _HOST, _EVENT, ["a"]))
        case "xmlrpc":
            told = {"status": {"code": 0, "message": "Done"}, "statsList": [_VM]}
            yield xmlrpc_client.dumps((told,), methodresponse=True).encode()
        case "xml":
            yield _DOMAIN
            yield _CAPABILITIES
        case "json":
            yield json.dumps(_AGENT).encode()
            yield json.dumps({"host": "a", "vms": {"v": {"status": "Up"}}}).encode()
        case _:
            domain = struct.pack(">I4s16si", 1, b"v\0\0\0", bytes(16), 3)
            field = struct.pack(">I12sIi", 11, b"state.state\0", 1, 1)
            stats = struct.pack(">I", 1) + domain + struct.pack(">I", 1) + field
            yield libvirt_rpc.frame(344, 1, stats)
            yield b"\0" + stats
            yield b"\x12" + struct.pack(">I", 1) + domain + struct.pack(">II", 5, 0)


TARGETS = {
    "stomp": on_stomp, "jsonrpc": on_jsonrpc, "vdsm": on_vdsm, "xmlrpc": on_xmlrpc,
    "xml": on_xml, "json": on_json, "libvirt": on_libvirt,
}  # fmt: skip


def _throw(target: str, secs: int) -> None:
    """In this process, which libFuzzer ends."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(_seeds(target)):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        flags = ("-timeout=5", "-rss_limit_mb=512", f"-max_len={_LIMIT}", "-print_final_stats=1")
        atheris.Setup([sys.argv[0], f"-max_total_time={secs}", *flags, corpus], TARGETS[target])
        atheris.Fuzz()


def main() -> None:
    """One target after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--secs", type=int, default=100, help="for each target")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.here:
        _throw(args.targets[0], args.secs)
    for target in args.targets:
        print(f"== {target}", flush=True)
        words = ("-m", "benchmarks.fuzz", target, "--here", "--secs", str(args.secs))
        if subprocess.run((sys.executable, *words), check=False).returncode:  # noqa: S603  ours
            sys.exit(f"{target}: see above")


if __name__ == "__main__":
    main()
