"""Peers that answer badly, on real sockets: each is a Missed with a reason and harms no other."""

import re
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent
import pytest
from gevent import socket

from tests.sources.held_up import nothing_is_read
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host, Miss, Missed, Push, Question, Snapshot
from vurti.sources.libvirt import LibvirtOptions
from vurti.sources.libvirt.endpoint import LibvirtEndpoint
from vurti.wire.libvirt_calls import Procedure
from vurti.wire.libvirt_rpc import KEEPALIVE_PROGRAM, PROGRAM, Frames, KeepAlive, Packet, keepalive
from vurti.wire.xdr import i32, string, u32

pytestmark = pytest.mark.slow

Act = Callable[[socket.socket, Packet], None]
QUICK = {"connect_secs": 1.0, "retry_secs": 0.05, "retry_secs_max": 0.1}


def reply(call: Packet, payload: bytes, status: int = 0) -> bytes:
    header = struct.pack(">6I", PROGRAM, 1, call.procedure, 1, call.serial, status)
    return struct.pack(">I", 28 + len(payload)) + header + payload


def message(procedure: int, payload: bytes) -> bytes:
    header = struct.pack(">6I", PROGRAM, 1, procedure, 2, 0, 0)
    return struct.pack(">I", 28 + len(payload)) + header + payload


GOOD = {
    Procedure.AUTH_LIST: u32(1) + i32(0),
    Procedure.CONNECT_SUPPORTS_FEATURE: i32(1),
    Procedure.CONNECT_GET_ALL_DOMAIN_STATS: u32(0),
}


def well(sock: socket.socket, call: Packet) -> None:
    """Answer as libvirt would on a host without VMs."""
    sock.sendall(reply(call, GOOD.get(Procedure(call.procedure), i32(0))))


@contextmanager
def peer(act: Act = well, on: Procedure | None = None) -> Iterator[str]:
    """A server that answers well, but to `on` (or to everything) does `act`. Gives its URL."""

    def serve(sock: socket.socket) -> None:
        frames = Frames()
        with sock:
            try:
                while data := sock.recv(65536):
                    for packet in frames.feed(data):
                        if packet.program != KEEPALIVE_PROGRAM:
                            (act if on in (None, packet.procedure) else well)(sock, packet)
            except OSError:
                return  # the client has gone

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    served: list[gevent.Greenlet] = []

    def accept() -> None:
        while True:
            served.append(gevent.spawn(serve, listener.accept()[0]))

    accepting = gevent.spawn(accept)
    try:
        yield f"qemu+tcp://127.0.0.1:{listener.getsockname()[1]}/system"
    finally:
        accepting.kill()
        gevent.killall(served)
        listener.close()


@contextmanager
def watching(url: str, **options: object) -> Iterator[LibvirtEndpoint]:
    endpoint = LibvirtEndpoint(
        Host(id="h", url=url), GeventClock(), LibvirtOptions.model_validate({**QUICK, **options})
    )
    endpoint.open(lambda push: None, lambda host: None)
    try:
        yield endpoint
    finally:
        endpoint.close()


def missed(endpoint: LibvirtEndpoint, secs: float = 5.0) -> Missed:
    poll = endpoint.fetch("h", Question.VMS, secs)
    assert isinstance(poll, Missed)
    return poll


def silent(sock: socket.socket, call: Packet) -> None:
    """Never answer."""


def closing(sock: socket.socket, call: Packet) -> None:
    sock.sendall(reply(call, bytes(100))[:60])
    sock.close()


def sending(data: bytes) -> Act:
    return lambda sock, call: sock.sendall(data)


def answering(payload: bytes, status: int = 0) -> Act:
    return lambda sock, call: sock.sendall(reply(call, payload, status))


STATS = Procedure.CONNECT_GET_ALL_DOMAIN_STATS


