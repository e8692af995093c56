"""Where the hosts listen, and how many files that takes."""

import ipaddress
import resource
from collections.abc import Iterator

from vurti.simulator.faults import SimulatorError
from vurti.simulator.host import Address

DEFAULT_PORT = 54321
_OWN_FILES = 64
_HOST_FILES = 6
"""A host's port, and some connections to it."""


def own_addresses(port: int = DEFAULT_PORT, first: str = "127.1.0.1") -> Iterator[Address]:
    """Each host at an address of its own on the loopback network, all at one port."""
    base = int(ipaddress.IPv4Address(first))
    while True:
        if base % 256 not in (0, 255):
            yield Address(str(ipaddress.IPv4Address(base)), port)
        base += 1


def own_ports(first: int = 0, ip: str = "127.0.0.1") -> Iterator[Address]:
    """Each host at a port of its own, counted from `first`; with 0 the system chooses."""
    port = first
    while port < 65536:
        yield Address(ip, port)
        port += 1 if first else 0
    raise SimulatorError("there are no ports beyond 65535: begin --ports-from a lower one")


def raise_file_limit(hosts: int) -> None:
    """Allow as many open files as so many hosts may need. Raises SimulatorError if it cannot."""
    wanted = _OWN_FILES + hosts * _HOST_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    needed = _OWN_FILES + 2 * hosts
    if allowed < needed:
        raise SimulatorError(
            f"{hosts} hosts need {needed} open files and {hard} are allowed:"
            f" run `ulimit -n {wanted}` as root before, or simulate fewer hosts"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
