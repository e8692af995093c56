"""URLs in libvirt's notation, and what a mistake in one is told."""

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host
from vurti.sources import SCHEMES, SourceError, SourceOptions, open_endpoint
from vurti.sources.libvirt.address import SCHEMES as LIBVIRT_SCHEMES
from vurti.sources.libvirt.address import SOCKETS, Address, Transport, UrlError, address

QEMU, TEST = "qemu:///system", "test:///default"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("qemu+tcp://a/system", Address(Transport.TCP, QEMU, "a", 16509)),
        ("qemu+tcp://a:17/system", Address(Transport.TCP, QEMU, "a", 17)),
        ("qemu+tls://a.example/system", Address(Transport.TLS, QEMU, "a.example", 16514)),
        ("qemu+tls://[::1]:5/system", Address(Transport.TLS, QEMU, "::1", 5)),
        ("qemu:///system", Address(Transport.UNIX, QEMU, sockets=SOCKETS)),
        ("qemu+unix:///system?socket=/s", Address(Transport.UNIX, QEMU, sockets=("/s",))),
        ("test+tcp://a/default", Address(Transport.TCP, TEST, "a", 16509)),
    ],
)
def test_libvirts_own_notation_is_understood(url: str, expected: Address) -> None:
    assert address(url) == expected


@pytest.mark.parametrize(
    ("url", "way_out"),
    [
        ("qemu+tcp://a", "write qemu+tcp://a/system"),
        ("qemu+tcp://a/session", "write qemu+tcp://a/system"),
        ("test+tcp://a/system", "write test+tcp://a/default"),
        ("qemu://a/system", "write qemu+tls:// or qemu+tcp://"),
        ("qemu+tcp:///system", "write qemu+tcp://HOST"),
        ("qemu+tcp://a:0/system", "write qemu+tcp://HOST"),
        ("qemu+tcp://a:99999/system", "Port out of range"),
        ("qemu+tcp://me@a/system", "leave me@ away"),
        ("qemu+tcp://a/system?socket=/s", "belongs to qemu:///"),
        ("qemu:///system?socket=s", "absolute path"),
        ("qemu:///system?sock=/s", "only socket is known"),
        ("qemu+ssh://a/system", "a scheme of qemu, "),
    ],
)
def test_a_mistake_is_told_with_its_way_out(url: str, way_out: str) -> None:
    with pytest.raises(UrlError) as told:
        address(url)
    assert way_out in str(told.value)
    assert repr(url) in str(told.value)


def test_an_unknown_scheme_names_the_nearest_that_there_is() -> None:
    with pytest.raises(SourceError, match=r"did you mean qemu\+tls://\?"):
        open_endpoint(Host(id="a", url="qemu+tsl://a/system"), VirtualClock(), SourceOptions())


def test_a_scheme_like_no_other_lists_them_all() -> None:
    with pytest.raises(SourceError, match=r"host a: there is no source .* \(there are: qemu, "):
        open_endpoint(Host(id="a", url="zzzzzzzz://a"), VirtualClock(), SourceOptions())


def test_every_scheme_of_the_source_is_in_the_table() -> None:
    assert set(LIBVIRT_SCHEMES) < set(SCHEMES)
