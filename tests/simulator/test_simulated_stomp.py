"""Vdsm's JSON-RPC over STOMP, told by bytes written by hand."""

import json
from collections.abc import Callable

import gevent
import pytest

from tests.simulator.conftest import Simulate
from tests.simulator.peers import CONNECT, EVENTS, LOCAL, Stomp
from vurti.simulator import Simulator
from vurti.world import Durations, WorldOptions, migrate, pause, reboot_host, shutdown

Dial = Callable[..., Stomp]


@pytest.fixture
def sim(simulate: Simulate) -> Simulator:
    return simulate()


@pytest.fixture
def client(sim: Simulator, dial: Dial) -> Stomp:
    """Connected to host-1, listening to "mine" as subscription "r"."""
    stomp = dial(sim).connect()
    stomp.subscribe("mine", "r")
    return stomp


def test_a_reply_names_destination_subscription_and_length(client: Stomp) -> None:
    client.ask("Host.ping2", id="u-1")
    command, headers, body = client.frame()
    assert command == "MESSAGE"
    assert headers == {
        "destination": "mine",
        "content-type": "application/json",
        "subscription": "r",
        "content-length": str(len(body)),
    }
    assert json.loads(body) == {"jsonrpc": "2.0", "id": "u-1", "result": True}


def test_a_list_of_one_request_is_a_request_and_one_of_two_gets_no_reply(client: Stomp) -> None:
    one = {"jsonrpc": "2.0", "method": "Host.ping", "params": {}, "id": "a"}
    client.say(json.dumps([one, one]))
    client.say(json.dumps([one | {"id": "b"}]))
    assert client.answer() == {"jsonrpc": "2.0", "id": "b", "result": True}
    assert client.silent()


def test_without_reply_to_nothing_comes(client: Stomp, sim: Simulator) -> None:
    client.ask("Host.ping2", id="a", reply_to=None)
    client.ask("Host.ping2", id="b")
    assert client.answer()["id"] == "b"
    assert sim.counts()["unheard_replies"] == 1


def test_all_that_listen_to_a_destination_get_what_is_sent_there(
    client: Stomp, sim: Simulator, dial: Dial
) -> None:
    other = dial(sim).connect()
    other.subscribe("mine", "x")
    gevent.sleep(0)
    other.ask("Host.ping2", id="o")
    assert other.answer()["id"] == "o"
    assert client.answer()["id"] == "o"


def test_who_uses_an_id_that_is_in_use_gets_the_others_answers(sim: Simulator, dial: Dial) -> None:
    one, two = dial(sim).connect(), dial(sim).connect()
    one.subscribe("one", "1")
    two.subscribe("two", "2")
    sim.fault("slow", by=0.2)
    one.ask("Host.ping2", id="7", reply_to="one")
    assert one.silent(0.05)
    two.ask("Host.ping2", id="7", reply_to="two")
    assert two.answer()["id"] == "7"
    assert one.silent(0.5)
    assert sim.counts()["unheard_replies"] == 1


@pytest.mark.parametrize("body", ["{", '{"method": "Host.ping"}', "3"])
def test_what_is_no_request_is_answered_on_the_default_topic(client: Stomp, body: str) -> None:
    client.subscribe("jms.topic.vdsm_responses", "d")
    client.say(body)
    command, headers, told = client.frame()
    assert (command, headers["subscription"]) == ("MESSAGE", "d")
    assert json.loads(told)["id"] is None
    assert json.loads(told)["error"]["code"] in (-32700, -32600)


def test_only_version_1_2_will_do(sim: Simulator, dial: Dial) -> None:
    client = dial(sim)
    client.send(b"CONNECT\naccept-version:1.0,1.1,1.2\n\n\0")
    command, headers, body = client.frame()
    assert (command, body, set(headers)) == ("ERROR", b"Version unsupported", {"content-length"})
    client.connect()  # an ERROR does not end the connection


