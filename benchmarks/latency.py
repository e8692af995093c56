"""From a host's answer to everybody who is told of it."""

import json
import re
import socket
import statistics
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from benchmarks.peer import Peer
from benchmarks.registry import Figure, Run, benchmark
from benchmarks.watching import Pace, Watch, watching
from tests.ports import free_port
from vurti.repository import open_for_reading

HOSTS, VMS, CHANGING, PACE, SECS = 100, 30, 0.01, Pace(1.0, 7.5), 10.0
SINK = '[sinks.receiver]\nkind = "webhook"\nfrom = "vms"\nurl = "http://127.0.0.1:{port}/"\n'
_ID = re.compile(rb'"id":"([^"]+)"')
Heard = dict[str, float]
"""By the id of an event, the time of day at which somebody had it."""


class Step(NamedTuple):
    """How far an event has come, and how long after the answer that it was made of."""

    name: str
    secs: list[float]


@benchmark("latency", "From an answer to everybody who is told")
def latency(run: Run) -> Iterator[Figure]:
    """100 hosts with 30 VMs each answer over STOMP once a second, 1 % of the VMs change with each
    answer, and vurti stores in SQLite. From the moment at which a host made the answer until the
    change is decided, committed (in windows of a quarter of a second), told to a webhook, and read
    by a program that follows the live stream of the page. Milliseconds by the one clock of this
    machine."""
    with (
        tempfile.TemporaryDirectory() as directory,
        Peer(free_port(), run.many(HOSTS), VMS, CHANGING) as peer,
        _receiver() as receiver,
    ):
        sink = SINK.format(port=receiver.server_port)
        with watching(peer, Path(directory) / "vurti", PACE, more=sink) as watch:
            watch.until_known()
            read: Heard = {}
            threading.Thread(target=_follow, args=(_api(watch), read), daemon=True).start()
            time.sleep(5.0)
            for _ in range(run.rounds):
                began = time.time()
                time.sleep(run.secs(SECS))
                for step in _steps(watch, peer, began, receiver.heard, read):
                    yield from _figures(step)


def _figures(step: Step) -> Iterator[Figure]:
    cuts = statistics.quantiles(step.secs, n=100)
    yield Figure(step.name, "p50, ms", 1000 * cuts[49])
    yield Figure(step.name, "p99, ms", 1000 * cuts[98])
    yield Figure(step.name, "most, ms", 1000 * max(step.secs))


def _steps(watch: Watch, peer: Peer, since: float, told: Heard, read: Heard) -> list[Step]:
    """Of the events since then, the last second left out: not all of those have been told yet."""
    answered: dict[str, list[tuple[str, float]]] = {}
    for vm, paused, at in peer.changes():
        answered.setdefault(vm, []).append(("Paused" if paused else "Up", at))
    steps: dict[str, list[float]] = {
        name: [] for name in ("decided", "committed", "told to a webhook", "read by the page")
    }
    with open_for_reading(f"sqlite:///{watch.home / 'vurti.db'}") as reader:
        logged = [one for one in reader.log(0, 1_000_000) if one.event.kind == "VmStateChanged"]
    for one in logged:
        event = one.event
        if not since <= event.observed_at < time.time() - 1.0:
            continue
        status = getattr(event.after, "status", "")
        made = [when for said, when in answered.get(event.thing, ())
                if said == status and when <= event.observed_at]  # fmt: skip
        if not made:
            continue
        moments = (event.observed_at, one.committed_at, told.get(event.id), read.get(event.id))
        for secs, moment in zip(steps.values(), moments, strict=True):
            if moment is not None:
                secs.append(moment - made[-1])
    return [Step(name, secs) for name, secs in steps.items()]


class _Receiver(ThreadingHTTPServer):
    """Takes whatever is posted, and notes when."""

    daemon_threads = True

    def __init__(self, handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.heard: Heard = {}

    def __enter__(self) -> "_Receiver":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Receiver

    def do_POST(self) -> None:
        """Note each event."""
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        now = time.time()
        self.server.heard.update((event["id"], now) for event in events)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _receiver() -> _Receiver:
    return _Receiver(_Taking)


def _api(watch: Watch) -> int:
    config = tomllib.loads((watch.home / "vurti.toml").read_text())
    return int(config["api"]["address"].rpartition(":")[2])


def _follow(port: int, read: Heard) -> None:
    """The live stream, as a browser reads it."""
    request = "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", port))) as sock:
        sock.sendall(request.encode())
        held = b""
        while data := sock.recv(1 << 16):
            now, held = time.time(), held + data
            *lines, held = held.split(b"\n")
            for line in lines:
                if found := _ID.search(line):
                    read[found[1].decode()] = now
