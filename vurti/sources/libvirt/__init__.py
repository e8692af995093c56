"""libvirt hosts: `qemu+tls://HOST/system` and its kin, over libvirt's own RPC.

Nothing of libvirt needs to be installed where vurti runs.
"""

from vurti.clock import Clock
from vurti.model import Host
from vurti.sources.libvirt.address import SCHEMES
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.streams.endpoint import Endpoint

__all__ = ["SCHEMES", "LibvirtOptions", "open_endpoint"]


def open_endpoint(host: Host, clock: Clock, options: LibvirtOptions) -> Endpoint:
    """An endpoint for the one host that `host.url` names, not opened yet. Raises UrlError."""
    from vurti.sources.libvirt.endpoint import LibvirtEndpoint  # sockets and TLS only when used

    return LibvirtEndpoint(host, clock, options)
