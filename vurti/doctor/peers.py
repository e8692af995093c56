"""Until when the certificate of a host holds that was just spoken to."""

import ssl
from urllib.parse import urlsplit

from vurti.clock import Clock, Timeout
from vurti.model import Host
from vurti.sources import SourceOptions, source_of
from vurti.sources.dial import Tls, Trouble, secure, tcp

SECS = 5.0
_PORTS = {"qemu+tls": 16514, "test+tls": 16514, "vdsm": 54321, "vdsm+https": 54321}


def valid_until(host: Host, sources: SourceOptions, clock: Clock) -> float | None:
    """Seconds since 1970; None where it cannot be known: what keeps us from speaking to it was
    told before."""
    parts = urlsplit(host.url)
    options = sources.of(source_of(parts.scheme).name)
    name, port = parts.hostname, parts.port or _PORTS.get(parts.scheme, 443)
    if name is None or options.ca_path is None or options.cert_path is None:
        return None
    oldest = getattr(options, "tls_minimum", "1.2")
    tls = Tls(options.ca_path, options.cert_path, options.key_path, oldest, check_hostname=False)
    try:
        with clock.timeout(SECS), secure(tcp(name, port), name, tls) as sock:
            told = sock.getpeercert() or {}
    except (Trouble, Timeout, OSError):
        return None
    after = told.get("notAfter")
    return float(ssl.cert_time_to_seconds(after)) if isinstance(after, str) else None
