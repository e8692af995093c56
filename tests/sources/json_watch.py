"""What tests of the source `json` have in common: hosts to watch, and ways to be rude."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gevent

from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host, Missed, Poll, Push, Question, Snapshot
from vurti.sources.json_http import JsonOptions, open_endpoint
from vurti.sources.json_http.endpoint import JsonEndpoint

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


def at_once(*asks: Callable[[], Poll]) -> list[Poll]:
    tasks = [gevent.spawn(ask) for ask in asks]
    gevent.joinall(tasks, timeout=20, raise_error=True)
    return [task.get(block=False) for task in tasks]


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
