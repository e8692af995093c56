"""vdsm hosts of oVirt 3.x over XML-RPC: `vdsm+https://HOST` and `vdsm+http://HOST`.

Hosts up to oVirt 4.1 answer so; they say nothing by themselves. Newer ones are watched by `vdsm://`.
"""

from vurti.clock import Clock
from vurti.model import Absence, Host
from vurti.sources.vdsm_xmlrpc.address import SCHEMES, check
from vurti.sources.vdsm_xmlrpc.options import VdsmXmlRpcOptions
from vurti.streams.endpoint import Endpoint
from vurti.streams.source import Source
from vurti.wire.vdsm_xmlrpc import VERBS

__all__ = ["SCHEMES", "SOURCE", "VdsmXmlRpcOptions", "open_endpoint"]


def open_endpoint(host: Host, clock: Clock, options: VdsmXmlRpcOptions) -> Endpoint:
    """An endpoint for the one host that `host.url` names, not opened yet. Raises UrlError, and
    NeedsPatching where the standard library is not patched by gevent."""
    from vurti.sources.vdsm_xmlrpc.endpoint import VdsmXmlRpcEndpoint  # requests only when used

    return VdsmXmlRpcEndpoint(host, clock, options)


SOURCE = Source(
    name="vdsm_xmlrpc",
    schemes=SCHEMES,
    options=VdsmXmlRpcOptions,
    open_endpoint=open_endpoint,
    check=check,
    allowed=VERBS,
    absence=Absence.GONE,
    pushes=False,
)
