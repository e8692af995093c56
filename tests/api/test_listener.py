"""The HTTP server against real sockets: what clients may cost, and where it can listen."""

import os
import socket
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import gevent
import pytest
from gevent import socket as green
from gevent.event import Event
from loguru import logger

from tests.waiting import until
from vurti.api import listener
from vurti.api.listener import Limits, Listener
from vurti.clock.gevent_clock import GeventClock
from vurti.config.listen import Place

ASKING = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
Listen = Callable[..., Listener]


asked_in_vain = Event()


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/bug":
        raise RuntimeError("a bug of ours")
    if environ["PATH_INFO"] == "/never":
        asked_in_vain.set()
        gevent.get_hub().switch()  # until it is killed
    start("200 OK", [("Content-Length", "5")])
    return [b"here\n"]


@pytest.fixture
def listen() -> Iterator[Listen]:
    made: list[Listener] = []

    def started(place: Place | None = None, **more: Any) -> Listener:
        made.append(Listener(GeventClock(), place or Place("127.0.0.1", 0), answer, **more))
        made[-1].start()
        return made[-1]

    with gevent.Timeout(30):
        yield started
    for one in made:
        one.close()


@pytest.fixture
def told() -> Iterator[list[str]]:
    lines: list[str] = []
    logger.enable("vurti")
    sink = logger.add(lambda message: lines.append(str(message)), format="{message}")
    yield lines
    logger.remove(sink)
    logger.disable("vurti")


def target(one: Listener) -> tuple[str, int]:
    assert one.url is not None
    host, _, port = one.url.removeprefix("http://").rpartition(":")
    return host, int(port)


def connected(one: Listener) -> green.socket:
    return green.create_connection(target(one))


def read(sock: green.socket) -> bytes:
    """Until the other side closes."""
    return b"".join(iter(lambda: sock.recv(65536), b""))


def asked(sock: green.socket, request: bytes = ASKING) -> bytes:
    sock.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    with sock:
        return read(sock)


def test_it_answers_at_the_port_that_it_tells(listen: Listen) -> None:
    assert asked(connected(listen())).endswith(b"\r\n\r\nhere\n")


def test_ipv6_will_do(listen: Listen) -> None:
    one = listen(Place("::1", 0))
    assert one.url is not None
    assert one.url.startswith("http://[::1]:")
    port = int(one.url.rpartition(":")[2])
    assert b"here" in asked(green.create_connection(("::1", port)))


@pytest.mark.parametrize("sent", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: a"])
def test_contract_11_who_says_nothing_more_is_let_go(listen: Listen, sent: bytes) -> None:
    with connected(listen(limits=Limits(idle_secs=0.1))) as sock:
        sock.sendall(sent)
        assert b"200" not in read(sock)


def test_contract_11_who_sends_byte_by_byte_is_let_go_as_well(listen: Listen) -> None:
    with connected(listen(limits=Limits(connection_secs=0.3))) as sock:
        while _takes(sock, b"G"):
            gevent.sleep(0.02)


def _takes(sock: green.socket, data: bytes) -> bool:
    try:
        sock.sendall(data)
    except OSError:
        return False
    return True


def test_contract_11_more_clients_than_may_be_wait_and_take_nobodys_turn(
    listen: Listen,
) -> None:
    one = listen(limits=Limits(connections_max=2))
    first, second, third = connected(one), connected(one), connected(one)
    third.sendall(ASKING)
    third.settimeout(0.2)
    with pytest.raises(TimeoutError):
        third.recv(1)
    first.close()
    third.settimeout(10)
    assert b"200 OK" in third.recv(65536)
    second.close()
    third.close()


@pytest.mark.parametrize(
    "request_",
    [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP / 1.1\r\n\r\n",
     b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET /" + b"a" * 20_000 + b"\r\n\r\n"],
)  # fmt: skip
def test_contract_18_what_is_no_request_is_refused_and_not_spoken_of(
    listen: Listen, told: list[str], capfd: pytest.CaptureFixture[str], request_: bytes
) -> None:
    one = listen()
    assert asked(connected(one), request_).split(b"\r\n")[0].split()[1] in {b"400", b"414"}
    assert [line for line in told if "answering" not in line] == []
    assert capfd.readouterr().err == ""
    assert b"here" in asked(connected(one))


def test_a_page_that_raises_is_answered_with_500_and_logged(
    listen: Listen, told: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    one = listen()
    assert asked(connected(one), ASKING.replace(b"/ ", b"/bug ")).startswith(b"HTTP/1.1 500 ")
    assert any("a page raised: '/bug'" in line for line in told)
    assert capfd.readouterr().err == ""


def test_who_is_not_answered_before_the_end_is_told_to_come_again_and_it_is_no_bug(
    listen: Listen, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "STOP_SECS", 0.01)
    one = listen()
    asked_in_vain.clear()
    reply = gevent.spawn(asked, connected(one), ASKING.replace(b"/", b"/never", 1))
    asked_in_vain.wait()
    one.close()
    head = reply.get().partition(b"\r\n\r\n")[0]
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 5" in head
    assert not any("raised" in line for line in told)


def test_a_port_that_is_taken_is_had_once_it_is_free(
    listen: Listen, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the vurti before this one is still leaving."""
    monkeypatch.setattr(listener, "RETRY_SECS", 0.05)
    first = listen()
    second = listen(Place(*target(first)))
    assert second.url is None
    assert any("Address already in use" in line for line in told)
    first.close()
    while second.url is None:
        gevent.sleep(0.01)
    assert b"here" in asked(connected(second))


def test_a_unix_socket_is_for_its_owner_and_group_and_goes_with_the_listener(
    listen: Listen, tmp_path: Path
) -> None:
    path = tmp_path / "vurti.sock"
    one = listen(Place(path=str(path)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    sock = green.socket(socket.AF_UNIX)
    sock.connect(str(path))
    assert b"here" in asked(sock)
    one.close()
    assert not path.exists()


def test_a_socket_that_a_dead_vurti_left_is_replaced_and_a_living_ones_is_not(
    listen: Listen, tmp_path: Path
) -> None:
    path = tmp_path / "vurti.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    first = listen(Place(path=str(path)))
    assert first.url == f"unix:{path}"
    assert listen(Place(path=str(path))).url is None


def test_a_file_of_somebody_else_is_not_removed(listen: Listen, tmp_path: Path) -> None:
    path = tmp_path / "vurti.sock"
    path.write_text("a file")
    assert listen(Place(path=str(path))).url is None
    assert path.read_text() == "a file"


def test_after_closing_nobody_is_connected_and_nothing_is_open(listen: Listen) -> None:
    before = len(os.listdir("/proc/self/fd"))
    one = listen()
    sock = connected(one)
    one.close()
    with sock, suppress(ConnectionResetError):  # it was never accepted
        assert read(sock) == b""
    until(lambda: len(os.listdir("/proc/self/fd")) <= before, "nothing open")
