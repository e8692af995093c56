"""The sources: kinds of endpoints, found by the scheme of a host's URL.

A source is loaded when its first host is opened, so that nobody pays for what is not used.
"""

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from vurti.clock import Clock
from vurti.errors import VurtiError
from vurti.model import Host
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.sources.sim.options import SimOptions
from vurti.streams.endpoint import Endpoint

__all__ = ["SCHEMES", "SourceError", "SourceOptions", "open_endpoint"]

_LIBVIRT = "vurti.sources.libvirt:open_endpoint"
_SOURCES: dict[str, tuple[str, str]] = {
    "qemu": (_LIBVIRT, "libvirt"),
    "qemu+unix": (_LIBVIRT, "libvirt"),
    "qemu+tcp": (_LIBVIRT, "libvirt"),
    "qemu+tls": (_LIBVIRT, "libvirt"),
    "test+tcp": (_LIBVIRT, "libvirt"),
    "test+tls": (_LIBVIRT, "libvirt"),
    "sim": ("vurti.sources.sim:open_endpoint", "sim"),
}
"""Scheme to the factory of its endpoints, and to the field of SourceOptions that it gets."""

SCHEMES = tuple(_SOURCES)


class SourceError(VurtiError):
    """A host's URL of a kind that no source is for; the text names the nearest that there is."""


class SourceOptions(BaseModel):
    """The options of every source; the fields are the tables `[sources.NAME]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    libvirt: LibvirtOptions = LibvirtOptions()
    """Hosts watched over libvirt's RPC."""

    sim: SimOptions = SimOptions()
    """Simulated hosts, in this process."""


def open_endpoint(host: Host, clock: Clock, options: SourceOptions) -> Endpoint:
    """An endpoint for `host`, not opened yet. Raises VurtiError for a URL that cannot be used."""
    factory, name = _source(host)
    module, _, function = factory.partition(":")
    build: Callable[[Host, Clock, Any], Endpoint] = getattr(import_module(module), function)
    return build(host, clock, getattr(options, name))


def _source(host: Host) -> tuple[str, str]:
    scheme = urlsplit(host.url).scheme
    known = _SOURCES.get(scheme)
    if known is None:
        near = get_close_matches(scheme, SCHEMES, 1, 0.5)
        hint = f"did you mean {near[0]}://?" if near else f"there are {', '.join(SCHEMES)}"
        raise SourceError(f"host {host.id}: no source for {host.url!r}: {hint}")
    return known
