"""URLs of vdsm hosts: what is in them, and what to write instead of what cannot be."""

import pytest

from vurti.sources.vdsm import SOURCE, VdsmOptions
from vurti.sources.vdsm.address import Address, UrlError, address, own_options
from vurti.sources.vdsm.options import Dialect


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("vdsm://h", Address("h", 54321, True)),
        ("vdsm+tcp://h.example:5/", Address("h.example", 5, False)),
        ("vdsm://[::1]:7", Address("::1", 7, True)),
        ("vdsm://h?dialect=3.5", Address("h", 54321, True)),
    ],
)
def test_a_url_names_host_port_and_whether_tls_is_spoken(url: str, where: Address) -> None:
    assert address(url) == where
    assert SOURCE.check(url) is None


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("vdsm+ssh://h", "a scheme of vdsm, vdsm[+]tcp is needed"),
        ("vdsm://", "write vdsm://HOST"),
        ("vdsm://h:0", "write vdsm://HOST"),
        ("vdsm://h:99999", "out of range"),
        ("vdsm://me@h", "knows no user names"),
        ("vdsm://h/system", "write vdsm://h"),
        ("vdsm://h#x", "write vdsm://h"),
        ("vdsm://h?colour=red", "colour: in a URL may be set check_hostname, dialect"),
        ("vdsm://h?ca_path=/x", "ca_path: in a URL may be set"),
        ("vdsm://h?dialect=4", "dialect: Input should be 'auto', 'modern' or '3.5'"),
        ("vdsm://h?tls_minimum=0.9", "tls_minimum: "),
        ("vdsm://h?dialect", "bad query field"),
    ],
)
def test_a_url_that_cannot_be_used_says_what_to_write(url: str, what: str) -> None:
    with pytest.raises(UrlError, match=what):
        own_options(url, VdsmOptions()) and address(url)
    assert SOURCE.check(url)


def test_a_host_may_have_options_of_its_own_in_its_url() -> None:
    options = VdsmOptions(connect_secs=9)
    url = "vdsm://h?dialect=3.5&check_hostname=false&tls_minimum=1.0&short_polls=true"
    own = own_options(url, options)
    assert (own.dialect, own.check_hostname, own.tls_minimum) == (Dialect.V3_5, False, "1.0")
    assert (own.short_polls, own.pushes, own.connect_secs) == (True, True, 9)
    assert own_options("vdsm://h", options) is options
