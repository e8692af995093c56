"""Keeps one host connected: dials, introduces itself, listens, and dials again when it is lost."""

import random
from collections.abc import Callable
from contextlib import suppress

from gevent import socket

from vurti.clock import Clock, Task, Timeout
from vurti.model import Miss
from vurti.sources.libvirt.address import Address
from vurti.sources.libvirt.connection import Connection, Refused, Traffic
from vurti.sources.libvirt.dial import Trouble, dial
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.wire import libvirt_replies
from vurti.wire.libvirt_calls import (
    AuthList,
    AuthPolkit,
    EventId,
    Open,
    RegisterClose,
    RegisterEvent,
    SupportsFeature,
)
from vurti.wire.libvirt_rpc import Packet
from vurti.wire.xdr import WireError

_AUTH_NONE, _AUTH_SASL, _AUTH_POLKIT = 0, 1, 2
_FEATURE_KEEPALIVE = 10
_LANE = "hello"


class Link:
    """A connection that comes back. `on_up` is called at each, when all is subscribed."""

    def __init__(
        self,
        where: Address,
        clock: Clock,
        options: LibvirtOptions,
        on_message: Callable[[Connection, Packet], None],
        on_up: Callable[[], None],
        chance: random.Random,
    ) -> None:
        self.traffic = Traffic()
        self.ups = 0
        self._where, self._clock, self._options = where, clock, options
        self._on_message, self._on_up, self._chance = on_message, on_up, chance
        self._connection: Connection | None = None
        self._trouble = Trouble(Miss.NETWORK, f"not connected to {where} yet")
        self._settled = clock.signal()  # set unless a try is under way
        self._task: Task | None = None

    @property
    def is_up(self) -> bool:
        """Whether there is a connection that can be asked."""
        return self._connection is not None

    def start(self) -> None:
        """Begin to connect, and return at once."""
        self._task = self._clock.spawn(self._run)

    def stop(self) -> None:
        """End it for good; calls under way raise Trouble."""
        if self._task is not None:
            self._task.kill()
        if self._connection is not None:
            self._connection.close()
        self._down(Trouble(Miss.NETWORK, "the endpoint was closed"))

    def connection(self, until: float) -> Connection:
        """The living connection, waiting for a try that is under way. Raises Trouble."""
        if self._task is not None and not self._settled.wait(until):
            reason = f"connecting to {self._where} takes long; before: {self._trouble}"
            raise Trouble(Miss.TIMEOUT, reason)
        if self._connection is None or self._connection.trouble is not None:
            lost = self._connection and self._connection.trouble
            raise (lost or self._trouble).again()
        return self._connection

    def _run(self) -> None:
        pause = self._options.retry_secs
        while True:
            self._settled.clear()
            connection = self._try()
            if connection is not None:
                pause = self._options.retry_secs
                connection.ended.wait()
                connection.close()
                self._down(connection.trouble or self._trouble)
            jittered = pause * self._chance.uniform(0.5, 1.0)  # a fleet must not come back as one
            self._clock.sleep_until(self._clock.now() + jittered)
            pause = min(pause * 2, self._options.retry_secs_max)

    def _try(self) -> Connection | None:
        try:
            with self._clock.timeout(self._options.connect_secs):
                connection = self._connect()
        except Trouble as trouble:
            self._down(trouble)
            return None
        except Timeout:
            secs = f"{self._options.connect_secs:g} s"
            self._down(Trouble(Miss.TIMEOUT, f"{self._where}: no connection within {secs}"))
            return None
        self._connection = connection
        self.ups += 1
        self._on_up()
        self._settled.set()
        return connection

    def _down(self, trouble: Trouble) -> None:
        self._connection, self._trouble = None, trouble
        self._settled.set()

    def _connect(self) -> Connection:
        sock: socket.socket = dial(self._where, self._options)
        connection = Connection(sock, self._clock, self._options, self._on_message, self.traffic)
        try:
            self._introduce(connection)
        except BaseException:  # also our own time-out: nothing of it may stay behind
            connection.close()
            raise
        return connection

    def _introduce(self, connection: Connection) -> None:
        """What libvirt wants to hear before it answers, and what we want to hear from it."""
        until = self._clock.now() + self._options.connect_secs
        try:
            wanted = libvirt_replies.auth_types(connection.call(AuthList(), _LANE, until))
            self._authenticate(connection, wanted, until)
            connection.call(Open(self._where.driver), _LANE, until)
            feature = connection.call(SupportsFeature(_FEATURE_KEEPALIVE), _LANE, until)
            if libvirt_replies.flag(feature):
                connection.watch()
        except WireError as error:
            raise Trouble(Miss.DECODE, f"{self._where}: not libvirt's greeting: {error}") from None
        if self._options.pushes:
            self._subscribe(connection, until)

    def _authenticate(self, connection: Connection, wanted: list[int], until: float) -> None:
        if not wanted or _AUTH_NONE in wanted:
            return
        if _AUTH_POLKIT in wanted:
            connection.call(AuthPolkit(), _LANE, until)
            return
        reason = (
            f"{self._where}: the host asks for SASL, which vurti does not speak:"
            ' use qemu+tls:// with certificates, or auth_tcp = "none" on a network that is your own'
        )
        raise Trouble(Miss.NETWORK, reason)

    def _subscribe(self, connection: Connection, until: float) -> None:
        for event in EventId:
            connection.call(RegisterEvent(event), _LANE, until)
        with suppress(Refused):  # only a daemon that stands between others and us can lose them
            connection.call(RegisterClose(), _LANE, until)
