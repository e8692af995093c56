"""vdsm hosts: `vdsm://HOST`, over JSON-RPC in STOMP, as oVirt's hosts speak it since 3.5."""

from vurti.clock import Clock
from vurti.model import Absence, Host
from vurti.sources.vdsm.address import SCHEMES, check
from vurti.sources.vdsm.options import VdsmOptions
from vurti.streams.endpoint import Endpoint
from vurti.streams.source import Source
from vurti.wire.vdsm_calls import METHODS

__all__ = ["SCHEMES", "SOURCE", "VdsmOptions", "open_endpoint"]


def open_endpoint(host: Host, clock: Clock, options: VdsmOptions) -> Endpoint:
    """An endpoint for the one host that `host.url` names, not opened yet. Raises UrlError."""
    from vurti.sources.vdsm.endpoint import VdsmEndpoint  # sockets and TLS only when used

    return VdsmEndpoint(host, clock, options)


SOURCE = Source(
    name="vdsm",
    schemes=SCHEMES,
    options=VdsmOptions,
    open_endpoint=open_endpoint,
    check=check,
    allowed=METHODS,
    absence=Absence.GONE,
    pushes=True,
)
