"""Replies and messages: what libvirt's bytes say, and that others only ever raise WireError."""

import struct
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.wire import libvirt_replies as replies
from vurti.wire import libvirt_rpc
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.xdr import Reader, WireError, fixed, i32, string, u32

UUID = bytes(range(16))
DOMAIN = string("vm") + fixed(UUID) + i32(7)
REF = DomainRef("vm", UUID, 7)


def param(name: str, kind: int, body: bytes) -> bytes:
    return string(name) + u32(kind) + body


def test_every_type_of_statistic_is_read() -> None:
    params = [
        param("i", 1, i32(-1)),
        param("u", 2, u32(2**32 - 1)),
        param("l", 3, struct.pack(">q", -5)),
        param("ul", 4, struct.pack(">Q", 2**64 - 1)),
        param("d", 5, struct.pack(">d", 1.5)),
        param("b", 6, u32(1)),
        param("s", 7, string("text")),
    ]
    body = u32(1) + DOMAIN + u32(len(params)) + b"".join(params)
    (record,) = replies.all_domain_stats(body)
    assert record.domain == REF
    assert record.fields == {
        "i": -1, "u": 2**32 - 1, "l": -5, "ul": 2**64 - 1, "d": 1.5, "b": True, "s": "text",
    }  # fmt: skip


def test_a_type_that_does_not_exist_is_named() -> None:
    body = u32(1) + DOMAIN + u32(1) + param("odd", 9, bytes(8))
    with pytest.raises(WireError, match="'odd' is of type 9"):
        replies.all_domain_stats(body)


def test_more_vms_announced_than_can_be_there_are_refused_before_any_is_read() -> None:
    with pytest.raises(WireError, match="4294967295 items announced"):
        replies.all_domain_stats(u32(2**32 - 1) + DOMAIN)


def test_a_name_that_is_not_utf_8_is_kept_as_far_as_it_is() -> None:
    assert Reader(u32(3) + b"a\xffb\0").string() == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    ("procedure", "body", "told"),
    [
        (318, i32(5) + i32(3), replies.Lifecycle(REF, 5, 3)),
        (319, b"", replies.Reboot(REF)),
        (321, i32(3), replies.Watchdog(REF, 3)),
        (322, string("/d") + string("hda") + i32(1), replies.IoError(REF, "/d", "hda", 1)),
        (
            324,
            string("/d") + string("hda") + i32(1) + string("enospc"),
            replies.IoError(REF, "/d", "hda", 1, "enospc"),
        ),
    ],
)
def test_messages_say_what_happened(procedure: int, body: bytes, told: replies.Message) -> None:
    assert replies.message(procedure, i32(4) + DOMAIN + body) == told


def test_a_message_nobody_subscribed_to_says_nothing() -> None:
    assert replies.message(326, i32(4) + DOMAIN) is None


def test_the_daemon_tells_that_it_lost_its_driver() -> None:
    assert replies.message(362, i32(2)) == replies.Closed(2)


READERS: list[Callable[[bytes], object]] = [
    replies.all_domain_stats, replies.node_info, replies.text, replies.number, replies.flag,
    replies.auth_types, replies.node_counters, replies.disk_errors, replies.job_stats,
    replies.callback_id, libvirt_rpc.remote_error,
    *(lambda body, number=number: replies.message(number, body) for number in range(318, 363)),
]  # fmt: skip


@given(st.sampled_from(READERS), st.binary(max_size=400))
def test_any_bytes_give_a_value_or_a_wire_error(
    read: Callable[[bytes], object], body: bytes
) -> None:
    with suppress(WireError):  # the one error that is documented; any other fails the test
        read(body)


@given(st.integers(min_value=0, max_value=200))
def test_a_reply_cut_anywhere_is_a_wire_error(cut: int) -> None:
    whole = u32(2) + 2 * (DOMAIN + u32(1) + param("state.state", 1, i32(1)))
    if cut < len(whole):
        with pytest.raises(WireError):
            replies.all_domain_stats(whole[:cut])
