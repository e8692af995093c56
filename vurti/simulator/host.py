"""One simulated host on the network: its port, its connections, its faults."""

import socket as plain_socket
from collections.abc import Callable
from typing import Any, NamedTuple

from gevent import socket
from msgspec import Struct

from vurti.clock import Clock
from vurti.clock.port import Task, Timeout
from vurti.simulator import events
from vurti.simulator.agent import Agent
from vurti.simulator.broker import Broker
from vurti.simulator.connection import Connection, Gate, hang_up
from vurti.simulator.daemon import Daemon
from vurti.simulator.detector import TLS_RECORD, Spoken, spoken
from vurti.simulator.faults import FaultKind, SimulatorError
from vurti.simulator.http_peer import HttpPeer
from vurti.simulator.stomp_peer import StompPeer
from vurti.simulator.tasks import Tasks
from vurti.world.values import Link, Notice

_HANDSHAKE_SECS = 10.0
_BACKLOG = 256


class Address(NamedTuple):
    """Where a host listens; port 0 is one that the system chooses."""

    ip: str
    port: int


class Manners(Struct, frozen=True, kw_only=True):
    """How hosts treat connections: whether TLS may be, must be; how much longer than promised a
    client may be silent (real hosts look seldom)."""

    plain: bool = True
    tls: bool = False
    silence_secs: float = 28.5


class SimulatedHost:
    """Serves one machine of the world at one address."""

    def __init__(
        self, daemon: Daemon, tasks: Tasks, address: Address, clock: Clock, manners: Manners,
        secure: Callable[[Any], Any] | None,
    ) -> None:  # fmt: skip
        self.daemon = daemon
        self.tasks = tasks
        self.broker = Broker(daemon, tasks)
        self.address = address
        self.accepted = 0
        self._clock = clock
        self._manners = manners
        self._secure = secure
        self._gate = Gate(clock)
        self._listener: Any = None
        self._accepting: Task | None = None
        self._connections: set[Connection] = set()
        self._followers: set[Connection] = set()
        self._greeting: set[Any] = set()
        self._serving: dict[int, Task] = {}
        tasks.delay_secs = self._delay_secs

    @property
    def id(self) -> str:
        """The world's name of it."""
        return self.daemon.machine.id

    @property
    def connections(self) -> int:
        """How many there are just now."""
        return len(self._connections)

    def listen(self) -> None:
        """Open the port. Raises SimulatorError where that cannot be."""
        listener = socket.socket(plain_socket.AF_INET, plain_socket.SOCK_STREAM)
        listener.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_REUSEADDR, 1)
        try:
            listener.bind(tuple(self.address))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise SimulatorError(
                f"{self.id} cannot listen at {self.address.ip}:{self.address.port}"
                f" ({error.strerror}): take another --port, or one port each by --ports-from"
            ) from error
        self.address = Address(*listener.getsockname()[:2])
        self._listener = listener
        self._accepting = self._clock.spawn(self._accept, listener)

    def shut(self, reset: bool = True) -> None:
        """Close the port and every connection."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._accepting is not None:
            self._accepting.kill()
            self._accepting = None
        self.tasks.drop()
        self.broker.waiting.clear()
        for sock in tuple(self._greeting):
            hang_up(sock, reset)
        for connection in tuple(self._connections):
            connection.close(reset=reset)

    def stop(self) -> None:
        """End everything that was spawned."""
        self.shut()
        self._gate.open()
        for task in tuple(self._serving.values()):
            task.kill()

    def turn(self) -> None:
        """Be as world and faults have it now: answer, stand still, or be away."""
        faults, link = self.daemon.faults, self.daemon.machine.link
        away = link is Link.REFUSES or faults.has(FaultKind.REFUSE)
        if away and self._listener is not None:
            self.shut()
        elif not away and self._listener is None:
            self.listen()
        if link is Link.HANGS or faults.has(FaultKind.HANG):
            self._gate.shut()
        else:
            self._gate.open()

    def notice(self, notice: Notice, now: float) -> None:
        """Something happened here: tell those who want to be told."""
        if self._followers and not self.broker.loses():
            line = Agent(self.daemon).line(notice)
            for follower in tuple(self._followers):
                follower.send(line)
        if notice.watchdog is None and self.broker.has_listeners():  # a record tells of watchdogs
            id, _ = self.daemon.ids.wire(notice.vm.id)
            time = self.daemon.clock(notice.clock_ms)
            self.broker.tell(events.vm_status(notice, id, time, self.daemon.records, now))

    def _delay_secs(self) -> float:
        return self.daemon.machine.slow_secs + self.daemon.faults.by(FaultKind.SLOW)

    def _accept(self, listener: Any) -> None:
        while True:
            self._gate.wait()
            try:
                sock, peer = listener.accept()
            except OSError:
                return  # the port was closed
            self.accepted += 1
            number = self.accepted
            self._serving[number] = self._clock.spawn(self._serve, number, sock, str(peer[0]))

    def _serve(self, number: int, sock: Any, peer: str) -> None:
        """One connection from its first byte to its end."""
        self._greeting.add(sock)
        ready = None
        try:
            sock.setsockopt(plain_socket.IPPROTO_TCP, plain_socket.TCP_NODELAY, 1)
            ready = self._secured(sock)
        except (OSError, Timeout):
            pass  # it did not get as far as that
        finally:
            self._greeting.discard(sock)
            if ready is None:
                hang_up(sock, reset=True)
                self._serving.pop(number, None)
        if ready is not None:
            self._speak(number, Connection(ready, self._clock, self._gate, peer))

    def _secured(self, sock: Any) -> Any:
        """The socket to go on with; None for a client that is not welcome as it is."""
        with self._clock.timeout(self.daemon.dialect.detect_secs):
            first = sock.recv(1, plain_socket.MSG_PEEK)
        self._gate.wait()
        if first != TLS_RECORD:
            return sock if self._manners.plain and first else None
        if not self._manners.tls or self._secure is None:
            return None
        with self._clock.timeout(_HANDSHAKE_SECS):
            return self._secure(sock)

    def _speak(self, number: int, connection: Connection) -> None:
        """Find out what is spoken, and speak it."""
        self._connections.add(connection)
        connection.when_gone(lambda: self._connections.discard(connection))
        try:
            first = self._first_word(connection)
            match spoken(first, self.daemon.dialect) if self._listener is not None else None:
                case Spoken.STOMP:
                    silence = self._manners.silence_secs
                    daemon, broker = self.daemon, self.broker
                    StompPeer(connection, daemon, broker, self._clock, silence).serve(first)
                case Spoken.HTTP:
                    peer = HttpPeer(connection, self.daemon, self.tasks, self._clock, self._follow)
                    peer.serve(first)
                case None:
                    connection.close(reset=True)
        finally:
            self._serving.pop(number, None)

    def _follow(self, connection: Connection) -> None:
        self._followers.add(connection)
        connection.when_gone(lambda: self._followers.discard(connection))

    def _first_word(self, connection: Connection) -> bytes:
        """Enough bytes to tell; fewer where the client was too slow."""
        dialect = self.daemon.dialect
        first = b""
        due = self._clock.now() + dialect.detect_secs
        while len(first) < dialect.detect_bytes:
            more = connection.read(max(0.0, due - self._clock.now()))
            if not more:
                return b""
            first += more
        return first