@pytest.mark.parametrize(
    ("asked", "granted"),
    [("0,0", "0,0"), ("0,300", "1000,0"), ("200,5000", "5000,1000"), ("x", "0,0")],
)
def test_heart_beats_are_agreed_on(sim: Simulator, dial: Dial, asked: str, granted: str) -> None:
    client = dial(sim)
    client.send(f"CONNECT\naccept-version:1.2\nheart-beat:{asked}\n\n\0".encode())
    assert client.frame()[1]["heart-beat"] == granted


def test_an_idle_host_beats(sim: Simulator, dial: Dial) -> None:
    client = dial(sim)
    client.send(CONNECT.replace(b"0,0", b"0,1"))
    client.frame()
    assert client.sock.recv(10) == b"\n"
    assert client.sock.recv(10) == b"\n"


def test_a_client_that_promised_beats_and_is_silent_is_hung_up_on(
    simulate: Simulate, dial: Dial
) -> None:
    client = dial(simulate(silence_secs=0.2))
    client.send(CONNECT.replace(b"0,0", b"1,0"))
    client.frame()
    assert client.ended_by() == "eof"


def test_line_feeds_between_frames_and_carriage_returns_within_are_fine(client: Stomp) -> None:
    client.send(b"\n\n\r\n\n")
    client.send(b"SUBSCRIBE\r\ndestination:mine\r\nid:again\r\n\r\n\0\n")
    client.ask("Host.ping2")
    assert {client.frame()[1]["subscription"] for _ in range(2)} == {"r", "again"}


def test_content_length_may_be_there_and_says_where_the_body_ends(client: Stomp) -> None:
    body = b'{"jsonrpc":"2.0","method":"Host.ping2","id":"n"}'
    head = b"SEND\ndestination:jms.topic.vdsm_requests\nreply-to:mine\ncontent-length:%d\n\n"
    frame = head % len(body) + body + b"\0"
    client.send(frame[:70])
    gevent.sleep(0.05)
    client.send(frame[70:])
    assert client.answer()["id"] == "n"


@pytest.mark.parametrize("command", [b"STOMP", b"ACK", b"BEGIN"])
def test_a_command_that_hosts_do_not_know_ends_the_connection(
    client: Stomp, command: bytes
) -> None:
    client.send(command + b"\nid:1\n\n\0")
    assert client.ended_by() == "eof"


@pytest.mark.parametrize("first", [b"STOMP\naccept-version:1.2\n\n\0", b"HELLO, IS THIS VDSM?"])
def test_an_unknown_first_word_is_reset(sim: Simulator, dial: Dial, first: bytes) -> None:
    client = dial(sim)
    client.send(first)
    assert client.ended_by() == "reset"


def test_a_subscription_needs_both_headers_and_an_id_of_its_own(client: Stomp) -> None:
    for frame in (b"SUBSCRIBE\nid:1\n\n\0", b"SUBSCRIBE\ndestination:a\nid:r\n\n\0"):
        client.send(frame)
        assert client.frame()[0] == "ERROR"
    client.ask("Host.ping2")
    assert client.answer()["result"] is True


def test_who_unsubscribed_hears_nothing(client: Stomp) -> None:
    client.send(b"UNSUBSCRIBE\nid:r\n\n\0")
    client.ask("Host.ping2")
    assert client.silent()


def test_who_unsubscribed_one_still_hears_the_other(client: Stomp) -> None:
    client.subscribe("mine", "kept")
    client.send(b"UNSUBSCRIBE\nid:r\n\n\0")
    client.ask("Host.ping2")
    assert client.frame()[1]["subscription"] == "kept"
    assert client.silent()


def test_a_raw_colon_in_a_value_ends_the_connection_and_an_escaped_one_does_not(
    client: Stomp,
) -> None:
    client.send(b"SUBSCRIBE\ndestination:a\\cb\nid:fine\n\n\0")
    assert client.result("Host.ping2") is True
    client.send(b"SUBSCRIBE\ndestination:a:b\nid:odd\n\n\0")
    assert client.ended_by() == "eof"


