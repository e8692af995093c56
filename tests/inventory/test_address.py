"""HTTP addresses that answer with inventories: a real server on loopback, in all its moods."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.libvirt.certificates import Authority
from vurti.inventory.address import Address
from vurti.inventory.answer import Failed, Unchanged
from vurti.inventory.settings import InventorySettings

BODY = json.dumps({"hosts": {}}).encode()
Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers each GET as `answer` does, and keeps the headers that it was asked with."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: Answer = lambda request: reply(request, BODY)
        self.over = threading.Event()
        server = self

        class Request(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(dict(self.headers))
                server.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, scheme: str = "http", path: str = "/hosts?key=s3cret") -> str:
        return f"{scheme}://127.0.0.1:{self.http.server_port}{path}"

    def close(self) -> None:
        self.over.set()
        self.http.shutdown()
        self.http.server_close()


def reply(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **more: str) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    for name, value in more.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()


def address(server: Server, **settings: Any) -> Address:
    whole = {"url": server.url(), "timeout_secs": 10, **settings}
    return Address(InventorySettings.model_validate(whole))


def failure(told: object) -> str:
    assert isinstance(told, Failed), told
    return told.reason


def test_the_body_is_the_answer_and_the_token_is_sent_along(server: Server) -> None:
    assert address(server, token="let-me-in").fetch() == BODY
    assert server.asked[0]["Authorization"] == "Bearer let-me-in"
    assert address(server).fetch() == BODY
    assert "Authorization" not in server.asked[1]


def test_what_has_an_etag_is_asked_for_only_where_it_has_changed(server: Server) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.headers.get("If-None-Match") == '"7"':
            reply(request, b"", 304)
        else:
            reply(request, BODY, ETag='"7"')

    server.answer = answer
    one = address(server)
    assert one.fetch() == BODY
    assert one.fetch() == Unchanged()
    one.forget()
    assert one.fetch() == BODY


@pytest.mark.parametrize("status", [204, 301, 302, 304, 401, 404, 500, 503])
def test_any_other_answer_is_a_failure_and_no_redirection_is_followed(
    server: Server, status: int
) -> None:
    server.answer = lambda request: reply(request, b"", status, Location=server.url(path="/x"))
    assert failure(address(server).fetch()) == f"it answers with HTTP {status}"
    assert len(server.asked) == 1


def test_contract_18_a_huge_answer_is_refused(server: Server) -> None:
    server.answer = lambda request: reply(request, b" " * 5000)
    assert failure(address(server, reply_bytes_max=4096).fetch()) == (
        "it answers with more than 4096 bytes"
    )


def test_contract_18_half_an_answer_is_a_failure(server: Server) -> None:
    def half(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b'{"hosts": {}}')
        request.close_connection = True

    server.answer = half
    assert failure(address(server).fetch())


def test_contract_18_what_is_no_http_is_a_failure(server: Server) -> None:
    server.answer = lambda request: request.wfile.write(b"\0" * 100) and None
    assert failure(address(server).fetch())


def test_contract_11_one_that_says_nothing_is_waited_for_only_so_long(server: Server) -> None:
    server.answer = lambda request: server.over.wait(30) and None
    assert failure(address(server, timeout_secs=0.5).fetch()) == "no answer in time"


@pytest.mark.parametrize("where", ["headers", "body"])
def test_contract_11_one_that_answers_in_drips_is_cut_off_from_outside(
    server: Server, where: str
) -> None:
    began = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"\r\n" if where == "body" else b"X: "))
        began.set()
        while not server.over.wait(0.05):
            try:
                request.wfile.write(b" ")
                request.wfile.flush()
            except OSError:
                return

    server.answer = drip
    one = address(server, timeout_secs=60)
    told: list[object] = []
    thread = threading.Thread(target=lambda: told.append(one.fetch()))
    thread.start()
    assert began.wait(20)
    deadline = time.monotonic() + 20
    while thread.is_alive():  # the first cut may come before the socket is known
        one.abort()
        thread.join(0.1)
        assert time.monotonic() < deadline
    assert isinstance(told[0], Failed | bytes)


def test_nobody_there_is_a_failure_that_does_not_show_the_url(server: Server) -> None:
    server.close()
    reason = failure(address(server).fetch())
    assert reason == "Connection refused"


def test_contract_19_no_failure_shows_what_is_in_the_url(server: Server) -> None:
    settings = {"url": "http://user:s3cret@no-such-host.invalid/?key=s3cret", "token": "s3cret"}
    reason = failure(Address(InventorySettings.model_validate(settings)).fetch())
    assert "s3cret" not in reason


def test_only_the_authority_that_is_named_is_trusted(server: Server, tmp_path: Path) -> None:
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    home = tmp_path / "ours"
    context.load_cert_chain(str(home / "server.pem"), str(home / "server.key"))
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    url = server.url("https")
    assert address(server, url=url, ca_path=ours.ca).fetch() == BODY
    assert "no TLS" in failure(address(server, url=url, ca_path=other.ca).fetch())
    assert "no TLS" in failure(address(server, url=url).fetch())
    assert failure(address(server, url=url, ca_path=tmp_path / "none").fetch()) == (
        "No such file or directory"
    )
