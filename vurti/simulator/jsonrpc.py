"""JSON-RPC 2.0 as vdsm speaks it: a request's bytes in, an answer's bytes out."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from vurti.simulator.daemon import Daemon, Refused
from vurti.simulator.encoding import JSON, to_json
from vurti.simulator.faults import FaultKind

PARSE_ERROR = (-32700, "JSON parse error")
INVALID_REQUEST = (-32600, "The JSON sent is not a valid Request object")

_json = msgspec.json.Decoder()


class Request(NamedTuple):
    """One call. `id` is as it stood in the JSON, None where it asks for no answer."""

    id: bytes | None
    method: str
    params: dict[str, Any] | list[Any]


def parse(body: bytes) -> Request | bytes | None:
    """The request; the bytes to answer at once where it is none; None where vdsm stays silent.

    A list of one request is that request. On a list of more vdsm stumbles, and answers nothing.
    """
    try:
        value = _json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return refusal(b"null", *PARSE_ERROR)
    if isinstance(value, list):
        if len(value) != 1:
            return None
        value = value[0]
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0":
        return refusal(b"null", *INVALID_REQUEST)
    method, params = value.get("method"), value.get("params", {})
    if not isinstance(method, str) or not isinstance(params, dict | list):
        return refusal(b"null", *INVALID_REQUEST)
    id = value.get("id")
    return Request(None if id is None else to_json(id), method, params)


def result(id: bytes, told: bytes) -> bytes:
    """A good answer."""
    return b"".join((b'{"jsonrpc":"2.0","id":', id, b',"result":', told, b"}"))


def refusal(id: bytes, code: int, message: str) -> bytes:
    """A bad one."""
    error = to_json({"code": code, "message": message})
    return b"".join((b'{"jsonrpc":"2.0","id":', id, b',"error":', error, b"}"))


def answer(daemon: Daemon, request: Request, peer: str) -> bytes | None:
    """The answer to a request; None where the host gives none."""
    daemon.calls[request.method] += 1
    id = request.id if request.id is not None else b"null"
    try:
        daemon.admit()
        call = _METHODS.get(request.method)
        if call is None or (request.method in _NEW and not daemon.dialect.ping2):
            raise Refused(
                -32601, f"The method does not exist or is not available: {request.method}"
            )
        told = call(daemon, request, peer)
    except Refused as error:
        return refusal(id, error.code, error.message)
    if daemon.dialect.old_stats and daemon.faults.has(FaultKind.HOSTILE) and _guests(request):
        return None  # 3.5 fails to encode what a guest is called, and says nothing
    return result(id, told)


def _guests(request: Request) -> bool:
    return request.method in ("Host.getAllVmStats", "VM.getStats")


def _param(request: Request, name: str, place: int, default: Any = None) -> Any:
    if isinstance(request.params, dict):
        return request.params.get(name, default)
    return request.params[place] if place < len(request.params) else default


def _vm(request: Request) -> str:
    vm = _param(request, "vmID", 0)
    if vm is None:
        raise Refused(-32603, "Internal JSON-RPC error: {'reason': \"Required: 'vmID'\"}")
    return str(vm)


def _vm_list(daemon: Daemon, request: Request, _: str) -> bytes:
    vms = _param(request, "vmList", 1) or None
    return daemon.vm_list(JSON, bool(_param(request, "fullStatus", 0)), vms)


def _dump_xmls(daemon: Daemon, request: Request, _: str) -> bytes:
    return daemon.dump_xmls(JSON, [str(vm) for vm in _param(request, "vmList", 0) or ()])


def _external_data(daemon: Daemon, request: Request, _: str) -> bytes:
    return daemon.external_data(JSON, _vm(request), str(_param(request, "kind", 1)))


_NEW = frozenset({"Host.ping2", "Host.dumpxmls", "VM.getExternalData"})
"""What hosts before oVirt 4.2 do not know."""

Method = Callable[[Daemon, Request, str], bytes]
_METHODS: dict[str, Method] = {
    "Host.ping": lambda daemon, request, peer: b"true",
    "Host.ping2": lambda daemon, request, peer: b"true",
    "Host.getCapabilities": lambda daemon, request, peer: daemon.capabilities(JSON, peer),
    "Host.getHardwareInfo": lambda daemon, request, peer: daemon.hardware(JSON),
    "Host.getStats": lambda daemon, request, peer: daemon.stats(JSON),
    "Host.getVMList": _vm_list,
    "Host.getAllVmStats": lambda daemon, request, peer: daemon.all_vm_stats(JSON),
    "VM.getStats": lambda daemon, request, peer: daemon.vm_stats(JSON, _vm(request)),
    "Host.dumpxmls": _dump_xmls,
    "VM.getExternalData": _external_data,
    "VM.getMigrationStatus": lambda daemon, request, peer: daemon.migration_status(
        JSON, _vm(request)
    ),
}
