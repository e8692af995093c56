"""Hosts that are slow, rude or broken, on real sockets: a Missed in time, and nothing left over."""

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.sources.asking import Asking
from tests.sources.vdsm_xmlrpc_peer import Exchange, done, serving, stats
from vurti.model import Miss, Snapshot

GOOD = done(statsList=[stats("a")])
HANDS_SECS_MAX = 20.0  # how long a rude host goes on, if nobody stops it
Act = Callable[[Exchange], None]


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    program = Asking()
    yield program
    program.close()


def hang(exchange: Exchange) -> None:
    exchange.call()
    exchange.host.over.wait(HANDS_SECS_MAX)


def drip(exchange: Exchange, data: bytes) -> None:
    """A byte at a time, each soon enough to renew any hope."""
    with suppress(OSError):
        for byte in data:
            exchange.connection.sendall(bytes([byte]))
            if exchange.host.over.wait(0.05):
                return


def drip_head(exchange: Exchange) -> None:
    exchange.call()
    drip(exchange, b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 400)


def drip_body(exchange: Exchange) -> None:
    exchange.call()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"
    exchange.connection.sendall(head)
    drip(exchange, b" " * 400)


def half(exchange: Exchange) -> None:
    exchange.call()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(GOOD)}\r\n\r\n".encode()
    exchange.connection.sendall(head + GOOD[: len(GOOD) // 2])
    exchange.host.over.wait(HANDS_SECS_MAX)


@pytest.mark.parametrize("act", [hang, drip_head, drip_body, half])
def test_contract_11_a_slow_host_is_missed_when_its_time_is_over(asking: Asking, act: Act) -> None:
    with serving(act=act) as host:
        report = asking.ask(host.url, secs=0.6)
    assert (report.polls[0].kind, report.descriptors) == (Miss.TIMEOUT, 0), report.polls
    assert 0.5 < report.took[0] < 3.0  # far below what the host would take


def test_contract_11_a_question_that_hangs_delays_no_other(asking: Asking) -> None:
    def hang_on_statistics(exchange: Exchange) -> None:
        verb, params = exchange.call()
        if verb == "getVdsStats":
            exchange.host.over.wait(HANDS_SECS_MAX)
        exchange.answer(exchange.host.answer(verb, params))

    with serving(act=hang_on_statistics) as host:
        report = asking.ask(host.url, "stats", "vms", "caps", secs=2.0, at_once=True)
    stats_poll, *others = report.polls
    assert stats_poll.kind is Miss.TIMEOUT
    assert all(isinstance(poll, Snapshot) for poll in others)
    assert max(report.took[1:]) < report.took[0]


def test_after_a_slow_answer_the_host_is_asked_over_a_new_connection(asking: Asking) -> None:
    def slow_at_first(exchange: Exchange) -> None:
        if len(exchange.host.connections) == 1:
            drip_head(exchange)
        else:
            exchange.answer(exchange.host.answer(*exchange.call()))

    with serving(act=slow_at_first) as host:
        report = asking.ask(host.url, "vms", "vms", secs=1.0)
    assert report.polls[0].kind is Miss.TIMEOUT
    assert isinstance(report.polls[1], Snapshot)


def raw(data: bytes) -> Act:
    """Send exactly this and close."""

    def act(exchange: Exchange) -> None:
        exchange.call()
        exchange.connection.sendall(data)
        exchange.close_connection = True

    return act


def reset(exchange: Exchange) -> None:
    exchange.call()
    exchange.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<?xml")
    lingering = b"\x01\0\0\0\0\0\0\0"  # on, 0 s: closing resets
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
    exchange.close_connection = True


def endless(exchange: Exchange) -> None:
    exchange.call()
    exchange.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    with suppress(OSError):
        while not exchange.host.over.is_set():
            exchange.connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


def zipped(exchange: Exchange) -> None:
    exchange.call()
    exchange.answer(gzip.compress(b" " * 1_000_000), Content_Encoding="gzip")


def redirect(exchange: Exchange) -> None:
    exchange.call()
    exchange.answer(b"", 302, Location=exchange.host.url.replace("vdsm+", "") + "/elsewhere")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
RUDE: dict[str, tuple[Act, Miss, str]] = {
    "closes at once": (raw(b""), Miss.NETWORK, ""),
    "speaks no HTTP": (raw(b"\x16\x03\x01 hello\r\n\r\n"), Miss.NETWORK, ""),
    "a header without end": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_000), Miss.NETWORK, ""),
    "half an answer": (raw(HEAD + GOOD[:100]), Miss.NETWORK, "bytes"),
    "half, of no length": (raw(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD[:-30]), Miss.DECODE, "cut off"),
    "resets": (reset, Miss.NETWORK, "reset"),
    "endless": (endless, Miss.DECODE, "more than 65536 bytes"),
    "zipped": (zipped, Miss.BAD_REPLY, "a coding not asked for: 'gzip'"),
    "redirects": (redirect, Miss.BAD_REPLY, "HTTP status 302"),
    "server error": (lambda one: _status(one, 500), Miss.NETWORK, "HTTP status 500"),
    "overloaded": (lambda one: _status(one, 503), Miss.OVERLOADED, "HTTP status 503"),
    "not found": (lambda one: _status(one, 404), Miss.BAD_REPLY, "need vdsm://"),
}


