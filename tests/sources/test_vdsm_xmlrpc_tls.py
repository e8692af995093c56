"""TLS with vdsm hosts: both sides show a certificate of one authority, and the environment has no
say in it."""

import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.libvirt.certificates import Authority
from tests.sources.asking import Asking
from tests.sources.vdsm_xmlrpc_peer import serving
from vurti.model import Miss, Snapshot

OLD = ssl.TLSVersion.TLSv1_1


@dataclass
class Fleet:
    """An authority with what it issued, and another one that hosts do not know."""

    ours: Authority
    other: Authority
    home: Path

    def context(self, **fields: Any) -> ssl.SSLContext:
        """What a host has: it takes nobody whose certificate its authority did not sign."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.home / "ours/server.pem", self.home / "ours/server.key")
        context.load_verify_locations(self.ours.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        for name, value in fields.items():
            setattr(context, name, value)
        return context

    def options(self, **fields: Any) -> dict[str, Any]:
        mine = {
            "ca_path": self.ours.ca,
            "cert_path": self.ours.client,
            "key_path": self.ours.client_key,
        }
        return {**mine, **fields}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    home = tmp_path_factory.mktemp("tls")
    return Fleet(Authority(home / "ours"), Authority(home / "other"), home)


@pytest.fixture(scope="module")
def asking(fleet: Fleet) -> Iterator[Asking]:
    """A program whose environment knows another authority, and a proxy that does not exist."""
    nowhere, strangers = "http://127.0.0.1:9", str(fleet.other.ca)
    program = Asking(
        REQUESTS_CA_BUNDLE=strangers, CURL_CA_BUNDLE=strangers, SSL_CERT_FILE=strangers,
        HTTP_PROXY=nowhere, HTTPS_PROXY=nowhere, ALL_PROXY=nowhere, NO_PROXY="",
        http_proxy=nowhere, https_proxy=nowhere, all_proxy=nowhere, no_proxy="",
    )  # fmt: skip
    yield program
    program.close()


def test_both_sides_show_their_certificates_whatever_the_environment_says(
    asking: Asking, fleet: Fleet
) -> None:
    with serving(fleet.context()) as host:
        report = asking.ask(host.url, "vms", "caps", options=fleet.options())
    assert all(isinstance(poll, Snapshot) for poll in report.polls), report.polls
    assert len(host.connections) == 1
    assert report.descriptors == 0


def test_without_tls_the_environment_has_no_say_either(asking: Asking) -> None:
    with serving() as host:
        assert isinstance(asking.ask(host.url).polls[0], Snapshot)


def test_a_host_of_another_authority_is_not_asked(asking: Asking, fleet: Fleet) -> None:
    with serving(fleet.context()) as host:
        report = asking.ask(host.url, options=fleet.options(ca_path=fleet.other.ca))
    [poll] = report.polls
    assert poll.kind is Miss.NETWORK
    assert "its certificate is not valid" in poll.reason
    assert host.asked == []


def test_no_authority_but_ours_gets_into_the_context(asking: Asking, fleet: Fleet) -> None:
    """The library would add those that it comes with, or switch checking off for all hosts."""
    with serving(fleet.context()) as host:
        refused = fleet.options(ca_path=fleet.other.ca)
        for _ in range(2):  # what the first try put into the context would help the second
            assert asking.ask(host.url, options=refused).polls[0].kind is Miss.NETWORK
        assert isinstance(asking.ask(host.url, options=fleet.options()).polls[0], Snapshot)
        assert asking.ask(host.url, options=refused).polls[0].kind is Miss.NETWORK


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_host_that_refuses_our_certificate_is_a_missed(
    asking: Asking, fleet: Fleet, newest: ssl.TLSVersion
) -> None:
    stranger = fleet.options(cert_path=fleet.other.client, key_path=fleet.other.client_key)
    with serving(fleet.context(maximum_version=newest)) as host:
        report = asking.ask(host.url, options=stranger)
    assert report.polls[0].kind is Miss.NETWORK, report.polls[0]
    assert host.asked == []


def test_a_certificate_of_another_name_is_refused_unless_any_will_do(
    asking: Asking, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "ours", host="elsewhere.example")
    fleet = Fleet(authority, authority, tmp_path)
    with serving(fleet.context()) as host:
        checked = asking.ask(host.url, options=fleet.options())
        unchecked = asking.ask(f"{host.url}?check_hostname=false", options=fleet.options())
    assert checked.polls[0].kind is Miss.NETWORK
    assert "IP address mismatch" in checked.polls[0].reason
    assert isinstance(unchecked.polls[0], Snapshot), unchecked.polls[0]


def test_an_unchecked_name_still_needs_our_authority(asking: Asking, fleet: Fleet) -> None:
    with serving(fleet.context()) as host:
        options = fleet.options(ca_path=fleet.other.ca, check_hostname=False)
        assert asking.ask(host.url, options=options).polls[0].kind is Miss.NETWORK


def test_an_old_host_is_spoken_to_only_where_its_url_allows_it(
    asking: Asking, fleet: Fleet
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        old = fleet.context(minimum_version=OLD, maximum_version=OLD)
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with serving(old) as host:
        refused = asking.ask(host.url, options=fleet.options())
        allowed = asking.ask(f"{host.url}?tls_minimum=1.1", options=fleet.options())
    assert refused.polls[0].kind is Miss.NETWORK
    assert isinstance(allowed.polls[0], Snapshot), allowed.polls[0]


def test_a_host_without_tls_is_a_missed(asking: Asking, fleet: Fleet) -> None:
    with serving() as host:
        url = host.url.replace("vdsm+http:", "vdsm+https:")
        poll = asking.ask(url, options=fleet.options()).polls[0]
    assert poll.kind is Miss.NETWORK
    assert "no TLS" in poll.reason


def test_a_file_that_is_missing_is_named(asking: Asking, fleet: Fleet) -> None:
    missing = fleet.options(key_path=fleet.home / "nowhere.key")
    with serving(fleet.context()) as host:
        poll = asking.ask(host.url, options=missing).polls[0]
    assert poll.kind is Miss.NETWORK
    assert "nowhere.key" in poll.reason
