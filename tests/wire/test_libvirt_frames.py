"""Packets in a byte stream: cut anywhere, too long, too short, or no packets at all."""

import struct
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vurti.wire import libvirt_calls, libvirt_rpc
from vurti.wire.libvirt_calls import GetHostname, pack
from vurti.wire.libvirt_rpc import HEADER_BYTES, Frames, KeepAlive, keepalive

STREAM = pack(GetHostname(), 1) + keepalive(KeepAlive.PING) + pack(libvirt_calls.Open("x"), 2)


@given(st.lists(st.integers(min_value=1, max_value=len(STREAM) - 1)))
def test_packets_are_the_same_however_the_stream_is_cut(cuts: list[int]) -> None:
    whole, pieces = Frames().feed(STREAM), Frames()
    edges = [0, *sorted(cuts), len(STREAM)]
    got = [packet for start, end in pairwise(edges) for packet in pieces.feed(STREAM[start:end])]
    assert got == whole
    assert [packet.procedure for packet in whole] == [59, 1, 1]
    assert pieces.held_bytes == 0


def test_four_gigabytes_announced_are_refused_and_nothing_is_kept() -> None:
    frames = Frames()
    assert frames.feed(struct.pack(">I", 0xFFFFFFFF) + b"x" * 1000) == []
    assert "4294967295 bytes is announced" in str(frames.broken)
    assert frames.feed(b"x" * 1_000_000) == []
    assert frames.held_bytes == 0


def test_what_came_before_an_impossible_length_is_still_given() -> None:
    frames = Frames()
    assert len(frames.feed(pack(GetHostname(), 1) + struct.pack(">I", 27))) == 1
    assert frames.broken is not None


def test_the_limit_itself_is_allowed_and_one_byte_more_is_not() -> None:
    for extra, broken in ((0, False), (1, True)):
        frames = Frames(limit=HEADER_BYTES + 8)
        frames.feed(libvirt_rpc.frame(59, 1, bytes(8 + extra)))
        assert (frames.broken is not None) is broken


@given(st.lists(st.binary(max_size=200)))
def test_any_bytes_give_packets_or_a_reason_and_never_more_held_than_the_limit(
    chunks: list[bytes],
) -> None:
    frames = Frames(limit=100)
    for chunk in chunks:
        frames.feed(chunk)
        assert frames.held_bytes <= 100
