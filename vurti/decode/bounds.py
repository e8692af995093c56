"""How much of a text is kept that a host tells: names and reasons go into each event, each row and
each page, and a megabyte of them would go there as well."""

from typing import TypeVar

from msgspec import UnsetType

NAME_CHARS_MAX = 255
"""As long as the names of VMs may be in libvirt and in oVirt."""

MESSAGE_CHARS_MAX = 1000
"""Why something ended, in words."""


T = TypeVar("T", str, str | UnsetType)


def name(text: T) -> T:
    """A name, cut where it is longer than any may be; what was not told stays so."""
    return _cut(text, NAME_CHARS_MAX)


def message(text: T) -> T:
    """Words of a host, cut where they go on for too long."""
    return _cut(text, MESSAGE_CHARS_MAX)


def _cut(text: T, most: int) -> T:
    if isinstance(text, str):
        return text if len(text) <= most else text[:most]
    return text
