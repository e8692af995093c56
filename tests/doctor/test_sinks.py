"""Sinks under the eyes of a doctor: what can be told, and what cannot."""

import datetime as dt
import ipaddress
import socket
import ssl
from pathlib import Path

import pytest

from tests.doctor.conftest import SetUp, bad
from tests.sinks.receiver import Receiver
from vurti.doctor import Finding
from vurti.doctor.sinks import look_at_sinks
from vurti.simulator.issuing import Issuer


def of_sinks(setup: SetUp, *lines: str) -> list[Finding]:
    setup.write("\n".join(("[sinks.out]", 'from = "events"', *lines)))
    return list(look_at_sinks(setup.config))


def test_a_receiver_that_listens_is_well_and_is_told_nothing(setup: SetUp) -> None:
    with Receiver() as receiver:
        (found,) = of_sinks(setup, 'kind = "webhook"', f'url = "{receiver.url}"')
        assert receiver.requests == 0
    assert (found.verdict, found.what) == ("ok", "its receiver can be reached")


def test_contract_19_a_receiver_that_is_gone_is_bad_and_its_url_is_not_told(setup: SetUp) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/hook-s3cret"
        (found,) = of_sinks(setup, 'kind = "webhook"', f'url = "{url}"')
    assert (found.verdict, found.what) == (
        "bad",
        "its receiver cannot be reached: Connection refused",
    )
    assert "127.0.0.1" not in str(found)
    assert "s3cret" not in str(found)


def served(home: Path, days: float) -> ssl.SSLContext:
    """A receiver's side of TLS, and beside it the authority of its certificate."""
    issuer, now = Issuer(), dt.datetime.now(dt.UTC)
    (home / "ca.pem").write_bytes(issuer.authority(now, dt.timedelta(days=300)))
    address = ipaddress.ip_address("127.0.0.1")
    (home / "own.pem").write_bytes(issuer.host("hook", address, now, dt.timedelta(days=days)))
    (home / "own.key").write_bytes(issuer.host_key())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "own.pem", home / "own.key")
    return context


@pytest.mark.parametrize(("days", "verdict"), [(300, "ok"), (20, "note"), (3, "bad")])
def test_a_receivers_certificate_is_told_of_before_it_expires(
    setup: SetUp, days: float, verdict: str
) -> None:
    with Receiver(context=served(setup.home, days)) as receiver:
        ca = f'ca_path = "{setup.home / "ca.pem"}"'
        found = of_sinks(setup, 'kind = "webhook"', f'url = "{receiver.url}"', ca)
    assert [str(one.verdict) for one in found] == ["ok", verdict]


def test_a_receiver_whose_authority_is_not_ours_is_put_down_to_tls(setup: SetUp) -> None:
    with Receiver(context=served(setup.home, 300)) as receiver:
        (found,) = bad(of_sinks(setup, 'kind = "webhook"', f'url = "{receiver.url}"'))
    assert found.what.startswith("no TLS with its receiver: ")
    assert "ca_path" in found.way_out


def test_a_file_needs_its_directory(setup: SetUp) -> None:
    (found,) = of_sinks(setup, 'kind = "ndjson"', f'path = "{setup.home}/out.ndjson"')
    assert found.verdict == "ok"
    assert not (setup.home / "out.ndjson").exists()
    (found,) = bad(of_sinks(setup, 'kind = "ndjson"', f'path = "{setup.home}/not/out.ndjson"'))
    assert found.way_out == f"mkdir -p {setup.home}/not"
