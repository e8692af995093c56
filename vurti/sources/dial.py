"""From a name and a port to a connected socket, plain or TLS, on gevent.

Nothing here is bounded in time: whoever dials does it within Clock.timeout.
"""

import warnings
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from gevent import socket, ssl

from vurti.model import Miss

TLS_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
_TODAYS = ("1.2", "1.3")


class Trouble(Exception):
    """Why a host could not be asked. It never leaves the source: there it becomes a Missed."""

    def __init__(self, kind: Miss, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason

    def again(self) -> "Trouble":
        """The same as a fresh exception: one that is raised often would gather tracebacks."""
        return Trouble(self.kind, self.reason)


class Tls(NamedTuple):
    """What both sides show each other: the authority that we trust, our certificate and its key.
    Without `check_hostname` any certificate of that authority will do, whatever name it carries."""

    ca: Path
    cert: Path
    key: Path
    minimum: str = "1.2"
    check_hostname: bool = True


def tcp(host: str, port: int) -> socket.socket:
    """A connected socket. Raises Trouble."""
    try:
        found = _numeric(host, port) or socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise Trouble(Miss.NAME_RESOLUTION, f"{host}: {error}") from None
    reasons: list[str] = []
    for family, kind, protocol, _, target in found:
        sock = socket.socket(family, kind, protocol)
        reason = connect(sock, target)
        if reason is None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        if reason not in reasons:
            reasons.append(reason)
    raise Trouble(Miss.NETWORK, f"{host}:{port}: {'; '.join(reasons) or 'no address'}")


def _numeric(host: str, port: int) -> list[Any]:
    """A numeric address as the resolver would tell it; empty for a name. The resolver has ten
    threads, which wait for the interpreter: when a whole fleet connects that takes seconds."""
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError, ValueError):
            socket.inet_pton(family, host)
            return [(family, socket.SOCK_STREAM, 0, "", (host, port))]
    return []


def connect(sock: socket.socket, target: Any) -> str | None:
    """None where it worked, else why not, with the socket closed."""
    try:
        sock.connect(target)
    except OSError as error:
        sock.close()
        return error.strerror or str(error)
    except BaseException:
        sock.close()
        raise
    return None


def secure(plain: socket.socket, name: str, tls: Tls) -> ssl.SSLSocket:
    """TLS over `plain` with a host called `name`; on failure `plain` is closed. Raises Trouble.

    With TLS 1.3 the host may refuse our certificate later: the first reading tells.
    """
    try:
        context = context_of(tls)
        sock = context.wrap_socket(plain, server_hostname=name, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise
    try:
        sock.do_handshake()
    except (ssl.CertificateError, OSError) as error:
        sock.close()
        raise Trouble(Miss.NETWORK, f"{name}: no TLS: {words(error)}") from None
    except BaseException:  # also our own time-out: the socket must not stay open
        sock.close()
        raise
    return sock


def words(error: Exception) -> str:
    """What went wrong, without the numbers of OpenSSL's source code."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)


def context_of(tls: Tls) -> ssl.SSLContext:
    """One context for all hosts with the same settings; renewed files make a new one. Raises
    Trouble where a file cannot be read."""
    files = (tls.ca, tls.cert, tls.key)
    try:
        return _load(tls, tuple(path.stat().st_mtime_ns for path in files))
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(str(path) for path in files)
        raise Trouble(Miss.NETWORK, f"no TLS with {names}: {words(error)}") from None


@lru_cache(maxsize=16)
def _load(tls: Tls, changed: tuple[int, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
    context.check_hostname = tls.check_hostname
    with warnings.catch_warnings():  # the user has been told: the option names what it risks
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = TLS_VERSIONS[tls.minimum]
    if tls.minimum not in _TODAYS:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # today's OpenSSL speaks the old ones only so
    context.load_verify_locations(cafile=str(tls.ca))
    context.load_cert_chain(str(tls.cert), str(tls.key))
    return context
