"""The source for vdsm's XML-RPC does what every source must do."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.libvirt.certificates import Authority
from tests.sources.vdsm_xmlrpc_peer import Act, Exchange, serving
from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host, Missed, Question, VmStatus
from vurti.sources.vdsm_xmlrpc import SOURCE, VdsmXmlRpcOptions
from vurti.streams.endpoint import Endpoint
from vurti.testing.sources import SourceConformance


def hang(exchange: Exchange) -> None:
    exchange.call()
    exchange.host.over.wait(20)


def cut(exchange: Exchange) -> None:
    exchange.close_connection = True


class Bench:
    """Two hosts of http.server."""

    source = SOURCE
    clock: Clock = GeventClock()

    def __init__(self, stack: ExitStack) -> None:
        self._peers = [stack.enter_context(serving()) for _ in "ab"]
        a, b = (Host(name, one.url) for name, one in zip("ab", self._peers, strict=True))
        self.hosts = (a, b)

    def endpoint(self, host: Host, clock: Clock) -> Endpoint:
        return SOURCE.open_endpoint(host, clock, VdsmXmlRpcOptions(connect_secs=1.0))

    def hang(self) -> None:
        self._act(hang)

    def refuse(self) -> None:
        self._act(cut)

    def recover(self) -> None:
        self._act(None)

    def speak(self, host: Host) -> tuple[str, tuple[VmStatus, ...]]:
        raise AssertionError(f"{host.id} says nothing by itself")

    def sent(self) -> frozenset[str]:
        return frozenset(verb for peer in self._peers for verb in peer.asked)

    def _act(self, act: Act | None) -> None:
        for peer in self._peers:
            peer.act = act


def test_the_authorities_that_requests_comes_with_are_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would add them to whatever context it is given."""
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other")
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(other.ca))
    files = {"ca_path": ours.ca, "cert_path": other.client, "key_path": other.client_key}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "other/server.pem", tmp_path / "other/server.key")
    with serving(context) as peer:
        options = VdsmXmlRpcOptions.model_validate(files)
        endpoint = SOURCE.open_endpoint(Host("a", peer.url), GeventClock(), options)
        endpoint.open(lambda push: None, lambda host: None)
        poll = endpoint.fetch("a", Question.VMS, 5.0)
        endpoint.close()
    assert isinstance(poll, Missed), poll
    assert "its certificate is not valid" in poll.reason
    assert peer.asked == []


class TestVdsmXmlRpc(SourceConformance):
    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        with ExitStack() as stack:
            yield Bench(stack)
