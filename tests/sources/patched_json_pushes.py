"""Agents that speak by themselves; a whole fleet; and what every source must do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest

from tests.sources.json_agent import Agent, agent
from tests.sources.json_watch import (
    CLOCK,
    HOST,
    OK,
    QUICK,
    UP,
    raw,
    silent,
    watching,
)
from tests.waiting import until
from vurti import PushAdapter, load_config
from vurti.clock import Clock
from vurti.model import (
    Host,
    Snapshot,
    VmStatus,
)
from vurti.sources.json_http import SOURCE, JsonOptions, open_endpoint
from vurti.sources.json_http.endpoint import JsonEndpoint
from vurti.testing.sources import SourceConformance


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
