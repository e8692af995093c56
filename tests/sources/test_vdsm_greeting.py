"""How a vdsm host is greeted, in each of its dialects."""

import uuid
from typing import Any

import pytest

from tests.sources.scripted_vdsm import EVENTS, VM, Client, Vdsm, frame, refusing, returning
from tests.sources.watched_vdsm import watching
from tests.waiting import until
from vurti.model import Miss

FIXED = ("/queue/_local/vdsm/requests", "/queue/_local/vdsm/reponses")


class OldVdsm(Vdsm):
    """oVirt 3.5: it ignores SUBSCRIBE and the headers of SEND, and answers to one fixed queue."""

    hears = ("jms.topic.vdsm_requests", FIXED[0])

    def on_frame(self, client: Client, command: str, headers: dict[str, str], body: bytes) -> None:
        if command == "SUBSCRIBE":
            return
        if command != "SEND" or headers["destination"] in self.hears:
            super().on_frame(client, command, {**headers, "reply-to": FIXED[1]}, body)


class DeafOldVdsm(OldVdsm):
    """It hears only what is sent to its own queue."""

    hears = (FIXED[0],)


def test_the_first_frame_is_connect_with_version_1_2_alone() -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        command, headers, _ = host.clients[0].frames[0]
        assert command == "CONNECT"
        assert headers == {"accept-version": "1.2", "heart-beat": "6000,1000"}


def test_replies_and_events_are_subscribed_to_before_anything_is_sent() -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        client = host.clients[0]
        assert client.commands()[:4] == ["CONNECT", "SUBSCRIBE", "SUBSCRIBE", "SEND"]
        replies, events = client.subscribed
        assert events == EVENTS
        assert uuid.UUID(replies)
        assert len(set(client.subscribed.values())) == 2
        assert {request["reply-to"] for request in host.asked} == {replies}


def test_every_request_has_an_id_that_no_other_client_has() -> None:
    host = Vdsm()
    with watching(host) as watched:
        for _ in range(5):
            watched.ask()
        ids = [request["id"] for request in host.asked]
        assert all(uuid.UUID(one).version == 4 for one in ids)
        assert len(set(ids)) == len(ids)


def test_connected_is_only_what_the_host_greeted() -> None:
    class Mute(Vdsm):
        def on_frame(self, client: Client, command: str, *rest: Any) -> None:
            """Never say CONNECTED."""

    with watching(Mute(), connect_secs=0.2) as watched:
        missed = watched.miss(secs=0.6)
        assert missed.kind is Miss.TIMEOUT
        assert watched.resyncs == 0


@pytest.mark.parametrize(
    ("sent", "kind", "reason"),
    [
        (frame("ERROR", b"Version unsupported"), Miss.BAD_REPLY, "refused us: Version unsupp"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Miss.DECODE, "no frame of STOMP begins with"),
        (frame("CONNECTED", version="1.1"), Miss.BAD_REPLY, "speaks STOMP '1.1', not 1.2"),
        (frame("CONNECTED", version="1.2", heart_beat="x"), Miss.DECODE, "a heart-beat of 'x'"),
        (frame("SEND"), Miss.DECODE, "SEND has no place here"),
        (b"", Miss.NETWORK, "before it greeted us"),
    ],
)
def test_contract_18_a_host_that_does_not_greet_well_is_missed_with_the_reason(
    sent: bytes, kind: Miss, reason: str
) -> None:
    class Rude(Vdsm):
        def on_frame(self, client: Client, command: str, *rest: Any) -> None:
            client.send(sent)
            client.sock.close()

    with watching(Rude()) as watched:
        missed = watched.miss()
        assert (missed.kind, reason in missed.reason) == (kind, True), missed.reason


def test_an_older_host_that_does_not_know_ping2_is_pinged_once_a_connection() -> None:
    host = Vdsm({"Host.ping2": refusing(-32601), "Host.ping": returning(True)})
    with watching(host) as watched:
        watched.ask()
        watched.ask()
        assert host.methods() == ["Host.ping2", "Host.ping", *["Host.getAllVmStats"] * 2]


def test_a_newer_host_is_never_sent_ping() -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        assert host.methods() == ["Host.ping2", "Host.getAllVmStats"]


@pytest.mark.parametrize(
    ("host", "dialect"),
    [(OldVdsm, "auto"), (OldVdsm, "3.5"), (DeafOldVdsm, "auto"), (DeafOldVdsm, "3.5")],
)
def test_a_host_of_3_5_is_asked_over_its_fixed_queues(host: type[Vdsm], dialect: str) -> None:
    old = host({"Host.ping2": refusing(-32601), "Host.ping": returning(True)})
    with watching(old, dialect=dialect) as watched:
        assert watched.ask().vms.keys() == {VM}
        assert not watched.endpoint.pushing("h")
        sent = [headers for command, headers, _ in old.clients[0].frames if command == "SEND"]
        assert (sent[-1]["destination"], sent[-1]["reply-to"]) == FIXED


def test_what_a_host_was_found_to_speak_is_spoken_first_the_next_time() -> None:
    old = DeafOldVdsm()
    with watching(old) as watched:
        watched.ask()
        old.clients[0].sock.shutdown(2)
        until(lambda: watched.endpoint.reconnects == 1)
        assert "SUBSCRIBE" not in old.clients[1].commands()


class NewVdsm(Vdsm):
    """It hears only what is sent to the queue of today's hosts."""

    def on_frame(self, client: Client, command: str, headers: dict[str, str], body: bytes) -> None:
        if headers.get("destination") != FIXED[0]:
            super().on_frame(client, command, headers, body)


def test_a_host_that_was_old_and_is_new_is_found_out_and_remembered() -> None:
    host, new = OldVdsm(), NewVdsm()
    with watching(host) as watched:
        watched.ask()
        host.on_frame = new.on_frame  # type: ignore[method-assign]  # the host is upgraded
        for client in (0, 1):
            host.clients[client].sock.shutdown(2)
            until(lambda: watched.endpoint.reconnects == client + 1)  # noqa: B023 - at once
        assert watched.ask().vms.keys() == {VM}
    tried = [
        [headers["destination"] for command, headers, _ in client.frames if command == "SEND"]
        for client in host.clients
    ]
    assert [sent[0] for sent in tried] == [
        "jms.topic.vdsm_requests",
        FIXED[0],
        "jms.topic.vdsm_requests",
    ]


def test_a_host_that_was_told_to_be_modern_is_not_tried_otherwise() -> None:
    old = DeafOldVdsm()
    with watching(old, dialect="modern", connect_secs=0.3) as watched:
        assert watched.miss(secs=0.8).kind is Miss.TIMEOUT
        assert old.asked == []
