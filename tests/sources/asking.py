"""A program patched by gevent that asks hosts, and the handle by which a test uses it.

Run as a program it reads orders from its standard input, each a pickle in one line of base64, and
writes what came of them in the same way.
"""

import base64
import os
import pickle
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ORDER_SECS_MAX = 30.0


@dataclass
class Order:
    """Open an endpoint for `url`, ask `questions` one after the other, or all `at_once`, and close
    it. `pause_secs` come between two questions; `close_after_secs` closes it while they may be
    under way."""

    url: str
    questions: tuple[str, ...]
    secs: float = 5.0
    at_once: bool = False
    pause_secs: float = 0.0
    host: str = "a"
    close_after_secs: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    source: str = "vurti.sources.vdsm_xmlrpc"


@dataclass
class Report:
    """What came of an order. `took` in seconds, one for each question; `descriptors` is by how
    many open files the program has grown."""

    polls: list[Any]
    took: list[float]
    counts: dict[str, int]
    descriptors: int
    called_back: int


class Asking:
    """The program, running."""

    def __init__(self, **environment: str) -> None:
        words = [sys.executable, str(Path(__file__)), "--serve"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, bufsize=0
        )

    def ask(self, url: str, *questions: str, **fields: Any) -> Report:
        """Carry out an order. Raises AssertionError where the program fails or takes too long."""
        assert self._process.stdin is not None
        order = Order(url, questions or ("vms",), **fields)
        self._process.stdin.write(base64.b64encode(pickle.dumps(order)) + b"\n")
        report = pickle.loads(base64.b64decode(self._line()))
        assert isinstance(report, Report), report
        return report

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        finally:
            self._process.kill()
            self._process.stdout.close()
            self._process.wait(10)

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        line, until = b"", time.monotonic() + ORDER_SECS_MAX
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self._process.stdout], [], [], until - time.monotonic())
            assert ready, f"no report within {ORDER_SECS_MAX:g} s"
            part = os.read(self._process.stdout.fileno(), 65536)
            assert part, f"the asking program ended with {self._process.wait(10)}"
            line += part
        return line


def _carry_out(order: Order) -> Report:
    from importlib import import_module

    import gevent

    from vurti.clock.gevent_clock import GeventClock
    from vurti.model import Host, Question

    source = import_module(order.source).SOURCE
    before = _descriptors()
    clock = GeventClock()
    endpoint = source.open_endpoint(Host("a", order.url), clock, source.options(**order.options))
    called: list[object] = []
    endpoint.open(called.append, called.append)

    def ask(question: str) -> tuple[Any, float]:
        began = time.monotonic()
        poll = endpoint.fetch(order.host, Question(question), order.secs)
        took = time.monotonic() - began
        gevent.sleep(order.pause_secs)
        return poll, took

    try:
        if order.close_after_secs is not None:
            gevent.spawn_later(order.close_after_secs, endpoint.close)
        if order.at_once:
            asking = [gevent.spawn(ask, question) for question in order.questions]
            gevent.joinall(asking)
            told = [one.get() for one in asking]
        else:
            told = [ask(question) for question in order.questions]
    finally:
        endpoint.close()
    counts = {**endpoint.mended, "bytes_in": endpoint.bytes_in, "bytes_out": endpoint.bytes_out}
    counts["unreadable"] = endpoint.unreadable
    polls, took = [poll for poll, _ in told], [secs for _, secs in told]
    return Report(polls, took, counts, _descriptors() - before, len(called))


def _descriptors() -> int:
    import gc

    gc.collect()  # only what is still held counts, not what waits to be collected
    return len(os.listdir("/dev/fd"))


def _serve() -> None:
    from gevent.fileobject import FileObjectThread

    # What pickles must not be of this program's __main__ but of the module that the test imports.
    from tests.sources import asking

    read, write = FileObjectThread(sys.stdin.buffer, "rb"), sys.stdout.buffer
    while line := read.readline():
        try:
            report: object = asking._carry_out(pickle.loads(base64.b64decode(line)))
        except Exception as error:  # noqa: BLE001 - the test shows it
            report = f"{type(error).__name__}: {error}"
        write.write(base64.b64encode(pickle.dumps(report)) + b"\n")
        write.flush()


if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()
    _serve()