def _status(exchange: Exchange, status: int) -> None:
    exchange.call()
    exchange.answer(b"", status)


@pytest.mark.parametrize(("act", "kind", "reason"), RUDE.values(), ids=RUDE)
def test_contract_18_a_rude_answer_of_a_vdsm_host_is_a_missed_with_its_reason(
    asking: Asking, act: Act, kind: Miss, reason: str
) -> None:
    with serving(act=act) as host:
        report = asking.ask(host.url, secs=5.0, options={"reply_bytes_max": 65536})
    [poll] = report.polls
    assert (poll.kind, report.descriptors) == (kind, 0), poll.reason
    assert reason in poll.reason
    assert len(poll.reason) < 400
    assert host.asked == ["getAllVmStats"]


def test_chunks_are_as_good_as_a_length(asking: Asking) -> None:
    def chunked(exchange: Exchange) -> None:
        exchange.call()
        parts = [GOOD[n : n + 100] for n in range(0, len(GOOD), 100)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        exchange.connection.sendall(head + chunks + b"0\r\n\r\n")

    with serving(act=chunked) as host:
        report = asking.ask(host.url, "vms", "vms")
    assert all(isinstance(poll, Snapshot) for poll in report.polls)
    assert len(host.connections) == 1


def test_a_connection_that_a_404_has_poisoned_is_not_used_again(asking: Asking) -> None:
    """The host did not read what we posted, and takes it for the next request."""

    def leave_unread(exchange: Exchange) -> None:
        if len(exchange.host.connections) == 1:
            exchange.answer(b"", 404)
        else:
            exchange.answer(exchange.host.answer(*exchange.call()))

    with serving(act=leave_unread) as host:
        report = asking.ask(host.url, "vms", "vms")
    assert report.polls[0].kind is Miss.BAD_REPLY
    assert isinstance(report.polls[1], Snapshot), report.polls[1]
    assert len(host.connections) == 2


def test_a_connection_that_the_host_closed_while_it_was_idle_is_made_anew(asking: Asking) -> None:
    def once(exchange: Exchange) -> None:
        exchange.answer(exchange.host.answer(*exchange.call()))
        exchange.close_connection = True  # and does not say so

    with serving(act=once) as host:
        report = asking.ask(host.url, "vms", "vms", "vms", pause_secs=0.2)
    assert all(isinstance(poll, Snapshot) for poll in report.polls), report.polls
    assert len(host.connections) == 3


def test_nobody_there_is_a_missed_at_once(asking: Asking) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        report = asking.ask(f"vdsm+http://127.0.0.1:{unused.getsockname()[1]}")
    assert report.polls[0].kind is Miss.NETWORK
    assert "refused" in report.polls[0].reason
    assert report.took[0] < 2.0


def test_a_host_that_accepts_nobody_is_a_missed_in_time(asking: Asking) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):  # fill its queue, so that nobody else gets in
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"vdsm+http://127.0.0.1:{full.getsockname()[1]}"
        report = asking.ask(url, options={"connect_secs": 0.5}, secs=5.0)
    assert report.polls[0].kind is Miss.TIMEOUT
    assert report.took[0] < 4.0


def test_a_name_that_nobody_has_is_told_as_such(asking: Asking) -> None:
    report = asking.ask("vdsm+http://nobody.invalid", secs=10.0)
    assert report.polls[0].kind is Miss.NAME_RESOLUTION
    assert "nobody.invalid" in report.polls[0].reason


def test_closing_ends_the_questions_that_are_under_way(asking: Asking) -> None:
    with serving(act=hang) as host:
        report = asking.ask(host.url, "vms", "stats", secs=15.0, at_once=True, close_after_secs=0.3)
    assert {poll.kind for poll in report.polls} == {Miss.NETWORK}
    assert {poll.reason for poll in report.polls} == {"the endpoint was closed"}
    assert max(report.took) < 5.0
    assert report.descriptors == 0


def test_an_endpoint_that_was_closed_asks_nobody(asking: Asking) -> None:
    with serving() as host:
        report = asking.ask(host.url, "vms", "vms", pause_secs=0.3, close_after_secs=0.1)
    assert isinstance(report.polls[0], Snapshot)
    assert report.polls[1].reason == "the endpoint is not open"
    assert len(host.asked) == 1
