"""Hosts that answer in JSON, against an agent that is made of Python's own HTTP server."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import gevent
import pytest

from tests.libvirt.certificates import Authority
from tests.sources.json_agent import Agent, agent
from vurti import PushAdapter, load_config
from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
from vurti.model import (
    Absence,
    Host,
    Miss,
    Missed,
    Poll,
    Push,
    Question,
    Snapshot,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmStatesAnswer,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.sources.json_http import SOURCE, JsonOptions, open_endpoint
from vurti.sources.json_http.endpoint import JsonEndpoint
from vurti.testing.sources import SourceConformance

QUICK = {"retry_secs": 0.02, "retry_secs_max": 0.1, "connect_secs": 1.0}
UP = {"status": "Up", "name": "web"}
HOST = {
    "complete": True,
    "vms": {"vm-1": {**UP, "statistics": {"cpu_percent": 12.5, "rss_kb": 1024}}},
    "statistics": {"cpu_percent": 3, "memory_kb": 4096, "vm_count": 1},
    "capabilities": {"hostname": "a.example", "cpus": 8},
}


class Watch:
    """An open endpoint, and what it said."""

    def __init__(self, url: str, host: str = "a", **options: Any) -> None:
        self.pushes: list[Push] = []
        self.resyncs: list[str] = []
        self.endpoint = open_endpoint(
            Host(host, url), CLOCK, JsonOptions.model_validate({**QUICK, **options})
        )
        assert isinstance(self.endpoint, JsonEndpoint)
        self.host = host
        self.endpoint.open(self.pushes.append, self.resyncs.append)
        self.shared = self.endpoint.shared

    def ask(self, question: Question = Question.VMS, secs: float = 5.0) -> Poll:
        return self.endpoint.fetch(self.host, question, secs)

    def answer(self, question: Question = Question.VMS) -> Any:
        poll = self.ask(question)
        assert isinstance(poll, Snapshot), poll
        return poll.answer

    def missed(self, secs: float = 5.0, question: Question = Question.VMS) -> Missed:
        poll = self.ask(question, secs)
        assert isinstance(poll, Missed), poll
        return poll


CLOCK: Clock = GeventClock()


@contextmanager
def watching(*urls: str, **options: Any) -> Iterator[list[Watch]]:
    """Hosts a, b, … at these URLs; polls only unless `pushes` is given."""
    names = (chr(ord("a") + at) for at in range(26))
    opened = [Watch(url, next(names), **{"pushes": False, **options}) for url in urls]
    try:
        yield opened
    finally:
        for one in opened:
            one.endpoint.close()


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come"
        gevent.sleep(0.01)


def at_once(*asks: Callable[[], Poll]) -> list[Poll]:
    tasks = [gevent.spawn(ask) for ask in asks]
    gevent.joinall(tasks, timeout=20, raise_error=True)
    return [task.get(block=False) for task in tasks]


def test_each_question_is_answered_from_the_hosts_record() -> None:
    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"] = HOST
        states, samples = one.answer(), one.answer(Question.VM_STATISTICS)
        sample, made = one.answer(Question.VDS_STATISTICS), one.answer(Question.CAPABILITIES)
    assert isinstance(states, VmStatesAnswer)
    assert isinstance(samples, VmStatisticsAnswer)
    assert isinstance(sample, VdsStatisticsAnswer)
    assert isinstance(made, VdsCapabilitiesAnswer)
    assert (states.vms["vm-1"].status, states.complete) == (VmStatus.UP, True)
    assert states.absence is Absence.UNEXPLAINED
    assert (samples.vms["vm-1"].cpu_percent, samples.vms["vm-1"].rss_kb) == (12.5, 1024)
    assert (sample.statistics.cpu_percent, sample.statistics.vm_count) == (3.0, 1)
    assert (made.capabilities.hostname, made.capabilities.cpus) == ("a.example", 8)
    assert peer.questions() == ["vms", "vm_stats", "stats", "caps"]


def test_an_answer_may_be_of_one_host_only() -> None:
    with agent() as peer, watching(peer.url) as (one,):
        peer.host = HOST
        assert one.answer().vms.keys() == {"vm-1"}


def test_the_fragment_of_the_url_is_what_the_agent_calls_the_host() -> None:
    with agent() as peer, watching(f"{peer.url}#node%2017") as (one,):
        peer.hosts["node 17"] = HOST
        assert one.answer().vms.keys() == {"vm-1"}
        assert peer.asked[0][1] == "/fleet?question=vms"


def test_a_question_is_put_behind_the_urls_own_parameters() -> None:
    with agent() as peer, watching(f"{peer.url}?site=north") as (one,):
        peer.host = HOST
        one.answer()
        assert peer.asked[0][1] == "/fleet?site=north&question=vms"


def test_an_unchanged_answer_is_the_very_same_value() -> None:
    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"] = HOST
        first, second = one.answer(), one.answer()
        assert second is first
        assert one.shared.feed.unchanged == 1
        peer.hosts["a"] = {**HOST, "vms": {}}
        assert one.answer().vms == {}
        assert one.shared.feed.unchanged == 1


def test_the_etag_of_one_question_says_nothing_of_another() -> None:
    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"] = HOST
        one.answer()
        assert isinstance(one.answer(Question.VM_STATISTICS), VmStatisticsAnswer)
        assert [headers.get("If-None-Match") for _, _, headers in peer.asked] == [None, None]


def test_an_unchanged_answer_is_as_new_as_its_question() -> None:
    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"] = HOST
        first = one.ask()
        before = CLOCK.now()
        second = one.ask()
        assert isinstance(first, Snapshot)
        assert isinstance(second, Snapshot)
        assert first.started < before <= second.started


def test_not_changed_without_having_been_asked_so_is_a_bad_reply() -> None:
    def unchanged(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(304)
        handler.end_headers()

    with agent() as peer, watching(peer.url) as (one,):
        peer.rude = unchanged
        assert one.missed().kind is Miss.BAD_REPLY


def test_one_connection_serves_all_polls_of_a_host() -> None:
    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"] = HOST
        for question in (*Question, *Question):  # the second round is not changed
            one.answer(question)
        assert len(peer.asked) == 8
        assert peer.connections == 1


def test_hosts_of_one_url_are_asked_for_by_one_get_in_the_same_beat() -> None:
    with agent() as peer, watching(*[peer.url] * 20, gather_secs=0.1) as many:
        peer.hosts = {one.host: {**HOST, "vms": {f"vm-{one.host}": UP}} for one in many}
        polls = at_once(*(one.ask for one in many))
        assert len(peer.asked) == 1
        assert peer.connections == 1
        told = [list(poll.answer.vms) for poll in polls if isinstance(poll, Snapshot)]  # type: ignore[union-attr]
        assert told == [[f"vm-{one.host}"] for one in many]
        assert {poll.host for poll in polls} == {one.host for one in many}


def test_who_asks_while_a_get_is_under_way_gets_the_next_one() -> None:
    """What changed since it left would not be in the one that is under way."""
    held, go = threading.Event(), threading.Event()

    def slow(handler: Any) -> None:
        body = peer.document()
        held.set()
        go.wait(10)
        peer.body = body
        handler.answer()
        peer.body = None

    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"], peer.rude = HOST, slow
        first = gevent.spawn(one.ask)
        until(held.is_set, "the first question")
        peer.hosts["a"], peer.rude = {**HOST, "vms": {"vm-2": UP}}, None
        second, third = gevent.spawn(one.ask), gevent.spawn(one.ask)
        gevent.sleep(0.05)
        assert len(peer.asked) == 1
        go.set()
        polls = [task.get(timeout=10) for task in (first, second, third)]
        assert [list(poll.answer.vms) for poll in polls] == [["vm-1"], ["vm-2"], ["vm-2"]]
        assert len(peer.asked) == 2


def test_a_host_that_is_not_told_of_is_missed_and_spares_the_others() -> None:
    with agent() as peer, watching(peer.url, peer.url) as (one, other):
        peer.hosts["a"] = HOST
        assert isinstance(one.ask(), Snapshot)
        poll = other.missed()
        assert poll.kind is Miss.DECODE
        assert "does not tell of the host 'b'" in poll.reason


def test_contract_18_a_hosts_record_that_cannot_be_read_spares_the_others() -> None:
    with agent() as peer, watching(peer.url, peer.url) as (one, other):
        peer.hosts = {"a": HOST, "b": {"vms": 3}}
        assert isinstance(one.ask(), Snapshot)
        assert other.missed().kind is Miss.DECODE


def test_completeness_is_each_hosts_own() -> None:
    with agent() as peer, watching(peer.url, peer.url) as (one, other):
        peer.hosts = {"a": HOST, "b": {"vms": {}, "absence": "gone"}}
        assert (one.answer().complete, other.answer().complete) == (True, False)
        assert other.answer().absence is Absence.GONE


def test_a_bridge_can_tell_that_it_could_not_ask_a_host() -> None:
    with agent() as peer, watching(peer.url, peer.url) as (one, other):
        lost = {"missed": {"kind": "timeout", "reason": "no word from b"}}
        peer.hosts = {"a": HOST, "b": lost}
        assert isinstance(one.ask(), Snapshot)
        poll = other.missed()
        assert (poll.kind, poll.reason) == (Miss.TIMEOUT, "the agent says: no word from b")


def test_an_answer_that_does_not_name_its_host_is_no_answer_for_two() -> None:
    """Else the same VMs would run on both of them."""
    with agent() as peer, watching(peer.url, peer.url) as (one, other):
        peer.host = HOST
        for each in (one, other):
            assert "several share its URL" in each.missed().reason


# ------------------------------------------------------------------- bad answers


def raw(data: bytes) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.wfile.write(data)
        handler.wfile.flush()
        handler.close_connection = True

    return answer


def dripping(data: bytes) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.wfile.write(data)
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.02)

    return answer


def silent(handler: Any) -> None:
    handler.connection.recv(1)


OK = b"HTTP/1.1 200 OK\r\n"
HUGE = b"Content-Length: 1000000000000\r\n\r\n"


@pytest.mark.parametrize(
    ("rude", "kind", "reason"),
    [
        (silent, Miss.TIMEOUT, "not answered in time"),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), Miss.TIMEOUT, "not answered in time"),
        (dripping(OK + b"Content-Length: 4000\r\n\r\n"), Miss.TIMEOUT, "not answered in time"),
        (raw(b""), Miss.NETWORK, "the connection failed|closed"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Miss.NETWORK, "the connection failed"),
        (raw(OK + HUGE), Miss.DECODE, "more than 4096 bytes is announced"),
        (raw(OK + b"\r\n" + b"[" * 10000), Miss.DECODE, "more than 4096 bytes"),
        (raw(OK + b"Content-Length: 50\r\n\r\nhalf"), Miss.NETWORK, "the connection failed"),
        (raw(OK + b"Content-Length: nonsense\r\n\r\n{"), Miss.DECODE, "truncated"),
        (raw(OK + b"Content-Length: 5, 6\r\n\r\n{}{}{"), Miss.NETWORK, "the connection failed"),
        (raw(OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx"), Miss.BAD_REPLY,
         "packed"),
        (raw(b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n"),
         Miss.BAD_REPLY, "HTTP 302: it leads elsewhere"),
        (raw(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"), Miss.BAD_REPLY,
         "HTTP 401: our token"),
        (raw(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), Miss.BAD_REPLY, "HTTP 404"),
        (raw(b"HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n"), Miss.OVERLOADED, "HTTP 429"),
        (raw(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), Miss.NETWORK, "HTTP 503"),
        (raw(OK + b"Content-Length: 4\r\n\r\nnull"), Miss.DECODE, "decode: Expected `object`"),
        (raw(OK + b'Content-Length: 23\r\n\r\n{"version":2,"hosts":{}'), Miss.DECODE, "decode: "),
    ],
)  # fmt: skip
def test_contract_18_a_bad_answer_is_a_missed_with_its_reason(
    rude: Callable[[Any], None], kind: Miss, reason: str
) -> None:
    with agent() as peer, watching(peer.url, reply_bytes_max=4096) as (one,):
        peer.rude = rude
        poll = one.missed(0.5)
        assert poll.kind is kind, poll
        assert any(words in poll.reason for words in reason.split("|")), poll.reason
        peer.rude, peer.hosts["a"] = None, HOST
        assert isinstance(one.ask(), Snapshot)


def test_contract_11_an_agent_that_hangs_delays_no_other_and_holds_two_requests_at_most() -> None:
    with agent() as rude, agent() as kind, watching(rude.url, kind.url) as (bad, good):
        rude.rude, kind.hosts["b"] = silent, HOST
        asking = [gevent.spawn(bad.ask, Question.VMS, 1.0) for _ in range(20)]
        for _ in range(10):
            assert isinstance(good.ask(), Snapshot)
        assert len(rude.asked) == 1
        kinds = {task.get(timeout=10).kind for task in asking}
        assert kinds == {Miss.TIMEOUT}
        assert len(rude.asked) <= 2


def test_statistics_that_hang_do_not_keep_the_states_waiting() -> None:
    def choosy(handler: Any) -> None:
        silent(handler) if "vm_stats" in handler.path else handler.answer()

    with agent() as peer, watching(peer.url) as (one,):
        peer.rude, peer.hosts["a"] = choosy, HOST
        hanging = gevent.spawn(one.ask, Question.VM_STATISTICS, 1.0)
        gevent.sleep(0.05)
        assert isinstance(one.ask(), Snapshot)
        assert not hanging.ready()
        assert isinstance(hanging.get(timeout=10), Missed)


def test_a_connection_that_was_closed_while_idle_is_made_anew_unnoticed() -> None:
    def last(handler: Any) -> None:
        handler.answer()
        handler.close_connection = True  # without having said so

    with agent() as peer, watching(peer.url) as (one,):
        peer.rude, peer.hosts["a"] = last, HOST
        assert [type(one.ask()) for _ in range(5)] == [Snapshot] * 5
        assert peer.connections == 5


def test_nobody_there_and_no_such_name_are_told_apart() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with watching(f"json+http://127.0.0.1:{port}/", "json+http://nobody.invalid/") as (one, other):
        assert (one.missed().kind, one.missed().reason) == (
            Miss.NETWORK, f"127.0.0.1:{port}: Connection refused",
        )  # fmt: skip
        assert other.missed().kind is Miss.NAME_RESOLUTION


# ---------------------------------------------------------------- tokens and TLS


def test_contract_19_the_token_goes_to_the_agent_and_nowhere_else() -> None:
    secret = "tok-5EcReT"
    with agent() as peer, watching(f"{peer.url}?key={secret}", token=secret) as (one,):
        peer.hosts["a"] = HOST
        one.answer()
        assert peer.asked[0][2]["Authorization"] == f"Bearer {secret}"
        told = [repr(JsonOptions(token=secret)), repr(one.endpoint)]
        for rude in (raw(b""), raw(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"), silent):
            peer.rude = rude
            told.append(repr(one.missed(0.2)))
    assert not [text for text in told if secret in text]


def test_proxies_and_passwords_of_the_environment_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine localhost login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"] = HOST
        one.answer()
        assert "Authorization" not in peer.asked[0][2]


def served(authority: Authority, client: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    home = authority.ca.parent
    context.load_cert_chain(str(home / "server.pem"), str(home / "server.key"))
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cafile=str(authority.ca))
    return context


def test_tls_with_certificates_of_one_authority_works_both_ways(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    files = {"ca_path": ours.ca, "cert_path": ours.client, "key_path": ours.client_key}
    with agent(served(ours, client=True)) as peer:
        peer.hosts["a"] = HOST
        with watching(peer.url, **files) as (one,):
            assert isinstance(one.ask(), Snapshot)
        with watching(peer.url, ca_path=ours.ca) as (one,):
            assert one.missed().kind is Miss.NETWORK


def test_an_agent_whose_certificate_is_a_strangers_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    with agent(served(theirs)) as peer:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(theirs.ca))
        with watching(peer.url, ca_path=ours.ca) as (one,):
            assert "certificate is not valid" in one.missed().reason
        assert peer.asked == []


def test_a_certificate_for_another_name_is_not_accepted(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours", host="other.example")
    with agent(served(ours)) as peer, watching(peer.url, ca_path=ours.ca) as (one,):
        assert "certificate is not valid" in one.missed().reason


def test_missing_files_are_named(tmp_path: Path) -> None:
    with watching("json+https://localhost/", ca_path=tmp_path / "none.pem") as (one,):
        assert f"no TLS with {tmp_path}/none.pem: No such file" in one.missed().reason


# ----------------------------------------------------------------------- pushes


def test_a_line_of_the_stream_is_a_push_for_its_host() -> None:
    with agent() as peer, watching(peer.url, peer.url, pushes=True) as (one, other):
        until(lambda: peer.listeners, "the stream")
        peer.say(host="b", vms={"vm-1": {"status": "Paused"}}, notify_time=5)
        peer.say(host="a", vms={"vm-2": {"rebooted": True}})
        until(lambda: one.pushes and other.pushes, "the pushes")
        (push,) = other.pushes
        assert (push.host, push.notify_time) == ("b", 5)
        assert push.vms["vm-1"].status is VmStatus.PAUSED
        assert one.pushes[0].vms["vm-2"].rebooted
        assert len(peer.listeners) == 1


def test_a_line_about_a_host_that_is_not_watched_is_counted() -> None:
    with agent() as peer, watching(peer.url, pushes=True) as (one,):
        until(lambda: peer.listeners, "the stream")
        peer.say(host="zeta", vms={"vm-1": {"status": "Up"}})
        until(lambda: one.shared.strangers == 1, "the count")
        assert one.pushes == []


def test_lines_may_come_in_pieces_and_empty_ones_say_only_that_the_agent_lives() -> None:
    with agent() as peer, watching(peer.url, pushes=True) as (one,):
        until(lambda: peer.listeners, "the stream")
        for piece in (b"\n\r\n", b'{"vms": {"vm-1": {"sta', b'tus": "Up"}}}', b"\n"):
            peer.say_bytes(piece)
        until(lambda: one.pushes, "the push")
        assert one.shared.follower is not None
        assert (one.shared.follower.lines, one.shared.follower.unreadable) == (1, 0)


@pytest.mark.parametrize(
    "line", [b"nonsense\n", b'{"vms": 3}\n', b'{"vms": {"vm-1": {"status": "Odd"}}}\n']
)
def test_a_line_that_cannot_be_read_asks_for_a_resync(line: bytes) -> None:
    with agent() as peer, watching(peer.url, pushes=True) as (one,):
        until(lambda: one.resyncs, "the stream")
        peer.say_bytes(line)
        until(lambda: len(one.resyncs) == 2, "the resync")
        assert one.pushes == []
        assert one.shared.follower is not None
        assert one.shared.follower.unreadable == 1


def test_a_stream_that_ends_or_overflows_is_begun_anew_with_a_resync_for_all() -> None:
    options = {"pushes": True, "line_bytes_max": 1024}
    with agent() as peer, watching(peer.url, peer.url, **options) as (one, other):
        until(lambda: one.resyncs, "the stream")
        peer.cut()
        until(lambda: len(one.resyncs) == len(other.resyncs) == 2, "the second stream")
        peer.say_bytes(b"x" * 5000)
        until(lambda: len(one.resyncs) == len(other.resyncs) == 3, "the third stream")


def test_a_stream_that_falls_silent_is_no_longer_heard_and_begun_anew() -> None:
    with agent() as peer, watching(peer.url, pushes=True, silence_secs=0.3) as (one,):
        peer.hosts["a"] = HOST
        assert not one.endpoint.pushing("a")
        one.answer()
        until(lambda: one.endpoint.pushing("a"), "the stream")
        until(lambda: len(one.resyncs) > 1, "the second stream")
        assert one.shared.follower is not None
        assert "no answer in time" in one.shared.follower.trouble


def test_an_agent_that_does_not_stream_is_only_polled() -> None:
    with agent() as peer, watching(peer.url, pushes=True) as (one,):
        peer.streams, peer.hosts["a"] = False, HOST
        assert one.shared.follower is not None
        until(lambda: one.shared.follower.declined, "the refusal")  # type: ignore[union-attr]
        assert isinstance(one.ask(), Snapshot)
        assert not one.endpoint.pushing("a")
        assert one.resyncs == []


def test_a_host_that_the_bridge_lost_is_not_pushing() -> None:
    with agent() as peer, watching(peer.url, pushes=True) as (one,):
        peer.hosts["a"] = HOST
        one.answer()
        until(lambda: one.endpoint.pushing("a"), "the stream")
        peer.hosts["a"] = {"missed": {}}
        one.missed()
        assert not one.endpoint.pushing("a")


def test_contract_11_a_flood_of_lines_delays_nobody() -> None:
    flood = json.dumps({"host": "b", "vms": {"v": {"status": "Up"}}}).encode() + b"\n"

    def flooding(handler: Any) -> None:
        handler.wfile.write(OK + b"Content-Type: application/x-ndjson\r\n\r\n")
        while True:
            handler.wfile.write(flood * 1000)

    with agent() as rude, agent() as kind:
        rude.rude, kind.hosts["b"] = flooding, HOST
        with watching(rude.url, kind.url, pushes=True) as (bad, good):
            follower = bad.shared.follower
            assert follower is not None
            until(lambda: follower.lines > 1000, "the flood")
            for _ in range(5):
                assert isinstance(good.ask(), Snapshot)


# ------------------------------------------------------------------ a whole fleet


def test_a_fleet_behind_one_bridge_is_asked_by_few_gets_and_its_events_are_told(
    tmp_path: Path,
) -> None:
    names = [f"host-{number}" for number in range(50)]
    with agent() as peer:
        peer.hosts = {name: {**HOST, "vms": {f"vm-{name}": UP}} for name in names}
        text = f'[repository]\nurl = "sqlite:///{tmp_path}/v.db"\n'
        text += "[poll]\nstatus_secs = 0.5\n[sources.json]\ngather_secs = 0.1\n"
        text += "".join(f'[hosts.{name}]\nurl = "{peer.url}"\n' for name in names)
        (tmp_path / "vurti.toml").write_text(text)
        heard = list[Any]()
        with PushAdapter(load_config(tmp_path / "vurti.toml")) as adapter:
            adapter["vms"].subscribe(heard.append)
            running = gevent.spawn(adapter.run)
            until(lambda: len(heard) == 50, "all VMs")
            until(lambda: peer.listeners, "the stream")
            until(lambda: sum(polls.asked for polls in adapter.polls) > 500, "ten beats")
            asked, gets = sum(polls.asked for polls in adapter.polls), len(peer.asked)
            peer.say(host="host-7", vms={"vm-host-7": {"status": "Paused"}})
            until(lambda: len(heard) == 51, "the push")
            adapter.stop()
            running.get(timeout=20)
    assert {event.kind for event in heard[:50]} == {"VmAdded"}
    assert (heard[50].thing, heard[50].after.status) == ("vm-host-7", VmStatus.PAUSED)
    assert gets < asked / 5, (gets, asked)  # it would be asked / 50 on a machine without others


# ----------------------------------------------------------------------- the kit


class JsonBench:
    """Two hosts behind one bridge."""

    source = SOURCE
    clock = CLOCK

    def __init__(self, peer: Agent) -> None:
        self.peer = peer
        self.hosts = (Host("a", peer.url), Host("b", peer.url))
        peer.hosts = {"a": HOST, "b": {**HOST, "vms": {"vm-2": UP}}}

    def endpoint(self, host: Host, clock: Clock) -> JsonEndpoint:
        options = JsonOptions.model_validate({**QUICK, "silence_secs": 5.0})
        endpoint = open_endpoint(host, clock, options)
        assert isinstance(endpoint, JsonEndpoint)
        return endpoint

    def hang(self) -> None:
        self.peer.rude = silent

    def refuse(self) -> None:
        self.peer.rude = raw(b"")
        self.peer.cut()

    def recover(self) -> None:
        self.peer.rude = None

    def speak(self, host: Host) -> tuple[str, tuple[VmStatus, ...]]:
        for status in ("Paused", "Up", "PoweringDown"):
            self.peer.say(host=host.id, vms={"vm-1": {"status": status}})
        return "vm-1", (VmStatus.PAUSED, VmStatus.UP, VmStatus.POWERING_DOWN)

    def sent(self) -> frozenset[str]:
        return frozenset(method for method, _, _ in self.peer.asked)


class TestJson(SourceConformance):
    """Every fact of the kit."""

    @pytest.fixture
    def bench(self) -> Iterator[JsonBench]:
        with agent() as peer:
            yield JsonBench(peer)
