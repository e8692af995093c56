"""URLs of vdsm hosts over XML-RPC, and what a mistake in one is told."""

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host
from vurti.sources.patching import NeedsPatching
from vurti.sources.vdsm_xmlrpc import SOURCE, VdsmXmlRpcOptions, open_endpoint
from vurti.sources.vdsm_xmlrpc.address import Address, UrlError, address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("vdsm+https://a.example", Address("https://a.example:54321/RPC2", "a.example:54321")),
        ("vdsm+http://a:80/", Address("http://a:80/RPC2", "a:80")),
        ("vdsm+https://[::1]:5/RPC2", Address("https://[::1]:5/RPC2", "[::1]:5")),
        (
            "vdsm+https://a?tls_minimum=1.0",
            Address("https://a:54321/RPC2", "a:54321", "1.0"),
        ),
    ],
)
def test_a_url_names_the_host_and_perhaps_its_port(url: str, expected: Address) -> None:
    assert address(url) == expected
    assert SOURCE.check(url) is None


@pytest.mark.parametrize(
    ("url", "way_out"),
    [
        ("vdsm+ftp://a", "a scheme of vdsm+https, vdsm+http"),
        ("vdsm+https://", "write vdsm+https://HOST"),
        ("vdsm+https://a:0", "write vdsm+https://HOST"),
        ("vdsm+https://a:99999", "Port out of range"),
        ("vdsm+https://[::1", "Invalid IPv6 URL"),
        ("vdsm+https://a b", "write vdsm+https://HOST"),
        ("vdsm+https://a/system", "vdsm answers at /RPC2 alone"),
        ("vdsm+https://a#b", "vdsm answers at /RPC2 alone"),
        ("vdsm+https://a?no=1", "only ?tls_minimum= is known here, not no"),
        ("vdsm+https://a?tls_minimum", "a?tls_minimum"),
        ("vdsm+https://a?tls_minimum=1", "one of 1.0, 1.1, 1.2, 1.3"),
        ("vdsm+http://a?tls_minimum=1.2", "for TLS only"),
    ],
)
def test_a_mistake_is_told_with_its_way_out(url: str, way_out: str) -> None:
    with pytest.raises(UrlError) as told:
        address(url)
    assert way_out in str(told.value)
    assert way_out in (SOURCE.check(url) or "")


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(UrlError) as told:
        address("vdsm+https://me:hunter2@a")
    assert "hunter2" not in str(told.value)
    assert "knows no users" in str(told.value)


def test_a_url_may_know_better_than_the_options_how_old_a_host_is() -> None:
    options = VdsmXmlRpcOptions(tls_minimum="1.3")
    assert address("vdsm+https://a").oldest_tls(options) == "1.3"
    assert address("vdsm+https://a?tls_minimum=1.0").oldest_tls(options) == "1.0"


def test_without_patching_it_refuses_with_the_way_out() -> None:
    with pytest.raises(NeedsPatching, match=r"monkey\.patch_all\(\)"):
        open_endpoint(Host("a", "vdsm+http://a"), VirtualClock(), VdsmXmlRpcOptions())
