"""A webhook posts CloudEvents that can be verified, and takes each answer for what it means."""

import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.libvirt.certificates import Authority
from tests.sinks.receiver import Receiver
from vurti.outgoing import Adapter
from vurti.settings import Secret
from vurti.sinks import Item, Later, Outcome, Taken, Unreadable
from vurti.sinks.webhook import SINK, WebhookSettings
from vurti.sinks.webhook.answers import ABOUT_THE_EVENT
from vurti.sinks.webhook.sink import WebhookSink

SECRET = "a secret that is long enough"


def item(n: int, line: str = "") -> Item:
    text = line or f'{{"id":"{n}","seq":{n},"kind":"VmAdded","vm":"a"}}'
    return Item(f"id{n}", "VmAdded", "vm/a", "system", "quiet", n, 1e9 + 0.25, 1e9, text)


def settings(url: str, **more: Any) -> WebhookSettings:
    given = {"from": "events", "url": Secret(url), "timeout_secs": 5.0, **more}
    return WebhookSettings.model_validate(given)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(secret=SECRET) as one:
        yield one


def sent(url: str, *items: Item, **more: Any) -> Outcome:
    sink = WebhookSink(settings(url, **more))
    try:
        return sink.send(items)
    finally:
        sink.close()


def test_a_batch_is_cloud_events_that_are_signed(receiver: Receiver) -> None:
    assert sent(receiver.url, item(1), item(2), secret=Secret(SECRET)) == Taken()
    assert receiver.problems == []
    first, second = receiver.told
    assert first == {
        "specversion": "1.0",
        "id": "id1",
        "source": "/vurti/system/quiet",
        "type": "io.vurti.VmAdded",
        "subject": "vm/a",
        "time": "2001-09-09T01:46:40.250Z",
        "datacontenttype": "application/json",
        "sequence": "00000000000000000001",
        "partitionkey": "vm/a",
        "data": {"id": "1", "seq": 1, "kind": "VmAdded", "vm": "a"},
    }
    assert first["sequence"] < second["sequence"]


def test_or_each_by_itself(receiver: Receiver) -> None:
    made = settings(receiver.url, secret=Secret(SECRET), mode="single")
    assert made.items_max == 1
    sink = WebhookSink(made)
    assert [sink.send([item(n)]) for n in (1, 2)] == [Taken(), Taken()]
    sink.close()
    assert (receiver.problems, [one["id"] for one in receiver.told]) == ([], ["id1", "id2"])


@pytest.mark.parametrize("old", [None, "another secret, just as long"])
def test_whoever_does_not_have_the_secret_is_not_believed(old: str | None) -> None:
    with Receiver(secret="whsec_" + "c2VjcmV0" * 4) as one:
        wrong = sent(one.url, item(1), secret=Secret(SECRET), old_secret=old and Secret(old))
        assert isinstance(wrong, Unreadable)
        assert one.problems == ["a signature that is wrong"]


def test_while_a_secret_is_exchanged_both_are_good() -> None:
    for known in ("the new one, long enough", "the old one, long enough"):
        with Receiver(secret=known) as one:
            secrets = {
                "secret": Secret("the new one, long enough"),
                "old_secret": Secret("the old one, long enough"),
            }
            assert sent(one.url, item(1), **secrets) == Taken()


def test_a_secret_may_be_encoded_as_the_libraries_of_receivers_have_it() -> None:
    secret = "whsec_" + "c2VjcmV0" * 4
    with Receiver(secret=secret) as one:
        assert sent(one.url, item(1), secret=Secret(secret)) == Taken()
        assert one.problems == []


def test_what_is_hostile_in_a_name_arrives_as_it_is_and_breaks_nothing(receiver) -> None:
    from vurti.events import VmAdded
    from vurti.model import Vm
    from vurti.sinks.items import Origin, of_event

    name = 'x"}],\x1b[2J\u202e\x7f \ud800'
    event = VmAdded(id="1", after=Vm('v"\n', name.encode("utf-8", "replace").decode()), seq=1)
    told = of_event(Origin("system", "vms"), event, 1, 0.0)
    assert sent(receiver.url, told, secret=Secret(SECRET)) == Taken()
    assert receiver.told[0]["data"]["name"] == name.replace("\ud800", "?")
    assert receiver.told[0]["subject"] == 'vm/v"\n'


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, "", Taken()),
        (204, "", Taken()),
        (500, "", Later("HTTP 500")),
        (503, "Retry-After: 7\r\n", Later("HTTP 503", 7.0)),
        (429, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", Later("HTTP 429", 0.0)),
        (429, "Retry-After: soon\r\n", Later("HTTP 429")),
        (408, "", Later("HTTP 408")),
        (400, "", Unreadable("HTTP 400")),
        (413, "", Unreadable("HTTP 413")),
        (422, "", Unreadable("HTTP 422")),
        (401, "", Later("HTTP 401")),
        (404, "", Later("HTTP 404")),
        (302, "Location: http://elsewhere/\r\n",
         Later("HTTP 302: it is elsewhere, and redirections are not followed")),
    ],
)  # fmt: skip
def test_each_answer_is_taken_for_what_it_means(status, headers, expected) -> None:
    with Answering(f"HTTP/1.1 {status} X\r\n{headers}Content-Length: 0\r\n\r\n") as url:
        assert sent(url, item(1)) == expected


def test_only_what_speaks_of_the_event_makes_a_dead_letter() -> None:
    assert {401, 403, 404, 405, 407, 408, 410, 421, 429}.isdisjoint(ABOUT_THE_EVENT)


