"""Ports for servers of tests."""

import random
import socket
from contextlib import suppress

FIRST, BEHIND = 10_000, 32_000
"""Below those from which the system takes the ports of outgoing connections, of which other tests
make thousands: one of them could have it before the server that it was meant for."""


def free_port() -> int:
    """One of 127.0.0.1 that nobody has just now."""
    while True:
        port = random.randrange(FIRST, BEHIND)
        with suppress(OSError), socket.socket() as sock:
            sock.bind(("127.0.0.1", port))
            return port
