"""What the agent in a guest says, and who looks at its console. A guest says what it likes: so each
text has a length, and each list an end."""

from typing import Any

from msgspec import UNSET, UnsetType

from vurti.decode.vdsm.reading import plain
from vurti.decode.vdsm.records import StateRecord
from vurti.decode.vdsm.scalars import Odd, text
from vurti.model import UNTOLD, Guest, GuestNic
from vurti.model.texts import once

_CHARS_MAX, _APPS_CHARS_MAX = 255, 64 * 1024
_NICS_MAX = _ADDRESSES_MAX = 64


def guest(one: StateRecord) -> Guest | UnsetType:
    """What is told of the guest and its console; UNSET where that is nothing."""
    told = Guest(
        host_name=_known(one.guest_name),
        fqdn=_short(one.guest_fqdn),
        ip=_addresses(one.guest_ips) if not isinstance(plain(one.net_ifaces), list) else None,
        os=_shared(_known(one.guest_os)),
        app_list=_apps(plain(one.apps_list)),
        client_ip=_short(one.client_ip),
    )
    return told if told != UNTOLD else UNSET


def guest_nics(one: StateRecord) -> tuple[GuestNic, ...] | UnsetType:
    """The interfaces of the guest by their names: hosts list them in any order."""
    told = plain(one.net_ifaces)
    if not isinstance(told, list):
        return UNSET
    nics = [_nic(nic) for nic in told[:_NICS_MAX] if isinstance(nic, dict)]
    return tuple(sorted(nics, key=lambda nic: (nic.name, nic.mac)))


def _nic(told: dict[str, Any]) -> GuestNic:
    v4, v6 = _texts(told.get("inet")), _texts(told.get("inet6"))
    name = _shared(_short(told.get("name"))) or ""
    return GuestNic(name, _short(told.get("hw")) or "", v4, v6)


def _short(value: object) -> str | None:
    told = text(value)
    return told if told is None or len(told) <= _CHARS_MAX else told[:_CHARS_MAX]


def _known(value: Odd | UnsetType) -> str | None:
    """Before its agent has spoken, a guest has a word for that in the place of its name."""
    return None if value in ("", "Unknown") else _short(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(told for one in value[:_ADDRESSES_MAX] if (told := _short(one)))


def _apps(value: object) -> str | None:
    if not isinstance(value, list):
        return None
    told = text(",".join([one for one in value if type(one) is str])) or ""
    return _shared(told[:_APPS_CHARS_MAX])


def _shared(told: str | None) -> str | None:
    """One text in memory for all guests that were made of one template."""
    return told if told is None else once(told)


def _addresses(value: Odd | UnsetType) -> str | None:
    """Of guests whose interfaces are not told. They stand in any order; none is unknown."""
    told = text(value)
    return " ".join(sorted(set(told.split()))[:_ADDRESSES_MAX]) or None if told else None