def test_what_the_receiver_says_is_shown_without_what_is_secret() -> None:
    said = "no \x1b[2J such token: s3cr3t-token\n at http://127.0.0.1"
    answer = f"HTTP/1.1 400 X\r\nContent-Length: {len(said)}\r\n\r\n{said}"
    with Answering(answer) as url:
        told = sent(url, item(1), headers={"Authorization": Secret("s3cr3t-token")})
    assert told == Unreadable("HTTP 400: no ?[2J such token: *** at http://127.0.0.1")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "the connection failed: RemoteDisconnected"),
        ("HTTP/1.1 20", "the connection failed"),
        ("no http at all\r\n\r\n", "the connection failed"),
    ],
)
def test_what_is_no_answer_is_tried_again(answer: str, reason: str) -> None:
    with Answering(answer) as url:
        told = sent(url, item(1))
    assert isinstance(told, Later)
    assert told.reason.startswith(reason)


def test_who_has_said_200_has_taken_it_whatever_becomes_of_the_rest_of_his_answer() -> None:
    with Answering("HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\nx") as url:
        assert sent(url, item(1)) == Taken()


def test_a_receiver_that_is_not_there_is_tried_again_and_its_address_is_not_shown() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert sent(f"http://127.0.0.1:{port}/secret", item(1)) == Later("Connection refused")


def test_a_receiver_that_says_nothing_is_waited_for_only_so_long() -> None:
    with Receiver(faults={"hang": 1.0}) as one:
        assert sent(one.url, item(1), timeout_secs=0.3) == Later("no answer in time")


def test_one_that_drips_can_be_cut_off_from_another_thread() -> None:
    with Answering("HTTP/1.1 2", drips=True) as url:
        sink = WebhookSink(settings(url, timeout_secs=30.0))
        told: list[Outcome] = []
        thread = threading.Thread(target=lambda: told.append(sink.send([item(1)])))
        thread.start()
        deadline = time.monotonic() + 20
        while thread.is_alive():
            assert time.monotonic() < deadline
            sink.abort()  # once there is something to be cut
            thread.join(0.02)
        sink.close()
    assert isinstance(told[0], Later)


def test_connections_can_be_cut_off_while_another_thread_opens_more() -> None:
    """It fails within a few thousand cuts when they walk through what is being added to."""
    adapter, ended, interval = Adapter(None), threading.Event(), sys.getswitchinterval()

    def opening() -> None:
        while not ended.is_set():
            kept = [Open() for _ in range(40)]
            for one in kept:
                adapter._opened(one)

    class Open:
        """A socket, as far as it is cut off."""

        def shutdown(self, how: int) -> None:
            assert how == socket.SHUT_RDWR

    thread = threading.Thread(target=opening)
    sys.setswitchinterval(1e-6)
    thread.start()
    try:
        for _ in range(20_000):
            adapter.cut()
    finally:
        ended.set()
        thread.join()
        sys.setswitchinterval(interval)


def test_a_connection_is_used_again() -> None:
    with Receiver() as one:
        sink = WebhookSink(settings(one.url))
        for n in range(5):
            assert sink.send([item(n)]) == Taken()
        assert sink._connections is not None
        assert len(sink._connections._sockets) == 1
        sink.close()


def test_only_the_authority_that_is_named_is_trusted(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ours" / "server.pem", tmp_path / "ours" / "server.key")
    with Receiver(context=context) as one:
        assert one.url.startswith("https:")
        assert sent(one.url, item(1), ca_path=ours.ca) == Taken()
        for untrusted in ({"ca_path": other.ca}, {}):
            told = sent(one.url, item(2), **untrusted)
            assert isinstance(told, Later)
            assert told.reason.startswith("no TLS: ")
        missing = sent(one.url, item(2), ca_path=tmp_path / "none")
        assert missing == Later("No such file or directory")
    assert list(one.unique) == ["id1"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"url": "ftp://x/"}, "https://HOST"),
        ({"url": "https:///x"}, "https://HOST"),
        ({"secret": "short"}, "less than 16 bytes"),
        ({"secret": "whsec_%%%"}, "no base64"),
        ({"headers": {"Content-Type": "x"}}, "set by vurti itself"),
        ({"headers": {"webhook-id": "x"}}, "set by vurti itself"),
        ({"headers": {"X Y": "x"}}, "no name of a header"),
        ({"headers": {"X": "a\nb"}}, "not printable"),
        ({"cert_path": "x"}, "belong together"),
    ],
)
def test_what_cannot_work_is_refused_and_shows_no_secret(given: dict[str, Any], wrong: str) -> None:
    whole = {"kind": "webhook", "from": "events", "url": "https://host/s3cr3t", **given}
    with pytest.raises(ValidationError, match=wrong) as told:
        SINK.settings.model_validate_json(json.dumps(whole), strict=True)
    assert "s3cr3t" not in str(told.value.errors(include_input=False))


class Answering:
    """Answers each request with this text, whatever it is."""

    def __init__(self, answer: str, drips: bool = False) -> None:
        self._answer, self._drips = answer, drips
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._ended = threading.Event()

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/hook"

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with socket.create_connection(self._listening.getsockname()):
            pass  # wakes accept
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            connection, _ = self._listening.accept()
            with connection:
                connection.settimeout(10)
                if self._ended.is_set() or not self._request(connection):
                    continue
                connection.sendall(self._answer.encode())
                while self._drips and not self._ended.wait(0.02):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        break

    @staticmethod
    def _request(connection: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            data += (more := connection.recv(65536))
            if not more:
                return False
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if b"ontent-Length" in line
        )
        while len(body) < length:
            body += (more := connection.recv(65536))
            if not more:
                return False
        return True
