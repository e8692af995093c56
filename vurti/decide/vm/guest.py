"""What the guest and its console tell (8.10, 8.11, 8.16)."""

import fnmatch
import ipaddress
import re
from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from vurti.model import Guest, GuestNic, Vm, VmFacts, VmReport, VmStatus

_NAMELESS = frozenset({"localhost", "localhost.localdomain"})
_INNER = re.compile(
    "|".join(fnmatch.translate(glob) for glob in ("lo", "lo[0-9]*", "Loopback*", "tun[0-9]*"))
    + r"|veth[0-9a-f]*\Z"
)
"""Interfaces that lead nowhere but into the guest itself."""
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}")
"""As `ipaddress` reads it, in a tenth of the time: each report of a guest has one."""


def guest_after(known: Vm, report: VmReport, status: VmStatus, facts: VmFacts) -> Guest:
    """The guest as it is known by now. What is not told stays as it was, also in a poll: one
    that is silent for a moment is not one without a console (Q16)."""
    said, past = report.guest, known.guest
    ip = _ip(report.guest_nics, facts)
    if said is UNSET and ip is UNSET:
        return past
    told = said if isinstance(said, Guest) else Guest()
    return Guest(
        host_name=_either(told.host_name, past.host_name),
        fqdn=_fqdn(told.fqdn, past.fqdn),
        ip=(ip or None) if isinstance(ip, str) else _either(told.ip, past.ip),
        os=_either(told.os, past.os),
        app_list=_either(told.app_list, past.app_list) if status is VmStatus.UP else past.app_list,
        client_ip=_either(told.client_ip, past.client_ip),
    )


def _either(told: str | None, past: str | None) -> str | None:
    return past if told is None else told


def _fqdn(told: str | None, past: str | None) -> str | None:
    """A guest that calls itself localhost has no name (8.11)."""
    if told is None:
        return past
    name = told.strip()
    return None if not name or name in _NAMELESS else name


def _ip(nics: tuple[GuestNic, ...] | UnsetType, facts: VmFacts) -> str | UnsetType:
    """All IPv4 and then all IPv6 addresses of the cards that count, joined by blanks."""
    if nics is UNSET:
        return UNSET
    counting = [nic for nic in nics if _counts(nic, facts)]
    v4 = [one for nic in counting for one in _valid(nic.v4, 4)]
    v6 = [one for nic in counting for one in _valid(nic.v6, 6)]
    return " ".join((*v4, *v6))


def _counts(nic: GuestNic, facts: VmFacts) -> bool:
    """Its name leads out of the guest, and its card is one that the manager gave a network."""
    if _INNER.match(nic.name):
        return False
    profiled = {one.mac.lower() for one in facts.nics if one.profile}
    return not facts.nics or nic.mac.lower() in profiled


def _valid(addresses: Iterable[str], version: int) -> list[str]:
    return [one for text in addresses if (one := _address(text.partition("%")[0], version))]


def _address(text: str, version: int) -> str | None:
    if version == 4:
        return text if _V4.fullmatch(text) else None
    try:
        return text if ipaddress.ip_address(text).version == version else None
    except ValueError:
        return None
