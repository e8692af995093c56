"""How a libvirt host is greeted: dialled, introduced to, and listened to from the first word on."""

from collections.abc import Callable
from contextlib import suppress

from gevent import socket

from vurti.clock import Clock
from vurti.model import Miss
from vurti.sources.dial import Trouble
from vurti.sources.libvirt.address import Address
from vurti.sources.libvirt.connection import Connection, Refused, Traffic
from vurti.sources.libvirt.dial import dial
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


class Greeting:
    """Makes connections that can be asked. `traffic` counts over all of them."""

    def __init__(
        self,
        where: Address,
        clock: Clock,
        options: LibvirtOptions,
        on_message: Callable[[Connection, Packet], None],
    ) -> None:
        self.traffic = Traffic()
        self._where, self._clock, self._options = where, clock, options
        self._on_message = on_message

    def connect(self) -> Connection:
        """A connection, when all is subscribed. Raises Trouble."""
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
