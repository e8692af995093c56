"""The only calls that vurti can send to a vdsm host over XML-RPC, and where their answers are.

There is no other way to a call's bytes than `pack`, and it packs nothing but what the table below
has (contract 20). `ping` is not in it: it makes a host confirm its network configuration.
"""

from typing import Any, NamedTuple

from msgspec import Struct

from vurti.wire import xmlrpc
from vurti.wire.error import WireError
from vurti.wire.vdsm_calls import (
    GetAllVmStats,
    GetCapabilities,
    GetHardwareInfo,
    GetStats,
    GetVmList,
    GetVmStats,
)

XmlCall = GetAllVmStats | GetCapabilities | GetHardwareInfo | GetStats | GetVmList | GetVmStats


class _Verb(NamedTuple):
    name: str
    holds: str  # the key of the answer that carries what was asked for


_VERBS: dict[type[Any], _Verb] = {
    GetVmList: _Verb("list", "vmList"),
    GetStats: _Verb("getVdsStats", "info"),
    GetCapabilities: _Verb("getVdsCapabilities", "info"),
    GetHardwareInfo: _Verb("getVdsHardwareInfo", "info"),
    GetAllVmStats: _Verb("getAllVmStats", "statsList"),
    GetVmStats: _Verb("getVmStats", "statsList"),
}
VERBS = frozenset(verb.name for verb in _VERBS.values())
"""The allow-list, by the names on the wire."""


class Refusal(Struct, frozen=True):
    """The host understood, and said no; `code` is vdsm's own, 0 of a fault without one."""

    code: int
    message: str


def name(call: XmlCall) -> str:
    """The verb. Raises WireError for anything that is not on the list."""
    return _verb(call).name


def pack(call: XmlCall) -> bytes:
    """The bytes of one call. Raises WireError for anything that is not on the list above."""
    verb = _verb(call)
    return xmlrpc.call(verb.name, *((call.vm,) if isinstance(call, GetVmStats) else ()))


def unpack(call: XmlCall, body: bytes) -> object:
    """What was asked for, or a Refusal. Raises WireError where the answer is not one."""
    told = xmlrpc.reply(body)
    if isinstance(told, xmlrpc.Fault):
        return Refusal(told.code, told.message)
    if not isinstance(told, dict) or not isinstance(status := told.get("status"), dict):
        raise WireError("an answer without a status")
    code = _code(status.get("code"))
    if code != 0:
        return Refusal(code, str(status.get("message", "")))
    holds = _verb(call).holds
    if holds not in told:
        raise WireError(f"an answer to {name(call)} without {holds}")
    found: object = told[holds]
    return found


def _verb(call: XmlCall) -> _Verb:
    known = _VERBS.get(type(call))
    if known is None:
        raise WireError(f"{type(call).__name__} is not on the list of read-only calls")
    return known


def _code(value: object) -> int:
    """Hosts tell it as a number, vdsm's fake as text."""
    try:
        return int(value)  # type: ignore[call-overload,no-any-return]  # what it refuses is told
    except (TypeError, ValueError, OverflowError):
        raise WireError(f"a status whose code is {value!r:.60}") from None
