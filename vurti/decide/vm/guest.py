"""What the guest and its console tell (8.10, 8.11, 8.16)."""

import fnmatch
import re
from collections.abc import Callable, Iterable

from msgspec import UNSET, UnsetType

from vurti.model import Guest, GuestNic, Vm, VmFacts, VmReport, VmStatus

_NAMELESS = frozenset({"localhost", "localhost.localdomain"})
_INNER = re.compile(
    "|".join(fnmatch.translate(glob) for glob in ("lo", "lo[0-9]*", "Loopback*", "tun[0-9]*"))
    + r"|veth[0-9a-f]*\Z"
)
"""Interfaces that lead nowhere but into the guest itself."""
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_GROUP = "[0-9a-fA-F]{1,4}"
_GROUPS = re.compile(rf"(?:{_GROUP}(?::{_GROUP})*)?")
_IS_V4, _V4_LAST = re.compile(_V4), re.compile(rf"(?<=:){_V4}\Z")


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
    """All IPv4 and then all IPv6 addresses of the cards that count, joined by blanks. A card counts
    whose name leads out of the guest, and that is one that the manager gave a network."""
    if nics is UNSET:
        return UNSET
    counting = [nic for nic in nics if not _INNER.match(nic.name)]
    if facts.nics:
        profiled = {one.mac.lower() for one in facts.nics if one.profile}
        counting = [nic for nic in counting if nic.mac.lower() in profiled]
    v4 = _valid((one for nic in counting for one in nic.v4), is_v4)
    v6 = _valid((one for nic in counting for one in nic.v6), is_v6)
    return " ".join((*v4, *v6))


def _valid(addresses: Iterable[str], is_one: Callable[[str], bool]) -> list[str]:
    """Without their zones."""
    return [one for text in addresses if is_one(one := text.partition("%")[0])]


def is_v4(text: str) -> bool:
    """As `ipaddress` has it, in a tenth of the time: each report of a guest has one."""
    return _IS_V4.fullmatch(text) is not None


def is_v6(text: str) -> bool:
    """The same of IPv6: eight groups, or fewer about one `::`; the last two may be as in IPv4."""
    if "." in text:
        text = _V4_LAST.sub("0:0", text)
    before, gap, after = text.partition("::")
    if not (_GROUPS.fullmatch(before) and _GROUPS.fullmatch(after)):
        return False
    groups = _count(before) + _count(after)
    return groups < 8 if gap else groups == 8


def _count(groups: str) -> int:
    return groups.count(":") + 1 if groups else 0
