"""The API over TLS on real sockets: who is trusted, and what clients that are not well can do."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import gevent
import pytest
from gevent import socket as green
from gevent import ssl as green_ssl
from loguru import logger

from vurti.api.listener import Limits, Listener
from vurti.api.tls import tls
from vurti.clock.gevent_clock import GeventClock
from vurti.config.api import ApiSettings
from vurti.config.listen import Place
from vurti.errors import VurtiError
from vurti.simulator.issuing import Issuer

ASKING = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
DAY = dt.timedelta(days=1)


class Keys:
    """A server's certificate for 127.0.0.1, and a client's, by one authority."""

    def __init__(self, home: Path) -> None:
        issuer, now = Issuer(), dt.datetime.now(dt.UTC)
        self.ca, self.chain, self.key = home / "ca.pem", home / "host.pem", home / "host.key"
        self.ca.write_bytes(issuer.authority(now, DAY))
        loopback = ipaddress.ip_address("127.0.0.1")
        self.chain.write_bytes(issuer.host("vurti", loopback, now, DAY))
        self.key.write_bytes(issuer.host_key())
        certificate, key = issuer.client("somebody", now, DAY)
        self.client = home / "client.pem"
        self.client.write_bytes(certificate + key)

    def settings(self, **more: Path) -> ApiSettings:
        return ApiSettings(
            address="127.0.0.1:0", certificate_path=self.chain, key_path=self.key, **more
        )


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def _here(_environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    start("200 OK", [("Content-Length", "5")])
    return [b"here\n"]


class Serving:
    """Listeners that answer `here`, and clients of theirs."""

    def __init__(self, closing: ExitStack) -> None:
        self._closing = closing

    def start(self, settings: ApiSettings) -> int:
        """The port where it answers."""
        listener = Listener(
            GeventClock(),
            Place("127.0.0.1", 0),
            _here,
            limits=Limits(idle_secs=0.5),
            tls=tls(settings),
        )
        listener.start()
        self._closing.callback(listener.close)
        assert listener.url is not None
        assert listener.url.startswith("https://127.0.0.1:")
        return int(listener.url.rpartition(":")[2])

    def ask(self, port: int, context: ssl.SSLContext) -> bytes:
        with (
            green.create_connection(("127.0.0.1", port)) as sock,
            context.wrap_socket(sock, server_hostname="127.0.0.1") as secured,
        ):
            secured.sendall(ASKING)
            return b"".join(iter(lambda: secured.recv(65_536), b""))


@pytest.fixture
def serving() -> Iterator[Serving]:
    with gevent.Timeout(30), ExitStack() as closing:
        yield Serving(closing)


def trusting(keys: Keys) -> ssl.SSLContext:
    context = green_ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(keys.ca)
    return context


def test_who_trusts_its_authority_is_answered(keys: Keys, serving: Serving) -> None:
    port = serving.start(keys.settings())
    assert serving.ask(port, trusting(keys)).endswith(b"here\n")


def test_old_versions_of_tls_are_not_spoken(keys: Keys, serving: Serving) -> None:
    context = trusting(keys)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    port = serving.start(keys.settings())
    assert serving.ask(port, context).endswith(b"here\n")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(OSError, match=r"(?i)alert|version|closed|reset"):
        serving.ask(port, context)


def test_where_clients_must_show_a_certificate_those_without_are_not_answered(
    keys: Keys, serving: Serving
) -> None:
    port = serving.start(keys.settings(client_ca_path=keys.ca))
    with pytest.raises(OSError, match=r"(?i)certificate|reset|closed|eof"):
        serving.ask(port, trusting(keys))
    known = trusting(keys)
    known.load_cert_chain(keys.client)
    assert serving.ask(port, known).endswith(b"here\n")


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff", b"\x00" * 99]
)
def test_contract_11_who_does_not_get_through_tls_harms_nobody(
    keys: Keys, serving: Serving, sent: bytes
) -> None:
    told: list[str] = []
    logger.enable("vurti")
    sink = logger.add(told.append, level="WARNING")
    port = serving.start(keys.settings())
    with green.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(sent)
        assert b"here" not in b"".join(iter(lambda: _received(sock), b""))
    assert serving.ask(port, trusting(keys)).endswith(b"here\n")
    logger.remove(sink)
    logger.disable("vurti")
    assert told == []


def _received(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65_536)
    except OSError:
        return b""


def test_a_certificate_that_cannot_be_had_is_told_with_its_key(keys: Keys) -> None:
    keys.key.write_text("no key")
    with pytest.raises(VurtiError, match=r"\[api\] TLS cannot be had"):
        tls(keys.settings())
