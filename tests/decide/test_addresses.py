"""Which addresses of a guest are addresses at all."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.decide.vm.guest import _address

ODD = ("", "0", "00", "01", "001", "-1", "+1", " 1", "1 ", "1\n", "٣", "a", "0x1", "1000")
OCTETS = [*map(str, range(301)), *ODD]
OCTET = st.sampled_from(OCTETS)


def is_v4(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 4
    except ValueError:
        return False


def agrees(text: str) -> bool:
    """With the standard library."""
    return (_address(text, 4) is not None) == is_v4(text)


@pytest.mark.parametrize("place", range(4))
def test_each_part_of_an_ipv4_address_is_what_the_standard_library_takes(place: int) -> None:
    for octet in OCTETS:
        parts = ["10", "0", "0", "1"]
        parts[place] = octet
        assert agrees(".".join(parts)), octet


@given(st.lists(OCTET, min_size=3, max_size=5).map(".".join))
def test_an_ipv4_address_is_what_the_standard_library_says(text: str) -> None:
    assert agrees(text)
