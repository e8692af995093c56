"""Which addresses of a guest are addresses at all."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.decide.vm.guest import is_v4, is_v6

ODD = ("", "0", "00", "01", "001", "-1", "+1", " 1", "1 ", "1\n", "٣", "a", "0x1", "1000")
OCTETS = [*map(str, range(301)), *ODD]
OCTET = st.sampled_from(OCTETS)


GROUPS = ["0", "1", "fe80", "FFff", "0000", "00000", "g", "", "12.3.4.5", "٣", *ODD]
GROUP = st.sampled_from(GROUPS)


def version(text: str) -> int | None:
    """As the standard library has it."""
    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return None


@pytest.mark.parametrize("place", range(4))
def test_each_part_of_an_ipv4_address_is_what_the_standard_library_takes(place: int) -> None:
    for octet in OCTETS:
        parts = ["10", "0", "0", "1"]
        parts[place] = octet
        text = ".".join(parts)
        assert is_v4(text) is (version(text) == 4), text
        assert is_v6(f"fe80::{text}") is (version(f"fe80::{text}") == 6), text


@pytest.mark.parametrize("place", range(8))
def test_each_part_of_an_ipv6_address_is_what_the_standard_library_takes(place: int) -> None:
    for group in GROUPS:
        parts = ["fe80", "0", "0", "0", "0", "0", "0", "1"]
        parts[place] = group
        text = ":".join(parts)
        assert is_v6(text) is (version(text) == 6), text


@given(st.lists(OCTET, min_size=3, max_size=5).map(".".join))
def test_an_ipv4_address_is_what_the_standard_library_says(text: str) -> None:
    assert is_v4(text) is (version(text) == 4)
    assert not is_v6(text)


@given(st.lists(GROUP, min_size=1, max_size=10).map(":".join))
def test_an_ipv6_address_is_what_the_standard_library_says(text: str) -> None:
    assert is_v6(text) is (version(text) == 6)


@pytest.mark.parametrize("last", ["1", "", "10.0.0.1", "10.0.0.256", "10.0.0.1:1"])
@pytest.mark.parametrize("gap", range(11))
@pytest.mark.parametrize("length", range(10))
def test_wherever_its_gap_is_an_ipv6_address_is_what_the_standard_library_says(
    length: int, gap: int, last: str
) -> None:
    groups = [*map(str, range(1, length + 1)), last]
    text = ":".join([*groups[:gap], "", *groups[gap:]])
    assert is_v6(text) is (version(text) == 6), text


@given(st.ip_addresses(v=6))
def test_each_ipv6_address_is_one_short_and_at_full_length(
    address: ipaddress.IPv6Address,
) -> None:
    for text in (str(address), address.exploded, address.exploded.upper()):
        assert is_v6(text)
