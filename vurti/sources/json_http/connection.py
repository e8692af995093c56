"""Connections that leave nothing behind, also where the task that makes one, or takes one from the
pool, is killed meanwhile: urllib3 itself would leave the socket to the garbage collector."""

import select
from typing import Any

from gevent import socket
from gevent.monkey import get_original
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from vurti.model import Miss
from vurti.sources.dial import Trouble, connect


def dialled(connection: HTTPConnection) -> socket.socket:
    """A connected socket, by the first of the host's addresses that takes it. Raises Trouble."""
    try:
        found = socket.getaddrinfo(connection.host, connection.port, 0, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Trouble(Miss.NAME_RESOLUTION, "its name cannot be resolved") from None
    reasons: dict[str, None] = {}
    for family, kind, protocol, _, target in found:
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(connection.timeout)
        reason = connect(sock, target)
        if reason is None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        reasons[reason] = None
    if list(reasons) == ["timed out"]:
        raise Trouble(Miss.TIMEOUT, "no connection in time")
    raise Trouble(Miss.NETWORK, "; ".join(reasons) or "no address")


_poll: Any = get_original("select", "poll")


def is_quiet(connection: HTTPConnection) -> bool:
    """Whether a pooled connection is as it was left: neither closed by the host nor with bytes that
    nobody asked for. Looks without waiting, so nothing can come between it and its use."""
    if connection.sock is None:
        return False
    looking = _poll()
    looking.register(connection.sock.fileno(), select.POLLIN)
    return not looking.poll(0)


class _Plain(HTTPConnection):
    _new_conn = dialled
    is_connected = property(is_quiet)


class _Secure(HTTPSConnection):
    _new_conn = dialled
    is_connected = property(is_quiet)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


POOLS = {"http": _PlainPool, "https": _SecurePool}
