"""What it costs to simulate hosts, while every host is asked for all its VMs again and again.

    python -m benchmarks.simulated_hosts [HOSTS] [VMS] [--every 2] [--secs 20] [--scheme vdsm+tcp]

A process simulates; this one asks by bytes made once and looks for nothing but the end of each
answer. Prints the simulator's share of a core, microseconds of its CPU for each answer (living
world, samples and events included), and the bytes of an answer.
"""

import argparse
import subprocess
import sys
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from gevent import monkey

monkey.patch_all()

import socket  # noqa: E402  after patching
import time  # noqa: E402

import gevent  # noqa: E402

from benchmarks.process import usage  # noqa: E402

CONNECT = (
    b"CONNECT\naccept-version:1.2\nheart-beat:0,30000\n\n\0"
    b"SUBSCRIBE\ndestination:mine\nid:1\nack:auto\n\n\0"
)
ASK = (
    b"SEND\ndestination:jms.topic.vdsm_requests\nreply-to:mine\n\n"
    b'[{"jsonrpc":"2.0","method":"Host.getAllVmStats","params":{},"id":"%s"}]\0'
)
ASK_XML = (
    b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 89\r\n\r\n<?xml version='1.0'?>"
    b"<methodCall><methodName>getAllVmStats</methodName></methodCall>"
)


class Asker:
    """Asks one host, spread over the period by its number."""

    answers = 0
    bytes_in = 0

    def __init__(self, url: str, number: int, every: float) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 0)
        self._stomp = parts.scheme == "vdsm+tcp"
        self._ask = ASK % b"%d" % number if self._stomp else _sized(ASK_XML)
        self._end = b"}]}\0" if self._stomp else b"</methodResponse>\n"
        self._every, self._offset = every, every * (number * 0.618 % 1)

    def run(self) -> None:
        """For ever; hosts go down and come back."""
        while True:
            with suppress(OSError), socket.create_connection(self._address) as sock:
                self._talk(sock)
            time.sleep(1.0)

    def _talk(self, sock: socket.socket) -> None:
        if self._stomp:
            sock.sendall(CONNECT)
        due = time.monotonic() + self._offset
        while True:
            time.sleep(max(0.0, due - time.monotonic()))
            due += self._every
            sock.sendall(self._ask)
            tail = b""
            while not tail.endswith(self._end):
                data = sock.recv(262144)
                if not data:
                    return
                Asker.bytes_in += len(data)
                tail = (tail + data)[-32:]
            Asker.answers += 1


def _sized(request: bytes) -> bytes:
    head, body = request.split(b"\r\n\r\n")
    return head.replace(b"89", b"%d" % len(body)) + b"\r\n\r\n" + body


def measure(program: subprocess.Popen[bytes], table: Path, every: float, secs: float) -> None:
    """Ask everybody, and print."""
    while not (table.exists() and table.stat().st_size):
        time.sleep(0.1)
        assert program.poll() is None, "the simulation ended"
    hosts = tomllib.loads(table.read_text())["hosts"]
    for number, host in enumerate(hosts.values()):
        gevent.spawn(Asker(host["url"], number, every).run)
    time.sleep(2 * every)  # until all are connected
    before, answers, read = usage(program.pid).cpu_secs, Asker.answers, Asker.bytes_in
    time.sleep(secs)
    spent, told = usage(program.pid).cpu_secs - before, Asker.answers - answers
    print(f"hosts asked           {len(hosts)} every {every:g} s")
    print(f"answers               {told / secs:.0f} a second (wanted {len(hosts) / every:.0f})")
    print(f"simulator             {100 * spent / secs:.0f} % of a core")
    print(f"CPU for each answer   {1e6 * spent / told:.0f} µs")
    print(f"bytes of an answer    {(Asker.bytes_in - read) / told:.0f}")
    print(f"memory of simulator   {usage(program.pid).rss_kib / 1024:.0f} MiB")


def main() -> None:
    """Simulate and ask."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hosts", nargs="?", type=int, default=1000)
    parser.add_argument("vms", nargs="?", type=int, default=30)
    parser.add_argument("--every", type=float, default=2.0)
    parser.add_argument("--secs", type=float, default=20.0)
    parser.add_argument("--scheme", choices=("vdsm+tcp", "vdsm+http"), default="vdsm+tcp")
    parser.add_argument("--pace", type=float, default=1.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        table = Path(home) / "hosts.toml"
        words = (
            sys.executable, "-m", "vurti", "simulate", "--hosts", str(given.hosts), "--vms",
            str(given.vms), "--scheme", given.scheme, "--ports-from", "30000", "--write",
            str(table), "--pace", str(given.pace),
        )  # fmt: skip
        with subprocess.Popen(words, stdout=subprocess.DEVNULL) as program:  # noqa: S603  ours
            try:
                measure(program, table, given.every, given.secs)
            finally:
                program.terminate()


if __name__ == "__main__":
    main()
