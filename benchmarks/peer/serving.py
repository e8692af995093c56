"""The process in which prepared hosts answer: STOMP, and HTTP with JSON and XML, on one port."""

import asyncio
import ssl
from collections.abc import Callable
from itertools import chain
from multiprocessing.connection import Connection

from msgspec import Struct

from benchmarks.peer import book, libvirt
from benchmarks.peer.book import Book
from benchmarks.peer.counted import Counted
from benchmarks.peer.host import Host
from benchmarks.peer.spoken import BEAT_SECS, Spoken
from vurti.simulator.encoding import XML

LOOK_SECS = 0.5


class Wanted(Struct, frozen=True):
    """What is to be served. `tls` names files: certificate and key."""

    port: int
    hosts: int
    vms: int
    changing: float
    moments: int = book.MOMENTS
    tls: tuple[str, str] | None = None


class Served:
    """All hosts, found by the address on which somebody connects to them."""

    def __init__(self, wanted: Wanted, counted: Counted) -> None:
        self.wanted, self.counted = wanted, counted
        self._hosts: dict[str, Host] = {}
        self._books: dict[str, Book] = {}
        self._groups: dict[int, Book] = {}
        self.connections: set[Spoken] = set()

    def host(self, address: str) -> Host:
        """The one that lives at this address of the loopback."""
        if address not in self._hosts:
            _, high, middle, low = map(int, address.split("."))
            number = (high << 16) + (middle << 8) + low
            self._hosts[address] = Host(number, self.wanted.changing)
        return self._hosts[address]

    def book(self, name: str) -> Book:
        """One of the books, written when it is first asked for."""
        if name not in self._books:
            write: dict[str, Callable[[], Book]] = {
                "vdsm": lambda: book.vdsm(self.wanted.vms, moments=self.wanted.moments),
                "xml": lambda: book.vdsm(self.wanted.vms, XML),
                "vms": lambda: book.agent(self.wanted.vms, sampled=False),
                "vm_stats": lambda: book.agent(self.wanted.vms),
                "vcpus": lambda: libvirt.vcpus_book(self.wanted.vms),
            }
            self._books[name] = write[name]()
        return self._books[name]

    def groups(self, asked: int) -> Book:
        """Such groups of libvirt's statistics as a book, written when it is first asked for."""
        if asked not in self._groups:
            self._groups[asked] = libvirt.book(self.wanted.vms, asked)
        return self._groups[asked]

    def changes(self) -> list[tuple[str, bool, float]]:
        """Which VM was paused (or went on), and when it was first told: of all hosts."""
        return list(chain.from_iterable(host.told for host in self._hosts.values()))


def serve(wanted: Wanted, counted: Counted, line: Connection) -> None:
    """Serve until `line` is closed; each word on it is answered by the changes so far."""
    asyncio.run(_serve(Served(wanted, counted), line))


async def _serve(served: Served, line: Connection) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def heard() -> None:
        try:
            line.recv()
        except EOFError:
            over.set()
        else:
            line.send(served.changes())

    wanted = served.wanted
    secure = None
    if wanted.tls is not None:
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(*wanted.tls)
    served.book("vdsm")
    await loop.create_server(
        lambda: Spoken(served), "0.0.0.0", wanted.port, ssl=secure, backlog=4096
    )
    loop.add_reader(line.fileno(), heard)
    line.send("ready")
    while not over.is_set():
        for one in tuple(served.connections):
            one.beat(loop.time() - (BEAT_SECS - LOOK_SECS))
        try:
            async with asyncio.timeout(LOOK_SECS):
                await over.wait()
        except TimeoutError:
            continue