def test_good_bye_needs_a_receipt_to_be_answered(sim: Simulator, dial: Dial) -> None:
    polite, curt = dial(sim).connect(), dial(sim).connect()
    polite.send(b"DISCONNECT\nreceipt:77\n\n\0")
    curt.send(b"DISCONNECT\n\n\0")
    assert polite.frame()[:2] == ("RECEIPT", {"receipt-id": "77", "content-length": "0"})
    assert (polite.ended_by(), curt.ended_by()) == ("eof", "eof")


def test_more_calls_than_a_host_can_queue_are_refused(client: Stomp, sim: Simulator) -> None:
    sim.fault("slow", by=0.3)
    for number in range(120):
        client.ask("Host.ping2", id=str(number))
    answers = [client.answer() for _ in range(120)]
    refused = [one for one in answers if "error" in one]
    assert {one["error"]["code"] for one in refused} == {1100}
    assert 30 <= len(refused) <= 40  # eight are worked on while eighty wait
    assert sorted(int(one["id"]) for one in answers) == list(range(120))


def test_answers_do_not_come_in_the_order_of_the_questions(client: Stomp) -> None:
    for number in range(60):
        client.ask("Host.ping2", id=str(number))
    ids = [int(client.answer()["id"]) for _ in range(60)]
    assert sorted(ids) == list(range(60))
    assert ids != sorted(ids)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [("Host.reboot", None, -32601), ("VM.destroy", {"vmID": "x"}, -32601),
     ("VM.getStats", {"vmID": "gone"}, 1), ("VM.getStats", None, -32603)],
)  # fmt: skip
def test_what_cannot_be_answered_has_a_code(
    client: Stomp, sim: Simulator, method: str, params: object, code: int
) -> None:
    client.ask(method, params=params)
    assert client.answer()["error"]["code"] == code
    assert sim.calls() == {method: 1}


def test_ping2_came_with_4_2_and_lists_with_statuses_with_4_4(
    simulate: Simulate, dial: Dial
) -> None:
    old = dial(simulate(version="4.1")).connect()
    old.subscribe("mine", "1")
    old.ask("Host.ping2")
    assert old.answer()["error"]["code"] == -32601
    assert all(isinstance(vm, str) for vm in old.result("Host.getVMList"))
    new = dial(simulate(version="4.5")).connect()
    new.subscribe("mine", "1")
    assert {tuple(vm) for vm in new.result("Host.getVMList")} == {("vmId", "status", "statusTime")}


def test_hosts_of_3_5_answer_on_their_own_queue_unasked(simulate: Simulate, dial: Dial) -> None:
    client = dial(simulate(version="3.5")).connect()
    client.subscribe("mine", "1")
    client.ask("Host.getVMList", to="anything", reply_to=None)
    _, headers, body = client.frame()
    assert headers["destination"] == "/queue/_local/vdsm/reponses"
    assert "subscription" not in headers
    assert len(json.loads(body)["result"]) == 3


def test_hosts_of_4_0_take_both_styles(simulate: Simulate, dial: Dial) -> None:
    client = dial(simulate(version="4.0")).connect()
    client.subscribe("mine", "1")
    client.ask("Host.ping", to=LOCAL)
    assert "subscription" not in client.frame()[1]
    client.ask("Host.ping")
    assert client.frame()[1]["subscription"] == "1"


def test_words_to_other_clients_reach_who_listens_to_a_parent(client: Stomp) -> None:
    client.subscribe("jms", "parent")
    client.say("hello", to="jms.topic.gossip")
    assert client.frame()[1]["subscription"] == "parent"


# Events


@pytest.fixture
def listener(sim: Simulator, dial: Dial) -> Stomp:
    stomp = dial(sim).connect()
    stomp.subscribe(EVENTS, "e")
    stomp.subscribe("mine", "r")
    assert stomp.result("Host.ping2") is True  # the subscription has been taken by now
    return stomp


