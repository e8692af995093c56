"""Which addresses of a guest are addresses at all."""

import ipaddress

from hypothesis import example, given
from hypothesis import strategies as st

from vurti.decide.vm.guest import _address

OCTET = st.one_of(st.integers(0, 300).map(str), st.sampled_from(["", "01", "00", "٣", "-1", " 1"]))


def is_v4(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 4
    except ValueError:
        return False


@given(st.lists(OCTET, min_size=3, max_size=5).map(".".join))
@example("10.0.0.1")
@example("10.0.0.1\n")
@example("255.255.255.256")
def test_an_ipv4_address_is_what_the_standard_library_says(text: str) -> None:
    assert (_address(text, 4) is not None) == is_v4(text)
