"""What a vdsm host says by itself, and how its silence is noticed."""

from typing import Any

import gevent
import pytest
from gevent.event import Event

from tests.sources.scripted_vdsm import EVENTS, VM, Client, Vdsm, serving, silent
from tests.sources.watched_vdsm import Watched, watching
from tests.waiting import until
from vurti.model import ExitReason, ExitStatus, Miss, Push, Question, VmReport, VmStatus

SELDOM_SECS = 30.0
"""Two of our own heart-beats take ten: we promise one in six seconds here."""


def test_what_a_host_says_by_itself_is_pushed_in_order_with_its_own_time() -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        down = {"status": "Down", "exitCode": 1, "exitReason": 2, "exitMessage": "lost"}
        client = host.clients[0]
        client.event(f"|virt|VM_status|{VM}", {VM: {"status": "Paused"}, "notify_time": 5})
        client.event(f"|virt|VM_status|{VM}", {VM: down, "notify_time": 6})
        until(lambda: len(watched.pushes) == 2)
        ended = VmReport(
            status=VmStatus.DOWN,
            exit_status=ExitStatus.ERROR,
            exit_reason=ExitReason.LOST_QEMU_CONNECTION,
            exit_message="lost",
        )
        assert watched.pushes == [
            Push("h", {VM: VmReport(status=VmStatus.PAUSED)}, 5),
            Push("h", {VM: ended}, 6),
        ]
        assert watched.endpoint.traffic.pushes == 2


def test_a_change_of_the_host_is_pushed_as_one_and_the_rest_is_counted() -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        client = host.clients[0]
        client.event(f"|virt|VM_migration_status|{VM}", {VM: {"progress": 5}, "notify_time": 1})
        client.event("|jobs|status|j", {"id": "j", "status": "done", "notify_time": 2})
        client.event("|weather|rain|", {})
        client.event("nonsense", {})
        client.event("|net|host_conn|no_id", {"notify_time": 3})
        until(lambda: len(watched.pushes) == 2)
        far = VmReport(migration_progress=5)
        assert watched.pushes == [Push("h", {VM: far}, 1), Push("h", {}, 3, host_conn=True)]
        traffic = watched.endpoint.traffic
        counts = (traffic.migrations, traffic.jobs, traffic.other, traffic.changes)
        assert counts == (1, 1, 2, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b'{"jsonrpc":"2.0","method":"|virt|VM_status|v","params":[]}',
        b'{"jsonrpc":"2.0","method":"|virt|VM_status|v","params":{"v":1}}',
    ],
)
def test_news_that_cannot_be_read_make_the_states_be_asked_for(body: bytes) -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        before = watched.resyncs
        host.clients[0].send(host.clients[0].message(EVENTS, body))
        until(lambda: watched.resyncs == before + 1)
        assert watched.pushes == []
        assert watched.endpoint.traffic.unreadable == 1


def test_news_that_cannot_be_read_are_not_taken_for_the_answer_that_is_waited_for() -> None:
    def after_noise(client: Client, request: dict[str, Any]) -> None:
        client.send(client.message(EVENTS, b"\xff"))
        client.answer(request, [])

    host = Vdsm({"Host.getAllVmStats": after_noise})
    with watching(host) as watched:
        assert watched.ask().vms == {}


def test_after_every_reconnect_all_is_subscribed_and_resynced_again() -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        assert watched.resyncs == 1
        host.clients[0].sock.shutdown(2)
        until(lambda: watched.resyncs == 2)
        assert watched.endpoint.reconnects == 1
        assert EVENTS in host.clients[1].subscribed
        assert host.clients[0].subscribed.keys() & host.clients[1].subscribed.keys() == {EVENTS}
        host.clients[1].event(f"|virt|VM_status|{VM}", {VM: {"status": "Up"}, "notify_time": 9})
        until(lambda: watched.pushes)


def test_without_pushes_events_are_not_subscribed_to() -> None:
    host = Vdsm()
    with watching(host, pushes=False) as watched:
        watched.ask()
        assert EVENTS not in host.clients[0].subscribed
        assert not watched.endpoint.pushing("h")


def test_pushing_is_a_host_that_is_subscribed_to_and_whose_heart_beats() -> None:
    host = Vdsm()
    with serving(host):
        watched = Watched(host.url)
        assert not watched.endpoint.pushing("h")
        watched.ask()
        assert watched.endpoint.pushing("h")
        assert not watched.endpoint.pushing("other")
        watched.endpoint.close()
        assert not watched.endpoint.pushing("h")


def test_a_host_that_promises_no_heart_beats_is_not_taken_to_be_pushing() -> None:
    with watching(Vdsm(heart_beat="0,1000")) as watched:
        watched.ask()
        assert not watched.endpoint.pushing("h")


def test_we_show_that_we_live_while_there_is_nothing_to_say() -> None:
    host = Vdsm()
    with watching(host) as watched:
        watched.ask()
        until(lambda: host.clients[0].heart_beats >= 2, "two of them", SELDOM_SECS)


def test_where_the_host_wants_no_heart_beats_none_are_sent() -> None:
    curious, deaf = Vdsm(heart_beat="30000,1000"), Vdsm(heart_beat="30000,0")
    with watching(deaf) as first, watching(curious) as second:
        first.ask()
        second.ask()
        until(lambda: curious.clients[0].heart_beats >= 2, "two of them", SELDOM_SECS)
        assert deaf.clients[0].heart_beats == 0


def test_a_host_that_falls_silent_is_lost_after_twice_the_agreed_time() -> None:
    host = Vdsm(heart_beat="1000,1000")
    with watching(host) as watched:
        watched.ask()
        until(lambda: watched.endpoint.reconnects == 1)
        assert len(host.clients) >= 2


def test_a_host_whose_heart_beats_is_kept_however_little_it_says() -> None:
    host = Vdsm(heart_beat="1000,1000")
    with watching(host) as watched:
        watched.ask()
        stop = Event()

        def beat() -> None:
            while not stop.wait(0.3):
                host.clients[0].send(b"\n")

        beating = gevent.spawn(beat)
        # Our first beat is 4.8 s later, as long as six were before: by then it would be lost twice.
        until(lambda: host.clients[0].heart_beats >= 1)
        assert watched.endpoint.pushing("h")
        stop.set()
        beating.join(5)
        assert watched.endpoint.reconnects == 0


def test_closing_says_good_bye_with_a_receipt_and_waits_for_it() -> None:
    host = Vdsm()
    with serving(host):
        watched = Watched(host.url)
        watched.ask()
        watched.endpoint.close()
        until(lambda: host.clients[0].gone)
        command, headers, _ = host.clients[0].frames[-1]
        assert command == "DISCONNECT"
        assert headers.keys() == {"receipt"}


def test_a_host_that_does_not_take_leave_is_left_all_the_same() -> None:
    class Clinging(Vdsm):
        def on_frame(self, client: Client, command: str, *rest: Any) -> None:
            if command != "DISCONNECT":
                super().on_frame(client, command, *rest)

    host = Clinging({"Host.getStats": silent})
    with serving(host):
        watched = Watched(host.url)
        watched.ask()
        asking = gevent.spawn(watched.miss, Question.VDS_STATISTICS, 30)
        until(lambda: "Host.getStats" in host.methods())
        watched.endpoint.close()
        assert asking.get(timeout=5).kind is Miss.NETWORK
        assert watched.miss().reason == "the endpoint was closed"
        watched.endpoint.close()
