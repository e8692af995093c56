"""vdsm over JSON-RPC and STOMP: calls and replies, against a host written by hand."""

import time
from collections.abc import Callable
from typing import Any

import gevent
import pytest

from tests.sources.held_up import nothing_is_read
from tests.sources.scripted_vdsm import (
    EVENTS,
    UP,
    VM,
    Act,
    Client,
    Vdsm,
    frame,
    refusing,
    returning,
    silent,
)
from tests.sources.watched_vdsm import watching
from tests.waiting import until
from vurti.model import (
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


def test_each_question_is_answered_by_its_call() -> None:
    with watching(Vdsm()) as watched:
        states = watched.ask()
        assert isinstance(states, VmStatesAnswer)
        assert states.vms[VM].status is VmStatus.UP
        assert states.complete
        along = watched.ask(Question.VM_STATISTICS)
        assert isinstance(along, VmStatisticsAnswer)
        assert along.states is not None
        assert along.states.vms.keys() == {VM}
        stats = watched.ask(Question.VDS_STATISTICS)
        assert isinstance(stats, VdsStatisticsAnswer)
        assert stats.statistics.memory_free_kb == 1024 * 1024
        caps = watched.ask(Question.CAPABILITIES)
        assert isinstance(caps, VdsCapabilitiesAnswer)
        assert caps.capabilities.cpu_model == "Opteron"


def test_a_question_about_another_host_is_missed() -> None:
    with watching(Vdsm()) as watched:
        poll = watched.endpoint.fetch("other", Question.VMS, 5)
        assert isinstance(poll, Missed)
        assert poll.kind is Miss.MISMATCH


def test_contract_20_the_calls_that_leave_are_on_the_list_and_come_one_in_a_frame() -> None:
    host = Vdsm({"Host.getVMList": returning([{"vmId": VM, "status": "Paused"}])})
    with watching(host, short_polls=True) as watched:
        for question in watched.endpoint.questions:
            watched.endpoint.fetch("h", question, 5.0, (VM,))
        assert all(isinstance(request, dict) for request in host.asked)
        assert set(host.methods()) <= {
            "Host.ping2",
            "Host.getVMList",
            "VM.getStats",
            "Host.getAllVmStats",
            "Host.getStats",
            "Host.getCapabilities",
            "Host.dumpxmls",
            "VM.getExternalData",
            "Host.getHardwareInfo",
        }


@pytest.mark.parametrize(
    ("code", "kind"),
    [(99, Miss.RECOVERING), (1100, Miss.OVERLOADED), (100, Miss.BAD_REPLY)],
)
def test_what_the_host_refuses_is_missed_and_the_connection_stays(code: int, kind: Miss) -> None:
    host = Vdsm({"Host.getAllVmStats": refusing(code, "not now")})
    with watching(host) as watched:
        missed = watched.miss()
        assert missed.kind is kind
        assert missed.reason == f"vdsm refused Host.getAllVmStats: not now (code {code})"
        assert watched.ask(Question.VDS_STATISTICS)
        assert watched.endpoint.reconnects == 0


def test_a_host_that_recovers_is_connected_to_all_the_same() -> None:
    host = Vdsm({"Host.ping2": refusing(99), "Host.getAllVmStats": refusing(99)})
    with watching(host) as watched:
        assert watched.miss().kind is Miss.RECOVERING
        assert len(host.clients) == 1


def test_replies_may_come_in_any_order() -> None:
    kept: list[tuple[Client, dict[str, Any], Act]] = []

    def later(act: Act) -> Act:
        def keep(client: Client, request: dict[str, Any]) -> None:
            kept.append((client, request, act))
            if len(kept) == 3:
                for one, asked, answer in reversed(kept):
                    answer(one, asked)

        return keep

    host = Vdsm()
    for method in ("Host.getAllVmStats", "Host.getStats"):
        host.on[method] = later(host.on[method])
    with watching(host) as watched:
        questions = (Question.VMS, Question.VM_STATISTICS, Question.VDS_STATISTICS)
        asking = [gevent.spawn(watched.ask, question) for question in questions]
        answers = [one.get(timeout=5) for one in asking]
    kinds = [VmStatesAnswer, VmStatisticsAnswer, VdsStatisticsAnswer]
    assert [type(answer) for answer in answers] == kinds


def test_no_more_than_four_calls_are_under_way_at_once() -> None:
    host = Vdsm({method: silent for method in Vdsm().on if method != "Host.ping2"})
    with watching(host) as watched:
        questions = (*Question, *Question)
        asking = [gevent.spawn(watched.miss, one, 0.3, (VM,)) for one in questions]
        gevent.joinall(asking, timeout=5, raise_error=True)
        assert len(host.methods()) == 1 + 4


def test_contract_1_statistics_that_hang_at_a_vdsm_host_delay_no_states() -> None:
    kept: list[dict[str, Any]] = []
    host = Vdsm()
    answer = host.on["Host.getAllVmStats"]

    def first_hangs(client: Client, request: dict[str, Any]) -> None:
        kept.append(request)
        if len(kept) > 1:
            answer(client, request)

    host.on["Host.getAllVmStats"] = first_hangs
    with watching(host) as watched:
        hanging = gevent.spawn(watched.miss, Question.VM_STATISTICS, 0.5)
        until(lambda: kept)
        for _ in range(3):
            watched.ask(secs=2)
        assert hanging.get(timeout=5).kind is Miss.TIMEOUT


def test_a_call_that_was_not_answered_is_not_sent_again_until_its_reply_is_late_or_lost() -> None:
    host = Vdsm({"Host.getStats": silent})
    with watching(host) as watched:
        assert "in time" in watched.miss(Question.VDS_STATISTICS, 0.1).reason
        assert "asked before" in watched.miss(Question.VDS_STATISTICS, 0.1).reason
        assert host.methods().count("Host.getStats") == 1
        host.clients[0].answer(host.asked[-1], {})
        until(lambda: watched.endpoint.traffic.late == 1)
        host.on["Host.getStats"] = returning({})
        watched.ask(Question.VDS_STATISTICS)


def test_a_reply_that_never_comes_is_given_up_and_the_same_asked_again() -> None:
    host = Vdsm({"Host.getStats": silent})
    with watching(host, reply_lost_secs=0.3) as watched:
        watched.miss(Question.VDS_STATISTICS, 0.1)
        watched.ask()
        host.on["Host.getStats"] = returning({})
        until(lambda: isinstance(watched.endpoint.fetch("h", Question.VDS_STATISTICS, 1), Snapshot))
        assert watched.endpoint.traffic.lost == 1
        assert watched.endpoint.reconnects == 0


def test_contract_11_a_host_that_answers_all_but_one_question_gathers_four_of_it_at_most() -> None:
    host = Vdsm({"Host.getStats": silent})
    with watching(host, reply_lost_secs=0.05) as watched:
        for _ in range(12):
            watched.miss(Question.VDS_STATISTICS, 0.06)
            watched.ask()
        assert watched.endpoint.traffic.lost == 4
        assert host.methods().count("Host.getStats") == 5
        assert watched.endpoint.reconnects == 0


def test_an_answer_that_came_in_time_counts_though_we_read_it_late() -> None:
    def answers_while_we_stand_still(client: Client, request: dict[str, Any]) -> None:
        client.answer(request, [UP])
        time.sleep(0.3)  # not gevent's: nothing else of this process goes on

    host = Vdsm({"Host.getAllVmStats": answers_while_we_stand_still})
    with watching(host) as watched:
        assert watched.ask(secs=0.2).vms.keys() == {VM}


def test_an_answer_that_came_in_time_counts_though_others_are_read_before_it() -> None:
    with watching(Vdsm()) as watched, nothing_is_read():
        assert watched.ask(secs=0.2).vms.keys() == {VM}


def test_where_nothing_at_all_is_answered_the_connection_is_made_anew() -> None:
    host = Vdsm({"Host.getAllVmStats": silent})
    with watching(host, reply_lost_secs=0.2) as watched:
        watched.miss(secs=0.1)
        until(lambda: "nothing was answered" in watched.miss(secs=0.1).reason)
        until(lambda: watched.endpoint.reconnects == 1)


def test_replies_that_nobody_waits_for_are_counted_and_harm_nothing() -> None:
    host = Vdsm()

    def with_strays(client: Client, request: dict[str, Any]) -> None:
        client.answer({**request, "id": "somebody-elses"}, [])
        client.answer({**request, "id": None}, [])
        client.answer({**request, "id": 7}, [])
        client.answer(request, [UP])
        client.answer(request, [])

    host.on["Host.getAllVmStats"] = with_strays
    with watching(host) as watched:
        assert watched.ask().vms.keys() == {VM}
        until(lambda: watched.endpoint.traffic.strays == 4)
        assert watched.endpoint.reconnects == 0


def sending(data: Callable[[dict[str, Any]], bytes]) -> Act:
    return lambda client, request: client.send(data(request))


def message(body: bytes) -> bytes:
    return frame("MESSAGE", body, destination="q")


@pytest.mark.parametrize(
    ("act", "kind", "reason"),
    [
        (silent, Miss.TIMEOUT, "no answer to Host.getAllVmStats in time"),
        (lambda client, _: client.sock.close(), Miss.NETWORK, "closed by the host"),
        (sending(lambda _: b"\x16\x03\x01"), Miss.DECODE, "no frame of STOMP"),
        (
            sending(lambda _: b"MESSAGE\ncontent-length:99999999999\n\n"),
            Miss.DECODE,
            "99999999999 bytes is announced",
        ),
        (returning({"vms": 1}), Miss.DECODE, "decode: a list of VMs was asked for, not dict"),
        (returning(None), Miss.DECODE, "decode: "),
        (
            sending(lambda request: message(b'{"id":"%s","res' % request["id"].encode())),
            Miss.DECODE,
            "no JSON-RPC",
        ),
        (
            sending(lambda _: message(b'{"jsonrpc":"2.0","result":[\xff')),
            Miss.DECODE,
            "no JSON-RPC",
        ),
        (
            sending(lambda request: message(b'{"id":"%s"}' % request["id"].encode())),
            Miss.DECODE,
            "neither result nor error",
        ),
        (
            sending(
                lambda request: message(
                    b'{"jsonrpc":"2.0","id":"%s","result":[{]}' % request["id"].encode()
                )
            ),
            Miss.DECODE,
            "no JSON-RPC",
        ),
    ],
)
def test_contract_18_a_bad_answer_of_a_vdsm_host_is_a_missed_with_its_reason(
    act: Act, kind: Miss, reason: str
) -> None:
    with watching(Vdsm({"Host.getAllVmStats": act})) as watched:
        watched.ask(Question.VDS_STATISTICS)
        missed = watched.miss(secs=0.5)
        assert (missed.kind, reason in missed.reason) == (kind, True), missed.reason


def test_a_connection_cut_in_mid_frame_says_so() -> None:
    def half(client: Client, request: dict[str, Any]) -> None:
        client.send(client.message("q", {"id": request["id"], "result": []})[:-20])
        client.sock.shutdown(2)

    with watching(Vdsm({"Host.getAllVmStats": half})) as watched:
        missed = watched.miss()
        assert (missed.kind, "in mid-frame" in missed.reason) == (Miss.NETWORK, True)


def test_half_a_character_from_a_guest_spares_the_vm_and_the_others() -> None:
    odd = {"vmId": "vm2", "status": "Up", "vmName": "\udc80b"}
    with watching(Vdsm({"Host.getAllVmStats": returning([UP, odd])})) as watched:
        assert watched.ask().vms.keys() == {VM, "vm2"}


def test_a_reply_whose_parts_stand_in_another_order_is_read() -> None:
    def odd(client: Client, request: dict[str, Any]) -> None:
        body = {"result": [UP], "error": None, "id": request["id"], "jsonrpc": "2.0"}
        client.send(client.message(request["reply-to"], body))

    with watching(Vdsm({"Host.getAllVmStats": odd})) as watched:
        assert watched.ask().vms.keys() == {VM}


def test_a_reply_with_more_behind_its_result_is_read() -> None:
    def odd(client: Client, request: dict[str, Any]) -> None:
        body = {"jsonrpc": "2.0", "id": request["id"], "result": [UP], "error": None}
        client.send(client.message(request["reply-to"], body))

    with watching(Vdsm({"Host.getAllVmStats": odd})) as watched:
        assert watched.ask().vms.keys() == {VM}


def test_an_error_frame_does_not_end_the_connection() -> None:
    def refused_frame(client: Client, request: dict[str, Any]) -> None:
        client.send(frame("ERROR", b"what was that?"))
        client.answer(request, [])

    with watching(Vdsm({"Host.getAllVmStats": refused_frame})) as watched:
        assert watched.ask().vms == {}
        assert watched.endpoint.traffic.refusals == 1


def test_a_fetch_that_is_killed_leaves_the_way_free_for_the_next() -> None:
    host = Vdsm({"Host.getStats": silent})
    with watching(host, reply_lost_secs=0.2) as watched:
        asking = gevent.spawn(watched.miss, Question.VDS_STATISTICS, 30)
        until(lambda: "Host.getStats" in host.methods())
        asking.kill()
        watched.ask()
        host.on["Host.getStats"] = returning({})
        until(lambda: isinstance(watched.endpoint.fetch("h", Question.VDS_STATISTICS, 1), Snapshot))


def test_contract_11_a_vdsm_host_that_floods_us_delays_no_other() -> None:
    def flood(client: Client, request: dict[str, Any]) -> None:
        beat = client.message(EVENTS, b'{"method":"|x|y|z","params":{}}') * 500
        while True:
            client.send(beat)

    with (
        watching(Vdsm({"Host.getAllVmStats": flood})) as rude,
        watching(Vdsm()) as kind,
    ):
        kind.ask()
        flooded = gevent.spawn(rude.miss, secs=1.0)
        until(lambda: rude.endpoint.traffic.other > 1000)
        for _ in range(20):
            kind.ask()
        assert flooded.get(timeout=5).kind is Miss.TIMEOUT


def test_an_answer_without_an_id_that_cannot_be_read_ends_every_wait_at_once() -> None:
    waiting: list[str] = []

    def spoil_once_two_wait(client: Client, request: dict[str, Any]) -> None:
        waiting.append(request["method"])
        if len(waiting) == 2:
            client.send(client.message(request["reply-to"], b"}{ no JSON"))

    host = Vdsm({"Host.getAllVmStats": spoil_once_two_wait, "Host.getStats": spoil_once_two_wait})
    with watching(host) as watched:
        questions = (Question.VMS, Question.VDS_STATISTICS)
        asked = [gevent.spawn(watched.endpoint.fetch, "h", one, 5.0) for one in questions]
        polls = [one.get(timeout=10) for one in asked]
    assert [poll.kind for poll in polls if isinstance(poll, Missed)] == [Miss.DECODE, Miss.DECODE]
