"""Hosts that answer in JSON, against an agent that is made of Python's own HTTP server."""

import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import gevent
import pytest

from tests.libvirt.certificates import Authority
from tests.sources.json_agent import agent
from tests.sources.json_watch import (
    CLOCK,
    HOST,
    HUGE,
    OK,
    UP,
    at_once,
    dripping,
    raw,
    silent,
    watching,
)
from tests.waiting import until
from vurti.model import (
    Absence,
    Miss,
    Missed,
    Question,
    Snapshot,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmStatesAnswer,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.sources.json_http import JsonOptions


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
        asked = one.endpoint.questions
        assert len(asked) == 4
        for question in (*asked, *asked):  # the second round is not changed
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


def test_a_connection_that_is_closed_as_it_is_asked_again_is_made_anew_unnoticed() -> None:
    seen = set[int]()

    def once(handler: Any) -> None:
        if handler.client_address[1] in seen:
            handler.close_connection = True  # it has had its one answer
        else:
            seen.add(handler.client_address[1])
            handler.answer()

    with agent() as peer, watching(peer.url) as (one,):
        peer.rude, peer.hosts["a"] = once, HOST
        assert [type(one.ask()) for _ in range(5)] == [Snapshot] * 5
        assert len(peer.asked) == 9


def test_a_request_that_outlasts_its_question_is_ended() -> None:
    gone = list[str]()

    def dripping_until_gone(handler: Any) -> None:
        try:
            dripping(OK + b"Content-Length: 100000\r\n\r\n")(handler)
        except OSError as error:
            gone.append(type(error).__name__)

    with agent() as peer, watching(peer.url) as (one,):
        peer.rude = dripping_until_gone
        assert one.missed(0.2).kind is Miss.TIMEOUT
        until(lambda: gone, "the end of the connection")


def test_a_question_that_has_no_time_harms_no_later_one() -> None:
    with agent() as peer, watching(peer.url) as (one,):
        peer.hosts["a"] = HOST
        hurried = [gevent.spawn(one.ask, Question.VMS, 0.0) for _ in range(3)]
        hurried[0].kill()
        assert isinstance(one.ask(), Snapshot)
        gevent.joinall(hurried, timeout=10, raise_error=True)
        killed = gevent.spawn(one.ask)
        gevent.sleep(0)
        killed.kill()
        assert isinstance(one.ask(), Snapshot)
        assert {type(one.ask(secs=0.0)) for _ in range(5)} <= {Missed, Snapshot}
        assert isinstance(one.ask(), Snapshot)


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
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(theirs.ca))
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
