"""Whether what is committed can be told: receivers that can be reached, files that can be made."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vurti.config import Config
from vurti.doctor.certificates import expiry
from vurti.doctor.finding import Finding, bad, ok
from vurti.settings import Secret

AREA = "sinks"
CONNECTING_SECS = 5.0
_PORTS = {"https": 443, "http": 80}


def look_at_sinks(config: Config) -> Iterator[Finding]:
    """Nothing is told to any of them. Their URLs may be secrets, so none is shown."""
    for name, settings in config.sinks:
        url, path = getattr(settings, "url", None), getattr(settings, "path", None)
        if isinstance(url, Secret):
            yield from _receiver(name, url.reveal(), settings)
        elif isinstance(path, Path):
            yield _file(name, path)


def _receiver(name: str, url: str, settings: Any) -> Iterator[Finding]:
    parts = urlsplit(url)
    place = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80))
    try:
        with socket.create_connection(place, CONNECTING_SECS) as sock:
            if parts.scheme == "https":
                yield from _secured(name, sock, place[0], settings)
            else:
                yield ok(AREA, name, "its receiver can be reached")
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", None) or error.reason or "TLS failed"
        way_out = "see its ca_path, cert_path and key_path, and the receiver's certificate"
        yield bad(AREA, name, f"no TLS with its receiver: {reason}", way_out)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        way_out = "is the receiver up, and does a firewall let us through?"
        yield bad(AREA, name, f"its receiver cannot be reached: {reason}", way_out)


def _secured(name: str, sock: socket.socket, host: str, settings: Any) -> Iterator[Finding]:
    ca, cert, key = (getattr(settings, one, None) for one in ("ca_path", "cert_path", "key_path"))
    context = ssl.create_default_context(cafile=ca)
    if cert is not None:
        context.load_cert_chain(cert, key, password=lambda: "")  # it must not ask at a terminal
    with context.wrap_socket(sock, server_hostname=host) as secured:
        told = secured.getpeercert() or {}
    yield ok(AREA, name, "its receiver can be reached, and speaks TLS")
    after = told.get("notAfter")
    if isinstance(after, str):
        until = float(ssl.cert_time_to_seconds(after))
        yield expiry(AREA, name, until, time.time(), "have the receiver's certificate renewed")


def _file(name: str, path: Path) -> Finding:
    if not path.parent.is_dir():
        return bad(AREA, name, f"there is no directory {path.parent}", f"mkdir -p {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return bad(AREA, name, f"this user may not write {path}", "run vurti as its owner")
    return ok(AREA, name, f"{path} can be written")
