"""From an address to a connected socket: names, TCP, TLS and unix sockets, all on gevent."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from gevent import socket, ssl

from vurti.model import Miss
from vurti.sources.libvirt.address import Address, Transport
from vurti.sources.libvirt.options import LibvirtOptions

_CONFIRMED = b"\x01"


class Trouble(Exception):
    """Why a host could not be asked. It never leaves the source: there it becomes a Missed."""

    def __init__(self, kind: Miss, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason

    def again(self) -> "Trouble":
        """The same as a fresh exception: one that is raised often would gather tracebacks."""
        return Trouble(self.kind, self.reason)


def dial(where: Address, options: LibvirtOptions) -> socket.socket:
    """A connected socket. Yields without limit: bound it from outside. Raises Trouble."""
    if where.transport is Transport.UNIX:
        return _unix(where)
    plain = _tcp(where)
    if where.transport is Transport.TCP:
        return plain
    try:
        return _secure(plain, where, options)
    except BaseException:  # also our own time-out: the socket must not stay open
        plain.close()
        raise


def _unix(where: Address) -> socket.socket:
    reasons = []
    for path in where.sockets:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        reason = _connect(sock, path)
        if reason is None:
            return sock
        reasons.append(f"{path}: {reason}")
    raise Trouble(Miss.NETWORK, "; ".join(reasons))


def _tcp(where: Address) -> socket.socket:
    try:
        found = socket.getaddrinfo(where.host, where.port, 0, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise Trouble(Miss.NAME_RESOLUTION, f"{where.host}: {error}") from None
    reasons: list[str] = []
    for family, kind, protocol, _, target in found:
        sock = socket.socket(family, kind, protocol)
        reason = _connect(sock, target)
        if reason is None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        if reason not in reasons:
            reasons.append(reason)
    raise Trouble(Miss.NETWORK, f"{where}: {'; '.join(reasons) or 'no address'}")


def _connect(sock: socket.socket, target: Any) -> str | None:
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


def _secure(plain: socket.socket, where: Address, options: LibvirtOptions) -> socket.socket:
    """TLS with both certificates checked. libvirt says by one byte that it accepted ours."""
    context = _context(options)
    sock = context.wrap_socket(plain, server_hostname=where.host, do_handshake_on_connect=False)
    try:
        _shake_hands(sock, where)
    except BaseException:  # also our own time-out
        sock.close()
        raise
    return sock


def _shake_hands(sock: ssl.SSLSocket, where: Address) -> None:
    try:
        sock.do_handshake()
    except (ssl.CertificateError, OSError) as error:
        raise Trouble(Miss.NETWORK, f"{where}: no TLS: {_words(error)}") from None
    refused = f"{where}: the host refused our certificate"
    try:
        confirmed = sock.recv(1) == _CONFIRMED
    except OSError as error:
        raise Trouble(Miss.NETWORK, f"{refused}: {_words(error)}") from None
    if not confirmed:
        raise Trouble(Miss.NETWORK, refused)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)


def _context(options: LibvirtOptions) -> ssl.SSLContext:
    """One context for all hosts with the same files; renewed files make a new one."""
    files = (options.ca_path, options.cert_path, options.key_path)
    try:
        return _load(files, tuple(path.stat().st_mtime_ns for path in files))
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(str(path) for path in files)
        raise Trouble(Miss.NETWORK, f"no TLS with {names}: {_words(error)}") from None


@lru_cache(maxsize=16)
def _load(files: tuple[Path, Path, Path], changed: tuple[int, ...]) -> ssl.SSLContext:
    ca, cert, key = files
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=str(ca))
    context.load_cert_chain(str(cert), str(key))
    return context
