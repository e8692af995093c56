"""Certificates that we show hosts, and those of the authorities that we trust."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vurti.config import Config
from vurti.doctor.finding import Finding, bad, note, ok
from vurti.doctor.validity import certificates_of, validity
from vurti.sources import source_of

AREA = "certificates"
DAY_SECS = 86_400
SOON_DAYS, VERY_SOON_DAYS = 30, 7
TLS_SCHEMES = frozenset({"vdsm", "vdsm+https", "qemu+tls", "test+tls", "json+https"})


def look_at_certificates(config: Config, now: float) -> Iterator[Finding]:
    """Of each kind of source that is asked over TLS, and of the API."""
    schemes = {urlsplit(host.url).scheme for host in config.hosts} & TLS_SCHEMES
    for name in sorted({source_of(scheme).name for scheme in schemes}):
        options = config.sources.of(name)
        yield from _authorities(f"[sources.{name}] ca_path", options, now)
        yield from _own(f"[sources.{name}]", options.cert_path, options.key_path, now)
    yield from _own("[api]", config.api.certificate_path, config.api.key_path, now)


def expiry(area: str, subject: str, until: float, now: float, way_out: str) -> Finding:
    """What there is to say of something that holds until then."""
    days = (until - now) / DAY_SECS
    day = time.strftime("%Y-%m-%d", time.gmtime(until))
    if days < 0:
        return bad(area, subject, f"its certificate expired on {day}", way_out)
    if days < VERY_SOON_DAYS:
        return bad(area, subject, f"its certificate expires on {day}", way_out)
    if days < SOON_DAYS:
        return note(area, subject, f"its certificate expires on {day}", way_out)
    return ok(area, subject, f"its certificate holds until {day}")


def _authorities(subject: str, options: Any, now: float) -> Iterator[Finding]:
    path = options.ca_path
    if path is None:
        yield ok(AREA, subject, "the authorities that this machine trusts")
        return
    try:
        untils = [validity(der)[1] for der in certificates_of(path)]
    except (OSError, ValueError) as error:
        yield bad(AREA, subject, _unreadable(path, error), "name the authority's certificate, PEM")
        return
    way_out = "have the authority's certificate renewed"
    yield expiry(AREA, f"{subject} {path}", max(untils), now, way_out)


def _own(subject: str, cert: Path | None, key: Path | None, now: float) -> Iterator[Finding]:
    if cert is None or key is None:
        return
    try:
        begin, until = validity(certificates_of(cert)[0])
    except (OSError, ValueError) as error:
        yield bad(
            AREA, f"{subject} certificate", _unreadable(cert, error), "name our certificate, PEM"
        )
        return
    if begin > now:
        yield bad(
            AREA,
            f"{subject} certificate {cert}",
            "it does not hold yet",
            "is this machine's clock right?",
        )
    yield expiry(AREA, f"{subject} certificate {cert}", until, now, "have our certificate renewed")
    yield _matching(f"{subject} key {key}", cert, key)


def _matching(subject: str, cert: Path, key: Path) -> Finding:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(cert, key, password=lambda: "")  # it must not ask at a terminal
    except ssl.SSLError as error:
        what = f"it does not fit {cert}, is encrypted, or is no key: {error.reason or error}"
        return bad(AREA, subject, what, "name the key that the certificate was made with")
    except OSError as error:
        return bad(AREA, subject, _unreadable(key, error), "name our private key, PEM")
    return ok(AREA, subject, "it fits its certificate")


def _unreadable(path: Path, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"{path} cannot be read: {reason}"
