"""TLS with vdsm hosts: both sides show certificates, and what is wrong with them is told."""

import ssl as stdlib_ssl
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest
from gevent import ssl

from tests.libvirt.certificates import Authority
from tests.sources.scripted_vdsm import Port, Vdsm
from tests.sources.watched_vdsm import Watched
from vurti.model import Miss
from vurti.sources.dial import Tls, context_of


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ours") / "pki")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("theirs") / "pki")


def demanding(pki: Authority, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """As a host has it: whoever comes must have a certificate of the same authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = newest
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=str(pki.ca))
    home = pki.ca.parent
    context.load_cert_chain(str(home / "server.pem"), str(home / "server.key"))
    return context


def files(pki: Authority, client: Authority | None = None) -> dict[str, Path]:
    own = client or pki
    return {"ca_path": pki.ca, "cert_path": own.client, "key_path": own.client_key}


@pytest.fixture
def host(ours: Authority) -> Iterator[Vdsm]:
    host = Vdsm()
    host.tls = demanding(ours)
    port = Port(host, "localhost")
    with gevent.Timeout(60):
        yield host
    port.shut()


def missed_reason(url: str, **options: object) -> str:
    watched = Watched(url, **options)
    try:
        missed = watched.miss()
        assert missed.kind is Miss.NETWORK
        return missed.reason
    finally:
        watched.endpoint.close()


def test_with_certificates_of_one_authority_all_is_answered(host: Vdsm, ours: Authority) -> None:
    watched = Watched(host.url, **files(ours))
    assert watched.ask().vms
    assert isinstance(host.clients[0].sock, ssl.SSLSocket)
    watched.endpoint.close()


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_host_that_does_not_trust_our_certificate_is_not_connected_and_says_so(
    host: Vdsm, ours: Authority, theirs: Authority, newest: ssl.TLSVersion
) -> None:
    """With TLS 1.3 the handshake succeeds on our side, and only the first reading fails."""
    host.tls = demanding(ours, newest)
    reason = missed_reason(host.url, **files(ours, client=theirs))
    assert "does it trust our certificate?" in reason or "no TLS" in reason, reason
    assert host.clients == []


def test_a_host_of_another_authority_is_not_talked_to(
    host: Vdsm, ours: Authority, theirs: Authority
) -> None:
    reason = missed_reason(host.url, **files(theirs, client=ours))
    assert "its certificate is not valid" in reason
    assert host.clients == []


def test_a_certificate_must_carry_the_name_of_the_url_unless_told_otherwise(
    host: Vdsm, tmp_path: Path
) -> None:
    elsewhere = Authority(tmp_path / "pki", "another.example")
    host.tls = demanding(elsewhere)
    assert "Hostname mismatch" in missed_reason(host.url, **files(elsewhere))
    assert host.clients == []
    watched = Watched(f"{host.url}?check_hostname=false", **files(elsewhere))
    assert watched.ask().vms
    watched.endpoint.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated:DeprecationWarning")
def test_a_host_that_speaks_only_old_tls_is_watched_where_that_is_allowed(
    host: Vdsm, ours: Authority
) -> None:
    assert host.tls is not None
    host.tls.minimum_version = host.tls.maximum_version = ssl.TLSVersion.TLSv1
    host.tls.set_ciphers("DEFAULT:@SECLEVEL=0")
    assert "no TLS" in missed_reason(host.url, **files(ours))
    watched = Watched(f"{host.url}?tls_minimum=1.0", **files(ours))
    assert watched.ask().vms
    watched.endpoint.close()


def test_files_that_are_not_there_are_named(host: Vdsm, ours: Authority, tmp_path: Path) -> None:
    missing = tmp_path / "none.pem"
    reason = missed_reason(host.url, **{**files(ours), "cert_path": missing})
    assert str(missing) in reason
    assert "No such file" in reason


def test_hosts_with_the_same_settings_share_one_context(ours: Authority) -> None:
    tls = Tls(ours.ca, ours.client, ours.client_key)
    assert context_of(tls) is context_of(Tls(*tls))
    assert context_of(tls) is not context_of(tls._replace(check_hostname=False))
    assert context_of(tls) is not context_of(tls._replace(minimum="1.3"))


def test_the_oldest_version_is_the_one_that_was_set(ours: Authority) -> None:
    tls = Tls(ours.ca, ours.client, ours.client_key)
    assert context_of(tls).minimum_version is stdlib_ssl.TLSVersion.TLSv1_2
    assert context_of(tls._replace(minimum="1.3")).minimum_version == ssl.TLSVersion.TLSv1_3
    assert context_of(tls._replace(minimum="1.0")).minimum_version == ssl.TLSVersion.TLSv1
