"""What a VM is made of, from the XML that libvirt keeps of it. vdsm hands the same XML on.

Nothing that XML can do beyond elements and attributes is let in: the XML comes from a host, and
names in it from whoever made the VM.
"""

import re
from functools import lru_cache
from uuid import UUID

from lxml import etree

from vurti.errors import VurtiError
from vurti.model import VmDevice
from vurti.model.texts import once

_CHARS_MAX, _DEVICES_MAX, _PLACES_MAX = 255, 1024, 2048
_NO_DEVICES = frozenset({"emulator"})
_MANAGED = "ua-"
"""What the alias of a device begins with that a manager gave an id."""
_AS_SHOWN = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An id that is written already as it is shown."""

_ADDRESS = (
    "type", "slot", "bus", "domain", "function", "controller", "target", "unit", "port",
    "multifunction", "base",
)  # fmt: skip
"""What an address is shown by, in oVirt's order."""

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
    remove_pis=True,
)  # fmt: skip


class DomainXmlError(VurtiError):
    """Not the XML of a domain; the text does not quote it."""


def devices(xml: str) -> tuple[VmDevice, ...]:
    """The devices in the order of the XML. Raises DomainXmlError."""
    found = _tree(xml).find("devices")
    if found is None:
        raise DomainXmlError("a domain without devices")
    told = ((one, _kind(one)) for one in list(found)[:_DEVICES_MAX])
    return tuple(_device(one, kind) for one, kind in told if kind)


def _tree(xml: str) -> etree._Element:
    if "<!DOCTYPE" in xml:
        raise DomainXmlError("a document type, which has no place in the XML of a domain")
    try:
        tree = etree.fromstring(xml.encode("utf-8", "replace"), _PARSER)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise DomainXmlError(f"not the XML of a domain: {type(error).__name__}") from None
    if tree.tag != "domain":
        raise DomainXmlError("not the XML of a domain")
    return tree


def _kind(one: etree._Element) -> str:
    """Its tag; empty for what is no device."""
    if not isinstance(one.tag, str) or "{" in one.tag or one.tag in _NO_DEVICES:
        return ""
    if one.tag == "hostdev" and one.get("type") == "mdev":
        return "mdev"
    return once(one.tag[:_CHARS_MAX])  # one text for all that have the same


def _device(one: etree._Element, kind: str) -> VmDevice:
    parts = {part.tag: part for part in reversed(one)}  # the first of a name counts
    named, placed = parts.get("alias"), parts.get("address")
    alias = named.get("name", "")[:_CHARS_MAX] if named is not None else ""
    address = _address(tuple(placed.items())) if placed is not None else ""
    id = _id(alias)
    return VmDevice(kind, id, managed=bool(id), address=address, alias=alias)


def _id(alias: str) -> str:
    """The id that a manager gave the device, empty where none did."""
    if not alias.startswith(_MANAGED):
        return ""
    id = alias.removeprefix(_MANAGED)
    if _AS_SHOWN.fullmatch(id):
        return id
    try:
        return str(UUID(id))
    except ValueError:
        return ""


@lru_cache(maxsize=_PLACES_MAX)
def _address(attributes: tuple[tuple[str, str], ...]) -> str:
    """As oVirt shows it, such as `{type=pci, slot=0x07, bus=0x00}`; empty where there is none. The
    VMs of a fleet have their devices in the same few places."""
    told = dict(attributes)
    shown = ", ".join(f"{name}={told[name][:_CHARS_MAX]}" for name in _ADDRESS if told.get(name))
    return once(f"{{{shown}}}") if shown else ""
