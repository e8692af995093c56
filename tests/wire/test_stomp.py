"""The frames of STOMP 1.2: whatever comes, however it is cut, they are found, or it is refused."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.wire import stomp
from vurti.wire.error import WireError
from vurti.wire.stomp import HEAD_BYTES_MAX, Frame, Frames, heart_beat, pack

MESSAGE = b"MESSAGE\ndestination:q\ncontent-length:5\n\na\0b\nc\0"
READ = Frame("MESSAGE", {"destination": "q", "content-length": "5"}, b"a\0b\nc")


def feed(*chunks: bytes, limit: int = 1000) -> list[Frame]:
    frames = Frames(limit)
    found = [frame for chunk in chunks for frame in frames.feed(chunk)]
    if frames.broken is not None:
        raise frames.broken
    return found


def test_a_body_of_announced_length_may_hold_nul_and_line_ends() -> None:
    assert feed(MESSAGE) == [READ]


def test_a_body_without_a_length_ends_at_nul() -> None:
    assert feed(b"ERROR\n\nno such\nqueue\0") == [Frame("ERROR", {}, b"no such\nqueue")]


def test_lines_may_end_in_crlf() -> None:
    assert feed(b"RECEIPT\r\nreceipt-id:7\r\n\r\n\0") == [Frame("RECEIPT", {"receipt-id": "7"})]


def test_heart_beats_between_frames_are_passed_over() -> None:
    assert feed(b"\n\r\n\n" + MESSAGE + b"\n\n", b"\r", b"\n" + MESSAGE) == [READ, READ]


def test_an_hour_of_heart_beats_is_not_kept() -> None:
    frames = Frames()
    for _ in range(3600):
        assert frames.feed(b"\n") == []
    assert frames.held_bytes == 0


def test_the_first_of_repeated_headers_counts() -> None:
    assert feed(b"RECEIPT\na:1\na:2\n\n\0")[0].headers == {"a": "1"}


def test_values_are_unescaped_once_and_may_hold_colons() -> None:
    read = feed(b"MESSAGE\nk\\cy:a\\nb\\\\nc\\cd\\r:e\n\n\0")[0]
    assert read.headers == {"k:y": "a\nb\\nc:d\r:e"}


def test_connected_is_not_unescaped() -> None:
    assert feed(b"CONNECTED\nserver:a\\tb\n\n\0")[0].headers == {"server": "a\\tb"}


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no frame of STOMP begins with 'HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no frame of STOMP begins with b'SSH-2.0"),
        (b"MESSAG\n", "no frame of STOMP begins with"),
        (b"message\n\n\0", "no frame of STOMP begins with 'message'"),
        (b"\x16\x03\x01", "no frame of STOMP begins with"),
        (b"MESSAGE\nno colon\n\n\0", "without a colon"),
        (b"MESSAGE\na:\\t\n\n\0", "escape"),
        (b"MESSAGE\na:b\\\n\n\0", "escape"),
        (b"MESSAGE\na:\xff\n\n\0", "not UTF-8"),
        (b"MESSAGE\ncontent-length:1001\n\n", "1001 bytes is announced, 1000 are allowed"),
        (b"MESSAGE\ncontent-length:-1\n\n", "content-length of '-1'"),
        (b"MESSAGE\ncontent-length:" + b"9" * 5000 + b"\n\n", "content-length of"),
        (b"MESSAGE\ncontent-length:2\n\nabc\0", "longer than the 2 bytes"),
        (b"MESSAGE\n\n" + b"x" * 1001, "more than 1000 bytes"),
        (b"MESSAGE\na:" + b"x" * HEAD_BYTES_MAX, "headers of more than"),
        (b"MESSAGE\na:" + b"x" * HEAD_BYTES_MAX + b"\n\n\0", "headers of more than"),
        (b"MESSAGE\n" + b"a:b\n" * 65 + b"\n\0", "65 headers"),
    ],
)
def test_contract_18_what_is_no_frame_is_refused_with_its_reason(sent: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        feed(sent)
    with pytest.raises(WireError, match=r"."):
        feed(*(sent[at : at + 1] for at in range(len(sent))))


def test_frames_before_the_broken_one_are_found_and_none_after_it() -> None:
    frames = Frames()
    assert frames.feed(MESSAGE + b"rubbish\n\n\0" + MESSAGE) == [READ]
    assert frames.broken is not None
    assert frames.feed(MESSAGE) == []
    assert frames.held_bytes == 0


texts = st.text(max_size=20)
headers = st.dictionaries(texts, texts, max_size=5).filter(lambda one: "content-length" not in one)
packed = st.builds(Frame, st.sampled_from(["SEND", "MESSAGE", "ERROR"]), headers, st.binary())


@given(st.lists(packed, max_size=4), st.lists(st.integers(0, 2000)))
def test_whatever_is_packed_is_read_back_wherever_it_is_cut(
    frames: list[Frame], cuts: list[int]
) -> None:
    sent = b"\n".join(pack(frame) for frame in frames)
    ends = sorted({min(cut, len(sent)) for cut in cuts} | {0, len(sent)})
    read = feed(*(sent[a:b] for a, b in pairwise(ends)))
    for frame in read:
        frame.headers.pop("content-length", None)
    assert read == frames


pieces = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from([b"MESSAGE\n", b"\n", b"\0", b"content-length:9\n", b"a:b\r\n", MESSAGE]),
    )
)


@given(pieces)
def test_contract_18_arbitrary_bytes_give_frames_or_a_reason_however_cut(
    chunks: list[bytes],
) -> None:
    def outcome(*cut: bytes) -> tuple[list[Frame], bool]:
        frames = Frames(40)
        found = [frame for chunk in cut for frame in frames.feed(chunk)]
        assert frames.held_bytes <= HEAD_BYTES_MAX + 40 + max(map(len, cut), default=0)
        return found, frames.broken is not None

    whole = b"".join(chunks)
    assert outcome(*chunks) == outcome(*(whole[at : at + 1] for at in range(len(whole))))


def test_what_is_kept_of_an_unfinished_frame_is_all_that_came_of_its_head_or_of_its_body() -> None:
    frames = Frames()
    kept = []
    for piece in (b"\n\n", b"MESSAGE\na:", b"b\ncontent-length:5\n\n", b"1", b"2345", b"\0\n"):
        frames.feed(piece)
        kept.append((frames.held_bytes, frames.unfinished))
    assert kept == [(0, False), (10, True), (0, True), (1, True), (5, True), (0, False)]


def test_contract_11_what_never_ends_is_not_kept_beyond_the_limit() -> None:
    frames = Frames(100_000)
    tracemalloc.start()
    frames.feed(b"MESSAGE\n\n")
    for _ in range(1000):
        frames.feed(b"x" * 10_000)
    grown, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert frames.broken is not None
    assert peak < 1_000_000
    assert grown < 50_000


@pytest.mark.parametrize(
    ("told", "secs"),
    [({}, (0, 0)), ({"heart-beat": "1000,0"}, (1, 0)), ({"heart-beat": "0,24000"}, (0, 24))],
)
def test_heart_beats_are_milliseconds_and_may_be_left_out(
    told: dict[str, str], secs: tuple[float, float]
) -> None:
    assert heart_beat(told) == secs


@pytest.mark.parametrize("told", ["", "5", "a,b", "-1,0", "1,2,3", "1e3,0"])
def test_a_heart_beat_that_is_none_is_refused(told: str) -> None:
    with pytest.raises(WireError, match="a heart-beat of"):
        heart_beat({"heart-beat": told})


@pytest.mark.parametrize(
    "frame", [Frame("GET / HTTP/1.1", {}), Frame("CONNECT", {"login": "a\nb:c"})]
)
def test_what_cannot_be_told_is_not_packed(frame: Frame) -> None:
    with pytest.raises(WireError):
        stomp.pack(frame)
