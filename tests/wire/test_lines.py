"""Lines, however they are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.wire.error import WireError
from vurti.wire.lines import Lines


@given(st.lists(st.binary(max_size=20), max_size=8), st.lists(st.integers(0, 200), max_size=6))
def test_lines_are_the_same_however_the_bytes_are_cut(parts: list[bytes], cuts: list[int]) -> None:
    whole = b"\n".join(parts)
    at = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    lines = Lines(1000)
    got = [line for a, b in pairwise(at) for line in lines.feed(whole[a:b])]
    ended = whole.split(b"\n")[:-1]
    assert got == [line.removesuffix(b"\r") for line in ended]
    assert lines.held_bytes == len(whole.split(b"\n")[-1])


@pytest.mark.parametrize("step", [1, 7, 100])
def test_a_line_that_is_too_long_is_refused_before_it_fills_memory(step: int) -> None:
    lines = Lines(64)
    assert list(lines.feed(b"good\n" + b"x" * 64 + b"\n")) == [b"good", b"x" * 64]
    for _ in range(64 // step):
        assert list(lines.feed(b"y" * step)) == []
    assert lines.held_bytes <= 64
    with pytest.raises(WireError, match="more than 64 bytes"):
        list(lines.feed(b"y" * step))
    with pytest.raises(WireError):
        list(lines.feed(b"\n"))
    assert lines.held_bytes == 0
