"""The only calls that vurti can send to a vdsm host: each reads, none can change anything.

There is no other way to a call's bytes than `pack`, and it packs nothing but these structs
(contract 20). The other frames that go out greet, subscribe, say good-bye and show that we live.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from msgspec import Struct

from vurti.wire import jsonrpc, stomp
from vurti.wire.error import WireError
from vurti.wire.stomp import Frame

EVENTS = "jms.queue.events"
_JSON = "application/json"


class Ping2(Struct, frozen=True, gc=False):
    """Is anybody there? Hosts from oVirt 4.2 on know it."""


class Ping(Struct, frozen=True, gc=False):
    """The same for older hosts. It also tells a host that its network works, so it is sent only
    where Ping2 is not known, once a connection."""


class GetCapabilities(Struct, frozen=True, gc=False):
    """What the host is made of."""


class GetHardwareInfo(Struct, frozen=True, gc=False):
    """Who made the host."""


class GetStats(Struct, frozen=True, gc=False):
    """A sample of the host."""


class GetVmList(Struct, frozen=True, gc=False):
    """Its VMs: ids alone, or with their statuses since oVirt 4.4."""


class GetAllVmStats(Struct, frozen=True, gc=False):
    """Everything about all its VMs."""


class GetVmStats(Struct, frozen=True, gc=False):
    """Everything about one VM."""

    vm: str


class DumpXmls(Struct, frozen=True, gc=False):
    """What these VMs are made of. Hosts from oVirt 4.2 on know it."""

    vms: tuple[str, ...]


class ExternalData(StrEnum):
    """What a VM keeps outside of itself."""

    TPM = "tpm"
    NVRAM = "nvram"


class GetExternalData(Struct, frozen=True, gc=False):
    """What one VM keeps outside of itself, read anew. Hosts from oVirt 4.4 on know it."""

    vm: str
    kind: ExternalData


Call = (
    Ping2
    | Ping
    | GetCapabilities
    | GetHardwareInfo
    | GetStats
    | GetVmList
    | GetAllVmStats
    | GetVmStats
    | DumpXmls
    | GetExternalData
)

_METHODS: dict[type[Any], str] = {
    Ping2: "Host.ping2",
    Ping: "Host.ping",
    GetCapabilities: "Host.getCapabilities",
    GetHardwareInfo: "Host.getHardwareInfo",
    GetStats: "Host.getStats",
    GetVmList: "Host.getVMList",
    GetAllVmStats: "Host.getAllVmStats",
    GetVmStats: "VM.getStats",
    DumpXmls: "Host.dumpxmls",
    GetExternalData: "VM.getExternalData",
}
METHODS = frozenset(_METHODS.values())
"""All that can be sent, by vdsm's own names."""


@dataclass(frozen=True)
class Queues:
    """Where requests go and where replies come back."""

    requests: str
    replies: str

    @cached_property
    def head(self) -> bytes:
        """What each call to them begins with, up to the length of its body."""
        ways = {"destination": self.requests, "reply-to": self.replies}
        return stomp.head("SEND", {**ways, "content-type": _JSON})


FIXED_QUEUES = Queues("/queue/_local/vdsm/requests", "/queue/_local/vdsm/reponses")
"""Those of oVirt 3.5, misspelt as there; nobody needs to subscribe, nobody can choose others."""


def queues(replies: str) -> Queues:
    """Those since oVirt 3.6: whoever asks names the queue that replies go to."""
    return Queues("jms.topic.vdsm_requests", replies)


def name(call: Call) -> str:
    """The method, as vdsm calls it. Raises WireError for anything that is not on the list."""
    known = _METHODS.get(type(call))
    if known is None:
        raise WireError(f"{type(call).__name__} is not on the list of read-only calls")
    return known


def pack(call: Call, id: str, to: Queues) -> bytes:
    """The bytes of one call. Raises WireError for anything that is not on the list above."""
    body = jsonrpc.request(name(call), _params(call), id)
    return stomp.framed(to.head, body)


def _params(call: Call) -> dict[str, object]:
    match call:
        case GetVmStats(vm):
            return {"vmID": vm}
        case DumpXmls(vms):
            return {"vmList": list(vms)}
        case GetExternalData(vm, kind):
            return {"vmID": vm, "kind": kind.value, "forceUpdate": True}
    return {}


def connect(sends_secs: float, wants_secs: float) -> bytes:
    """The first frame: what heart-beats we can send and want to get. The version must stand alone,
    and the command must not be STOMP, else vdsm refuses."""
    beat = f"{round(sends_secs * 1000)},{round(wants_secs * 1000)}"
    return stomp.pack(Frame("CONNECT", {"accept-version": stomp.VERSION, "heart-beat": beat}))


def subscribe(destination: str, id: str) -> bytes:
    """From now on, what comes to `destination` is for us too."""
    headers = {"destination": destination, "id": id, "ack": "auto"}
    return stomp.pack(Frame("SUBSCRIBE", headers))


def disconnect(receipt: str) -> bytes:
    """Good-bye. vdsm answers by a RECEIPT and closes; without `receipt` it just closes."""
    return stomp.pack(Frame("DISCONNECT", {"receipt": receipt}))
