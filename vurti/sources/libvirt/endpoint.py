"""The Endpoint of one libvirt host: its questions as calls, its answers as values."""

import random
from collections.abc import Callable

from vurti.clock import Clock
from vurti.decode.libvirt import Listener
from vurti.model import Absence, Host, Miss, Missed, Poll, Push, Question, Snapshot
from vurti.sources.dial import Trouble
from vurti.sources.libvirt.address import address
from vurti.sources.libvirt.connection import Connection
from vurti.sources.libvirt.greeting import Greeting
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.sources.libvirt.questions import Asker
from vurti.sources.link import Link
from vurti.wire import libvirt_replies
from vurti.wire.libvirt_replies import Closed
from vurti.wire.libvirt_rpc import Packet
from vurti.wire.xdr import WireError

_QUESTIONS = {
    "qemu": frozenset(Question) - {Question.EXTERNAL_DATA},
    "test": frozenset({Question.VMS, Question.CAPABILITIES}),  # libvirt's test driver has no more
}


class LibvirtEndpoint:
    """One host, one connection. Raises UrlError at once for a URL that cannot be used."""

    def __init__(
        self,
        host: Host,
        clock: Clock,
        options: LibvirtOptions,
        chance: random.Random | None = None,
    ) -> None:
        where = address(host.url)
        self._host, self._clock = host.id, clock
        self._driver = where.driver.partition(":")[0]
        self._listener = Listener()
        self._asker = Asker(self._driver, clock, options, self._listener)
        greeting = Greeting(where, clock, options, self._on_message)
        self._traffic = greeting.traffic
        self._link = Link(str(where), clock, options, greeting.connect, self._on_up, chance)
        self._pushes = options.pushes
        self._closed = False

    @property
    def questions(self) -> frozenset[Question]:
        """All but external data of a QEMU host, states and capabilities of a test driver."""
        return _QUESTIONS[self._driver]

    @property
    def bytes_in(self) -> int:
        """Bytes received so far, over all connections."""
        return self._traffic.bytes_in

    @property
    def bytes_out(self) -> int:
        """Bytes sent so far, over all connections."""
        return self._traffic.bytes_out

    @property
    def pushes(self) -> int:
        """Messages received so far that told something of a VM."""
        return self._traffic.pushes

    @property
    def unreadable(self) -> int:
        """Messages, and records of VMs, that could not be understood so far."""
        return self._traffic.unreadable + self._asker.unreadable

    @property
    def reconnects(self) -> int:
        """How often the connection was made anew."""
        return max(self._link.ups - 1, 0)

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Start connecting and listening, and return at once."""
        self._on_push, self._on_resync = on_push, on_resync
        self._link.start()

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """Ask the host one thing; whatever goes wrong is a Missed with its reason."""
        started = self._clock.now()
        if host != self._host or question not in self.questions:
            reason = f"{self._host} is not asked for {question} of {host} here"
            return Missed(host, question, Miss.MISMATCH, reason, started)
        until = started + timeout_secs
        try:
            connection = self._link.connection(until)
            started = self._clock.now()
            answer = self._asker.ask(connection, question, until, vms)
        except Trouble as trouble:
            return Missed(host, question, trouble.kind, trouble.reason, started)
        except WireError as error:
            return Missed(host, question, Miss.DECODE, f"decode: {error}", started)
        return Snapshot(host, started, answer)

    def pushing(self, host: str) -> bool:
        """Whether the host's events are subscribed to, and its keep-alive is heard."""
        return self._pushes and self._link.current is not None

    def close(self) -> None:
        """End the connection. Calls under way return Missed."""
        if not self._closed:
            self._closed = True
            self._link.stop()

    def _on_up(self) -> None:
        self._listener.clear()
        self._asker.forget()
        self._on_resync(self._host)

    def _on_message(self, connection: Connection, packet: Packet) -> None:
        try:
            message = libvirt_replies.message(packet.procedure, packet.payload)
        except WireError:
            self._traffic.unreadable += 1
            self._on_resync(self._host)  # what it would have told must be asked for
            return
        if isinstance(message, Closed):
            connection.lose(Trouble(Miss.NETWORK, "the daemon lost its hypervisor driver"))
        elif message is not None and (told := self._listener.report(message)) is not None:
            vm, report = told
            self._traffic.pushes += 1
            self._on_push(Push(self._host, {vm: report}, absence=Absence.UNEXPLAINED))
