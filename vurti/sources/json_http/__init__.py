"""Hosts behind an agent or a bridge that answers in JSON: `json+https://HOST/PATH`, over requests.

docs/sources.md says what an agent has to answer; `answer.schema.json` says it to machines.
"""

from vurti.clock import Clock
from vurti.model import Absence, Host
from vurti.sources.json_http.address import SCHEMES, check
from vurti.sources.json_http.options import JsonOptions
from vurti.sources.patching import require_patching
from vurti.streams.endpoint import Endpoint
from vurti.streams.source import Source

__all__ = ["SCHEMES", "SOURCE", "JsonOptions", "open_endpoint"]


def open_endpoint(host: Host, clock: Clock, options: JsonOptions) -> Endpoint:
    """An endpoint for one host of the agent at `host.url`, not opened yet. Hosts of one URL share
    its connections. Raises UrlError, and NeedsPatching where gevent has not patched sockets."""
    require_patching("json")
    from vurti.sources.json_http.endpoint import JsonEndpoint  # requests only when used

    return JsonEndpoint(host, clock, options)


SOURCE = Source(
    name="json",
    schemes=SCHEMES,
    options=JsonOptions,
    open_endpoint=open_endpoint,
    check=check,
    allowed=frozenset({"GET"}),
    absence=Absence.UNEXPLAINED,  # unless the agent says otherwise
    pushes=True,
)