@pytest.mark.parametrize(
    ("act", "kind", "reason"),
    [
        (silent, Miss.TIMEOUT, "no answer to GetAllDomainStats"),
        (closing, Miss.NETWORK, "closed by the host in mid-reply, 60 bytes into it"),
        (lambda sock, call: sock.close(), Miss.NETWORK, "reading failed|closed by the host"),
        (sending(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Miss.DECODE, "bytes is announced"),
        (sending(struct.pack(">I", 2**32 - 1)), Miss.DECODE, "4294967295 bytes is announced"),
        (sending(struct.pack(">I", 28) + bytes(24)), Miss.DECODE, "program 0x0 version 0"),
        (answering(u32(2**32 - 1)), Miss.DECODE, "decode: 4294967295 items announced"),
        (answering(u32(0) + b"more"), Miss.DECODE, "decode: 4 bytes are left over"),
        (answering(b"", status=1), Miss.DECODE, "an error that cannot be read"),
        (
            answering(i32(38) + i32(0) + u32(1) + string("out of luck"), status=1),
            Miss.BAD_REPLY,
            "libvirt refused: out of luck \\(error 38\\)",
        ),
        (
            lambda sock, call: sock.sendall(reply(call._replace(serial=999), b"")),
            Miss.DECODE,
            "an answer to what nobody asked",
        ),
        (sending(message(318, b"")[:8] + struct.pack(">I", 9)), Miss.TIMEOUT, "no answer"),
    ],
)
def test_contract_18_a_bad_answer_is_a_missed_with_its_reason(
    act: Act, kind: Miss, reason: str
) -> None:
    with peer(act, STATS) as url, watching(url) as endpoint:
        poll = missed(endpoint, 0.5)
        assert poll.kind is kind
        assert re.search(reason, poll.reason), poll.reason


@pytest.mark.parametrize(
    ("act", "kind", "reason"),
    [
        (silent, Miss.TIMEOUT, "no answer to AuthList in time|no connection within 1 s"),
        (sending(b"SSH-2.0-OpenSSH_9.2\r\n" * 4), Miss.DECODE, "bytes is announced"),
        (answering(b""), Miss.DECODE, "not libvirt's greeting"),
        (answering(u32(1) + i32(1)), Miss.NETWORK, "SASL, which vurti does not speak"),
    ],
)
def test_a_peer_that_does_not_greet_as_libvirt_does_is_told_apart(
    act: Act, kind: Miss, reason: str
) -> None:
    with peer(act, Procedure.AUTH_LIST) as url, watching(url) as endpoint:
        poll = missed(endpoint)
        assert poll.kind is kind
        assert re.search(reason, poll.reason), poll.reason


def test_contract_11_a_flood_of_messages_delays_nobody_and_fills_no_memory() -> None:
    beat = message(326, bytes(2000)) * 20

    def flood(sock: socket.socket, call: Packet) -> None:
        while True:
            sock.sendall(beat)

    with (
        peer(flood, STATS) as rude,
        peer() as kind,
        watching(rude) as bad,
        watching(kind) as good,
    ):
        assert isinstance(good.fetch("h", Question.VMS, 5), Snapshot)
        asking = gevent.spawn(missed, bad, 1.0)
        gevent.sleep(0.2)
        tracemalloc.start()
        for _ in range(20):
            assert isinstance(good.fetch("h", Question.VMS, 5), Snapshot)
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert asking.get().kind is Miss.TIMEOUT
        assert grown < 5_000_000
        assert bad.bytes_in > 1_000_000


def test_contract_11_fifty_hosts_are_answered_beside_four_rude_ones() -> None:
    acts = [silent, closing, sending(b"\xff" * 64), sending(struct.pack(">I", 2**32 - 1))]
    with peer() as kind:
        rude = [peer(act, STATS) for act in acts]
        bad = [watching(each.__enter__()) for each in rude]
        good = [watching(kind) for _ in range(50)]
        try:
            endpoints = [each.__enter__() for each in (*bad, *good)]
            asked = [gevent.spawn(one.fetch, "h", Question.VMS, 2.0) for one in endpoints]
            polls = [each.get() for each in asked]
        finally:
            for each in (*bad, *good, *rude):
                each.__exit__(None, None, None)
    assert [type(poll) for poll in polls] == [Missed] * 4 + [Snapshot] * 50


def test_a_host_that_pings_without_reading_gets_one_pong_and_not_a_heap() -> None:
    def pings(sock: socket.socket, call: Packet) -> None:
        sock.sendall(keepalive(KeepAlive.PING) * 10_000)
        well(sock, call)

    with peer(pings, STATS) as url, watching(url) as endpoint:
        assert isinstance(endpoint.fetch("h", Question.VMS, 5), Snapshot)
        assert endpoint.bytes_out < 10_000 * 28


def test_a_message_that_cannot_be_read_is_counted_and_asks_for_a_resync() -> None:
    def garbled(sock: socket.socket, call: Packet) -> None:
        sock.sendall(message(318, b"\0\0\0\1") + reply(call, u32(0)))

    pushes, resyncs = list[Push](), list[str]()
    with peer(garbled, STATS) as url:
        options = LibvirtOptions.model_validate(QUICK)
        endpoint = LibvirtEndpoint(Host(id="h", url=url), GeventClock(), options)
        endpoint.open(pushes.append, resyncs.append)
        assert isinstance(endpoint.fetch("h", Question.VMS, 5), Snapshot)
        endpoint.close()
    assert (pushes, resyncs, endpoint.unreadable) == ([], ["h", "h"], 1)


def test_a_lost_connection_is_made_anew_and_asks_for_a_resync() -> None:
    with peer(lambda sock, call: sock.close(), STATS) as url:
        resyncs = list[str]()
        options = LibvirtOptions.model_validate(QUICK)
        endpoint = LibvirtEndpoint(Host(id="h", url=url), GeventClock(), options)
        endpoint.open(lambda push: None, resyncs.append)
        with gevent.Timeout(10):
            while len(resyncs) < 3:
                endpoint.fetch("h", Question.VMS, 1.0)
                gevent.sleep(0.02)
        endpoint.close()
        assert endpoint.reconnects >= 2


def test_closing_ends_a_call_under_way() -> None:
    with peer(silent, STATS) as url, watching(url) as endpoint:
        asking = gevent.spawn(missed, endpoint, 30.0)
        gevent.sleep(0.3)
        endpoint.close()
        assert asking.get(timeout=5).reason == "the endpoint was closed"


def test_nobody_listening_and_no_such_name_are_told_apart() -> None:
    with peer() as url:
        pass
    with watching(url) as endpoint:
        assert missed(endpoint).kind is Miss.NETWORK
    with watching("qemu+tcp://nobody.invalid/system") as endpoint:
        assert missed(endpoint).kind is Miss.NAME_RESOLUTION


def test_no_socket_to_be_found_names_the_paths_that_were_tried() -> None:
    with watching("qemu:///system?socket=/nowhere/sock") as endpoint:
        assert "/nowhere/sock: No such file" in missed(endpoint).reason


@pytest.mark.parametrize(
    "options", [{}, {"keepalive_secs": 0.05, "keepalive_unanswered_max": 2}], ids=["call", "pings"]
)
def test_what_came_in_time_counts_though_others_are_read_before_it(
    options: dict[str, object],
) -> None:
    with peer() as url, watching(url, **options) as endpoint:
        assert isinstance(endpoint.fetch("h", Question.VMS, 5), Snapshot)
        with nothing_is_read():
            assert isinstance(endpoint.fetch("h", Question.VMS, 0.5), Snapshot)
            assert endpoint.reconnects == 0


def test_a_question_that_hangs_is_not_asked_a_second_time() -> None:
    calls = list[Packet]()
    with peer(lambda sock, call: calls.append(call), STATS) as url, watching(url) as endpoint:
        missed(endpoint, 0.2)
        with gevent.Timeout(10):  # not a matter of waiting: it is known at once
            again = missed(endpoint, 3600.0)
        assert again.reason == "GetAllDomainStats, asked before, has not been answered yet"
        assert len(calls) == 1