def test_a_pause_tells_the_status_alone(sim: Simulator, listener: Stomp) -> None:
    sim.do(pause("vm-1"))
    _, headers, body = listener.frame()
    told = json.loads(body)
    id = sim.vm_id("vm-1")
    assert headers["destination"] == EVENTS
    assert told["method"] == f"|virt|VM_status|{id}"
    assert "id" not in told
    assert told["params"][id] == {"status": "Paused"}
    assert told["params"]["notify_time"] > 2**31


def test_an_end_tells_why(sim: Simulator, listener: Stomp) -> None:
    sim.do(shutdown("vm-2"))
    id = sim.vm_id("vm-2")
    assert listener.answer()["params"][id] == {"status": "Powering down"}
    down = listener.answer()["params"][id]
    assert (down["status"], down["exitCode"], down["exitReason"]) == ("Down", 0, 7)
    record = next(vm for vm in listener.result("Host.getAllVmStats") if vm["vmId"] == id)
    assert (record["status"], record["exitReason"]) == ("Down", 7)


def test_times_of_events_and_of_records_are_one_clock(sim: Simulator, listener: Stomp) -> None:
    before = int(listener.result("Host.getAllVmStats")[0]["statusTime"])
    sim.do(pause("vm-1"))
    told = listener.answer()["params"]["notify_time"]
    after = int(listener.result("Host.getAllVmStats")[0]["statusTime"])
    assert before <= told <= after


def test_a_migration_is_told_by_both_hosts_with_its_progress(
    simulate: Simulate, dial: Dial
) -> None:
    sim = simulate(
        world=WorldOptions(pace=0, durations=Durations(migration=(1.5, 1.5), last_word=(0.1, 0.1)))
    )
    sides = {host: dial(sim, host).connect() for host in sim.hosts}
    for side in sides.values():
        side.subscribe(EVENTS, "e")
        side.subscribe("mine", "r")
        side.result("Host.ping2")
    sim.do(migrate("vm-1", "host-2"))
    id = sim.vm_id("vm-1")
    said: dict[str, list[tuple[str, str, object]]] = {host: [] for host in sides}
    for host, last in (("host-1", "Down"), ("host-2", "Up")):
        while not said[host] or said[host][-1][1] != last:
            told = sides[host].answer()
            one = told["params"][id]
            said[host].append((told["method"].split("|")[2], one["status"], one.get("progress")))
    kinds = [kind for kind, _, _ in said["host-1"]]
    assert kinds[0] == "VM_status"
    assert "VM_migration_status" in kinds
    assert [status for _, status, _ in said["host-2"]] == ["Migration Destination", "Up"]
    assert sim.truth()["vms"][id]["host"] == "host-2"


def test_a_changed_network_is_told_and_seen(sim: Simulator, listener: Stomp) -> None:
    before = listener.result("Host.getCapabilities")["networks"]
    sim.change_network("host-1")
    told = listener.answer()
    assert told["method"] == "|net|host_conn|no_id"
    assert set(told["params"]) == {"notify_time"}
    assert len(listener.result("Host.getCapabilities")["networks"]) == len(before) + 1


def test_a_reboot_turns_the_clock_back_and_moves_the_boot_time(
    sim: Simulator, listener: Stomp, dial: Dial
) -> None:
    boot, stamp = listener.result("Host.getStats")["bootTime"], _clock(sim)
    sim.do(reboot_host("host-1", secs=0.2))
    assert listener.ended_by() == "reset"
    again = _redial(sim, dial)
    again.subscribe("mine", "r")
    assert int(again.result("Host.getStats")["bootTime"]) > int(boot)
    assert _clock(sim) < stamp


def _clock(sim: Simulator) -> int:
    return sim.hosts["host-1"].daemon.moment().clock_ms


def _redial(sim: Simulator, dial: Dial) -> Stomp:
    with gevent.Timeout(10):
        while True:
            try:
                return dial(sim).connect()
            except OSError:
                gevent.sleep(0.02)
