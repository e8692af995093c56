"""XML-RPC as vdsm 3 speaks it: answers are structs with a `status`, errors too."""

from collections.abc import Callable
from typing import Any
from xmlrpc.client import loads

from vurti.simulator.daemon import Daemon, Refused
from vurti.simulator.encoding import XML, to_xml

_OPENING = b"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>"
_CLOSING = b"</struct></value>\n</param>\n</params>\n</methodResponse>\n"
_DONE = b"<member><name>status</name>%s</member>" % to_xml({"code": 0, "message": "Done"})


def answer(daemon: Daemon, body: bytes, peer: str) -> bytes:
    """The answer to a call's body, whatever it is."""
    try:
        params, name = loads(body)
    except Exception as error:  # noqa: BLE001  the parser raises what it likes
        return fault(1, f"{type(error).__name__}: {error}")
    daemon.calls[str(name)] += 1
    call = _VERBS.get(str(name))
    if call is None:
        return fault(1, f"<class 'Exception'>:method \"{name}\" is not supported")
    try:
        daemon.admit()
        return _OPENING + _DONE + call(daemon, params, peer) + _CLOSING
    except Refused as error:
        return refusal(error.code, error.message)
    except (OverflowError, TypeError) as error:
        return fault(1, f"{type(error)}:{error}")


def refusal(code: int, message: str) -> bytes:
    """An error as vdsm tells it: a normal reply."""
    status = to_xml({"code": code, "message": message})
    return _OPENING + b"<member><name>status</name>" + status + b"</member>" + _CLOSING


def fault(code: int, text: str) -> bytes:
    """An error as XML-RPC tells it."""
    told = to_xml({"faultCode": code, "faultString": text})
    return (
        b"<?xml version='1.0'?>\n<methodResponse>\n<fault>\n"
        + told
        + b"</fault>\n</methodResponse>\n"
    )


def _member(name: str, told: bytes) -> bytes:
    return b"<member><name>%s</name>%s</member>" % (name.encode(), told)


def _vm(params: tuple[Any, ...]) -> str:
    if not params:
        raise Refused(16, "Unexpected exception")
    return str(params[0])


def _list(daemon: Daemon, params: tuple[Any, ...], _: str) -> bytes:
    vms = list(params[1]) if len(params) > 1 and params[1] else None
    return _member("vmList", daemon.vm_list(XML, True, vms))


Verb = Callable[[Daemon, tuple[Any, ...], str], bytes]
_VERBS: dict[str, Verb] = {
    "ping": lambda daemon, params, peer: b"",
    "list": _list,
    "system.listMethods": lambda daemon, params, peer: _member("methods", to_xml(sorted(_VERBS))),
    "getVdsStats": lambda daemon, params, peer: _member("info", daemon.stats(XML)),
    "getVdsCapabilities": lambda daemon, params, peer: _member(
        "info", daemon.capabilities(XML, peer)
    ),
    "getVdsHardwareInfo": lambda daemon, params, peer: _member("info", daemon.hardware(XML)),
    "getAllVmStats": lambda daemon, params, peer: _member("statsList", daemon.all_vm_stats(XML)),
    "getVmStats": lambda daemon, params, peer: _member(
        "statsList", daemon.vm_stats(XML, _vm(params))
    ),
    "migrateStatus": lambda daemon, params, peer: _member(
        "stats", daemon.migration_status(XML, _vm(params))
    ),
}
