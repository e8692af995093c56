"""How a vdsm host is greeted: dialled, subscribed to, and found out about by one harmless call."""

from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from gevent import socket

from vurti.clock import Clock
from vurti.model import Miss
from vurti.sources.dial import Tls, Trouble, secure, tcp
from vurti.sources.vdsm.address import Address
from vurti.sources.vdsm.connection import Connection, Refused
from vurti.sources.vdsm.options import Dialect, VdsmOptions
from vurti.sources.vdsm.traffic import Traffic
from vurti.wire import vdsm_calls
from vurti.wire.jsonrpc import METHOD_NOT_FOUND, Notification
from vurti.wire.vdsm_calls import FIXED_QUEUES, Ping, Ping2


class Greeting:
    """Makes connections that can be asked. `traffic` counts over all of them, `dialect` is what
    the last one was found to speak."""

    def __init__(
        self,
        where: Address,
        clock: Clock,
        options: VdsmOptions,
        on_notification: Callable[[Notification | None], None],
    ) -> None:
        self.traffic = Traffic()
        self.dialect: Dialect = (
            Dialect.MODERN if options.dialect is Dialect.AUTO else options.dialect
        )
        self._where, self._clock, self._options = where, clock, options
        self._on_notification = on_notification

    def connect(self) -> Connection:
        """A connection, when all is subscribed. Raises Trouble."""
        until = self._clock.now() + self._options.connect_secs
        sock = self._dial()
        connection = Connection(
            sock, self._clock, self._options, self.traffic, self._on_notification
        )
        try:
            self._introduce(connection, until)
            connection.start()
        except BaseException:  # also our own time-out: nothing of it may stay behind
            connection.close()
            raise
        return connection

    def _dial(self) -> socket.socket:
        plain = tcp(self._where.host, self._where.port)
        if not self._where.tls:
            return plain
        options = self._options
        return secure(
            plain,
            self._where.host,
            Tls(
                options.ca_path,
                options.cert_path,
                options.key_path,
                options.tls_minimum,
                options.check_hostname,
            ),
        )

    def _introduce(self, connection: Connection, until: float) -> None:
        try:
            connection.greet(until)
            self._find_dialect(connection, until)
        except Trouble as trouble:
            hint = ""
            if self._where.tls and not connection.greeted and trouble.kind is Miss.NETWORK:
                hint = "; does it trust our certificate?"
            raise Trouble(trouble.kind, f"{self._where}: {trouble.reason}{hint}") from None

    def _find_dialect(self, connection: Connection, until: float) -> None:
        """A host that does not answer in one dialect may in the other, on the same connection."""
        if self._options.dialect is not Dialect.AUTO:
            self._probe(connection, self.dialect, until)
            return
        now = self._clock.now()
        try:
            self._probe(connection, self.dialect, now + (until - now) / 2)
        except Trouble as trouble:
            if trouble.kind is not Miss.TIMEOUT:
                raise
            other = Dialect.MODERN if self.dialect is Dialect.V3_5 else Dialect.V3_5
            self._probe(connection, other, until)
            self.dialect = other
        if connection.replies_from == FIXED_QUEUES.replies:
            self._speak(connection, Dialect.V3_5)  # it answers there wherever it was asked
            self.dialect = Dialect.V3_5

    def _probe(self, connection: Connection, dialect: Dialect, until: float) -> None:
        """An answer, be it a refusal, shows that the host hears us and we it."""
        self._speak(connection, dialect)
        lane = f"hello in {dialect}"
        try:
            connection.call(Ping2(), lane, until)
        except Refused as refusal:
            if refusal.code == METHOD_NOT_FOUND:
                self._ping(connection, lane, until)

    def _ping(self, connection: Connection, lane: str, until: float) -> None:
        with suppress(Refused):  # it answers: that is all we wanted to know
            connection.call(Ping(), lane, until)

    def _speak(self, connection: Connection, dialect: Dialect) -> None:
        """Frames are taken in order, so that a subscription is there before the reply to come."""
        if dialect is Dialect.V3_5:
            connection.queues, connection.subscribed = FIXED_QUEUES, False
            return
        connection.queues = vdsm_calls.queues(str(uuid4()))
        connection.listen(connection.queues.replies)
        if self._options.pushes:
            connection.listen(vdsm_calls.EVENTS)
            connection.subscribed = True
