"""URLs of vdsm hosts over XML-RPC, and what a mistake in one is told."""

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host
from vurti.sources.patching import NeedsPatching
from vurti.sources.vdsm_xmlrpc import SOURCE, VdsmXmlRpcOptions, open_endpoint
from vurti.sources.vdsm_xmlrpc.address import Address, UrlError, address, own_options


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "vdsm+https://a.example",
            Address("https://a.example:54321/RPC2", "a.example:54321", True),
        ),
        ("vdsm+http://a:80/", Address("http://a:80/RPC2", "a:80", False)),
        ("vdsm+https://[::1]:5/RPC2", Address("https://[::1]:5/RPC2", "[::1]:5", True)),
        ("vdsm+https://a?tls_minimum=1.0", Address("https://a:54321/RPC2", "a:54321", True)),
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
        ("vdsm+https://a?no=1", "no: in a URL may be set check_hostname, tls_minimum"),
        ("vdsm+https://a?tls_minimum", "a?tls_minimum"),
        ("vdsm+https://a?tls_minimum=1", "tls_minimum: Input should be '1.0', '1.1', '1.2' or '1"),
        ("vdsm+https://a?check_hostname=perhaps", "check_hostname: Input should be a valid bool"),
        ("vdsm+http://a?tls_minimum=1.2", "tls_minimum is for TLS: write vdsm+https://"),
    ],
)
def test_a_mistake_is_told_with_its_way_out(url: str, way_out: str) -> None:
    assert way_out in (SOURCE.check(url) or "nothing")


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(UrlError) as told:
        address("vdsm+https://me:hunter2@a")
    assert "hunter2" not in str(told.value)
    assert "knows no users" in str(told.value)


def test_a_url_may_know_better_than_the_options_how_a_host_is_reached() -> None:
    options = VdsmXmlRpcOptions(tls_minimum="1.3", connect_secs=2.0)
    assert own_options("vdsm+https://a", options) is options
    old = own_options("vdsm+https://a?tls_minimum=1.0&check_hostname=false", options)
    assert old == options.model_copy(update={"tls_minimum": "1.0", "check_hostname": False})


def test_without_patching_it_refuses_with_the_way_out() -> None:
    with pytest.raises(NeedsPatching, match=r"monkey\.patch_all\(\)"):
        open_endpoint(Host("a", "vdsm+http://a"), VirtualClock(), VdsmXmlRpcOptions())
