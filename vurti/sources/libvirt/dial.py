"""From an address to a connected socket: over the network, or a unix socket of this machine."""

from gevent import socket, ssl

from vurti.model import Miss
from vurti.sources.dial import Tls, Trouble, connect, secure, tcp, words
from vurti.sources.libvirt.address import Address, Transport
from vurti.sources.libvirt.options import LibvirtOptions

_CONFIRMED = b"\x01"


def dial(where: Address, options: LibvirtOptions) -> socket.socket:
    """A connected socket. Yields without limit: bound it from outside. Raises Trouble."""
    if where.transport is Transport.UNIX:
        return _unix(where)
    plain = tcp(where.host, where.port)
    if where.transport is Transport.TCP:
        return plain
    sock = secure(plain, where.host, Tls(options.ca_path, options.cert_path, options.key_path))
    try:
        _confirm(sock, where)
    except BaseException:  # also our own time-out: the socket must not stay open
        sock.close()
        raise
    return sock


def _unix(where: Address) -> socket.socket:
    reasons = []
    for path in where.sockets:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        reason = connect(sock, path)
        if reason is None:
            return sock
        reasons.append(f"{path}: {reason}")
    raise Trouble(Miss.NETWORK, "; ".join(reasons))


def _confirm(sock: ssl.SSLSocket, where: Address) -> None:
    """By one byte libvirt says that it accepted our certificate."""
    refused = f"{where}: the host refused our certificate"
    try:
        confirmed = sock.recv(1) == _CONFIRMED
    except OSError as error:
        raise Trouble(Miss.NETWORK, f"{refused}: {words(error)}") from None
    if not confirmed:
        raise Trouble(Miss.NETWORK, refused)
