"""libvirt hosts: `qemu+tls://HOST/system` and its kin, over libvirt's own RPC.

Nothing of libvirt needs to be installed where vurti runs.
"""

from vurti.clock import Clock
from vurti.model import Absence, Host
from vurti.sources.libvirt.address import SCHEMES, UrlError, address
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.streams.endpoint import Endpoint
from vurti.streams.source import Source
from vurti.wire.libvirt_calls import Procedure

__all__ = ["SCHEMES", "SOURCE", "LibvirtOptions", "open_endpoint"]


def open_endpoint(host: Host, clock: Clock, options: LibvirtOptions) -> Endpoint:
    """An endpoint for the one host that `host.url` names, not opened yet. Raises UrlError."""
    from vurti.sources.libvirt.endpoint import LibvirtEndpoint  # sockets and TLS only when used

    return LibvirtEndpoint(host, clock, options)


def _check(url: str) -> str | None:
    try:
        address(url)
    except UrlError as error:
        return str(error)
    return None


SOURCE = Source(
    name="libvirt",
    schemes=SCHEMES,
    options=LibvirtOptions,
    open_endpoint=open_endpoint,
    check=_check,
    allowed=frozenset(procedure.name for procedure in Procedure),
    absence=Absence.UNEXPLAINED,
    pushes=True,
)
