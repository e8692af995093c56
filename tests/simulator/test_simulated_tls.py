"""TLS on the one port: with our certificate, with none, with a stranger's; and plain text there."""

import ssl
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.conftest import Simulate
from tests.simulator.peers import CONNECT, Stomp, beside
from vurti.simulator import Simulator, SimulatorError, Tls
from vurti.simulator.certificates import Authority

Dial = Callable[..., Stomp]


@pytest.fixture
def sim(simulate: Simulate, tmp_path: Path) -> Simulator:
    return simulate(scheme="vdsm", directory=tmp_path / "keys", version=("4.5", "3.5"))


def trusting(sim: Simulator, ours: bool = True) -> ssl.SSLContext:
    """A client that trusts the simulation, and shows its certificate."""
    from gevent import ssl as gevent_ssl

    authority = sim.authority
    assert authority is not None
    context: ssl.SSLContext = gevent_ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority.ca)
    context.check_hostname = False
    if ours:
        context.load_cert_chain(authority.client, authority.client_key)
    return context


def dialled(sim: Simulator, context: ssl.SSLContext, host: str = "host-1") -> Stomp:
    address = sim.hosts[host].address
    return Stomp((address.ip, address.port), context)


def test_who_shows_a_certificate_of_the_authority_is_served(sim: Simulator) -> None:
    client = dialled(sim, trusting(sim)).connect()
    client.subscribe("mine", "1")
    assert client.result("Host.ping2") is True
    client.close()


def test_without_a_certificate_the_first_read_fails(sim: Simulator) -> None:
    client = dialled(sim, trusting(sim, ours=False))  # the client's handshake is done by now
    with pytest.raises((OSError, EOFError)):
        client.connect()
    client.close()


def test_a_strangers_certificate_will_not_do(sim: Simulator, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")
    context = trusting(sim, ours=False)
    context.load_cert_chain(stranger.client, stranger.client_key)
    client = dialled(sim, context)
    with pytest.raises((OSError, EOFError)):
        client.connect()
    client.close()


def test_plain_text_is_reset_where_tls_is_required(sim: Simulator, dial: Dial) -> None:
    client = dial(sim)
    client.send(CONNECT)
    assert client.ended_by() == "reset"


def test_tls_is_reset_where_there_is_none(simulate: Simulate, sim: Simulator) -> None:
    plain = simulate()
    with pytest.raises(OSError, match=r"reset|EOF|closed"):
        dialled(plain, trusting(sim))


def test_plain_and_tls_can_share_a_port(simulate: Simulate, dial: Dial, tmp_path: Path) -> None:
    both = simulate(directory=tmp_path / "keys")
    assert both.options.has_tls() is Tls.EITHER
    dial(both).connect()
    client = dialled(both, trusting(both)).connect()
    client.close()


def test_xmlrpc_goes_through_tls_too(sim: Simulator) -> None:
    import xmlrpc.client

    authority = sim.authority
    assert authority is not None

    def ask() -> Any:
        context = ssl.create_default_context(cafile=str(authority.ca))
        context.load_cert_chain(authority.client, authority.client_key)
        url = sim.url("host-2", "vdsm+https").removeprefix("vdsm+")
        with xmlrpc.client.ServerProxy(f"{url}/RPC2", context=context) as client:
            return client.getAllVmStats()

    assert len(beside(ask)["statsList"]) == 3  # and the address is in the host's certificate


def test_private_keys_are_readable_by_their_owner_only(sim: Simulator, tmp_path: Path) -> None:
    keys = sorted((tmp_path / "keys").glob("*.key"))
    assert [key.name for key in keys] == ["client.key", "hosts.key"]
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_tls_without_a_directory_is_refused(simulate: Simulate) -> None:
    with pytest.raises(SimulatorError, match="directory"):
        simulate(scheme="vdsm")


def test_a_client_that_never_ends_its_handshake_is_not_served_and_harms_nobody(
    sim: Simulator, dial: Dial
) -> None:
    stuck = dial(sim)
    stuck.send(b"\x16\x03\x01")
    client = dialled(sim, trusting(sim)).connect()
    client.close()
