"""A busy fleet, watched, with many who read its live stream, some of whom never read.

    python -m benchmarks.api_load [--hosts 1000] [--vms 30] [--pace 10] [--readers 80] [--deaf 20]
    python -m benchmarks.api_load --changes 2000 [--apart]

From the top of a checkout. Prints how long committed events took until readers had them, how long
a page of VMs and /livez took meanwhile, what vurti cost, and how late its polls left. Readers are
in a process of their own and look only at the last event of what they get.

Hosts are those of the simulator, which speak by themselves, fail and migrate, and take a core of
their own at `--pace 10`; or with `--changes` prepared ones, which cost next to nothing, are only
asked, and have that many VMs a second paused or go on. With `--apart` pages and readers are
answered by `vurti serve`, which is told of as well.
"""

import argparse
import math
import re
import selectors
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from benchmarks.peer import Peer
from benchmarks.process import program, usage
from benchmarks.thousand_hosts import Log, meanwhile
from tests.fleet.watched import watching
from tests.ports import free_port
from tests.waiting import wait_for
from vurti.repository import open_for_reading

API, LISTEN, SIMULATED, WITHIN = 54_911, 54_912, 54_913, 54_914
STATUS_SECS, STATISTICS_SECS = 2.0, 15.0
COMMITTED = re.compile(rb'"committed_at":"([^"]+)"')
SETTINGS = f"""
[repository]
url = "sqlite:///HOME/vurti.db"
[log]
format = "json"
summary_secs = 1.0
[listen]
address = "127.0.0.1:{LISTEN}"
[api]
address = "127.0.0.1:{API}"
requests_per_sec = 10000
[poll]
status_secs = {STATUS_SECS}
statistics_secs = {STATISTICS_SECS}
"""


APART = f"""
[repository]
url = "sqlite:///HOME/vurti.db"
[api]
address = "127.0.0.1:{API}"
requests_per_sec = 10000
"""


class Loaded(NamedTuple):
    """A vurti under load: its process, its store and its log; and the one that answers for it."""

    pid: int
    store: str
    log: Path
    apart: int | None = None

    def hosts_up(self) -> int:
        """How many are."""
        with open_for_reading(self.store) as reader:
            return sum(host.value.status == "Up" for host in reader.vdss.list(whole=False))

    def committed(self) -> int:
        """How many events the log has had."""
        with open_for_reading(self.store) as reader:
            return reader.log_bounds()[1]


def connected(path: str) -> socket.socket:
    """A reader of the stream; its buffer is as small as that of any browser may be."""
    sock = socket.create_connection(("127.0.0.1", API))
    request = f"GET /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
    sock.sendall(request.encode())
    return sock


def read(readers: int, secs: float, told: Connection) -> None:
    """In a process of its own: the delays of what all of them got."""
    delays: list[float] = []
    with ExitStack() as closing, selectors.DefaultSelector() as ready:
        for _ in range(readers):
            sock = closing.enter_context(connected("/stream"))
            sock.setblocking(False)
            ready.register(sock, selectors.EVENT_READ)
        until, received = time.monotonic() + secs, 0
        while time.monotonic() < until:
            for key, _ in ready.select(0.2):
                assert isinstance(key.fileobj, socket.socket)
                got = key.fileobj.recv(1 << 20)
                received += len(got)
                # Of the last one only: to look for all takes more than to send them.
                if found := COMMITTED.search(got, max(got.rfind(b'"committed_at"'), 0)):
                    at = datetime.fromisoformat(found[1].decode()).timestamp()
                    delays.append(time.time() - at)
    told.send((delays, received))


def timed(url: str, pause: float, until: float) -> Iterator[float]:
    """How long each answer took, again and again; infinite where there was none."""
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            with urlopen(url, timeout=30) as answer:
                answer.read()
            yield time.monotonic() - began
        except OSError:
            yield math.inf
        time.sleep(pause)


def told(name: str, secs: list[float]) -> str:
    """The middle, the 99th percentile and the most."""
    if not secs:
        return f"{name}: never answered"
    cuts = statistics.quantiles(secs, n=100) if len(secs) > 1 else [0.0] * 99
    figures = (1000 * one for one in (statistics.median(secs), cuts[98], max(secs)))
    return f"{name}: median {{:.0f}}, p99 {{:.0f}}, most {{:.0f}} ms ({len(secs)})".format(*figures)


@contextmanager
def simulated(home: Path, args: argparse.Namespace) -> Iterator[Loaded]:
    """Hosts of the simulator."""
    size = ("--hosts", str(args.hosts), "--vms", str(args.vms), "--pace", str(args.pace))
    settings = SETTINGS.replace("HOME", str(home))
    if args.pushed_secs:
        settings += f"status_pushed_secs = {args.pushed_secs}\n"
    reach = ("--scheme", "vdsm+tcp", "--port", str(SIMULATED))
    with watching(home, settings, *size, *reach, events=False) as fleet:
        service = fleet.service
        yield Loaded(service.process.pid, f"sqlite:///{home}/vurti.db", service.log)


@contextmanager
def prepared(home: Path, args: argparse.Namespace) -> Iterator[Loaded]:
    """Hosts that cost next to nothing."""
    home.mkdir()
    answers = args.hosts * (1 / STATUS_SECS + 1 / STATISTICS_SECS)
    changing = args.changes / (answers * args.vms)
    with Peer(free_port(), args.hosts, args.vms, changing) as peer:
        urls = peer.urls("vdsm+tcp").items()
        hosts = "\n".join(f'{name} = {{ url = "{url}" }}' for name, url in urls)
        config, log = home / "vurti.toml", home / "log"
        settings = SETTINGS.replace(str(API), str(WITHIN)) if args.apart else SETTINGS
        config.write_text(f"{settings.replace('HOME', str(home))}[hosts]\n{hosts}\n")
        with ExitStack() as closing:
            process = closing.enter_context(program(log, "-m", "vurti", "run", str(config)))
            wait_for(lambda: b'"watching ' in log.read_bytes(), "it to watch", 60)
            apart = closing.enter_context(serving(home)) if args.apart else None
            yield Loaded(process.pid, f"sqlite:///{home}/vurti.db", log, apart)


@contextmanager
def serving(home: Path) -> Iterator[int]:
    """A process of its own that answers; its pid."""
    config, log = home / "serve.toml", home / "serve.log"
    config.write_text(APART.replace("HOME", str(home)))
    url = f"http://127.0.0.1:{WITHIN}"
    with program(log, "-m", "vurti", "serve", str(config), "--url", url) as process:
        wait_for(lambda: b"answering from" in log.read_bytes(), "it to answer", 60)
        yield process.pid


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--vms", type=int, default=30)
    parser.add_argument("--pace", type=float, default=10.0, help="10: 2,000 changes a second")
    parser.add_argument("--changes", type=float, help="of hosts that are prepared, a second")
    parser.add_argument("--apart", action="store_true", help="answered by vurti serve")
    parser.add_argument("--readers", type=int, default=80)
    parser.add_argument("--deaf", type=int, default=20, help="readers who never read")
    parser.add_argument("--secs", type=float, default=30.0)
    parser.add_argument("--warm", type=float, default=30.0, help="before anything is measured")
    parser.add_argument(
        "--pushed-secs", type=float, help="ask hosts that speak by themselves so seldom"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        run(Path(directory) / "fleet", args)


def run(home: Path, args: argparse.Namespace) -> None:
    """Everything, in this directory."""
    fleet = prepared if args.changes else simulated
    with fleet(home, args) as loaded:
        wait_for(lambda: loaded.hosts_up() >= 0.9 * args.hosts, "the fleet", 180)
        time.sleep(args.warm)
        log = Log(loaded.log)
        log.read()
        with ExitStack() as closing:
            for _ in range(args.deaf):
                closing.enter_context(connected("/stream?after=0"))
            measure(loaded, log, args)


def measure(loaded: Loaded, log: Log, args: argparse.Namespace) -> None:
    """All at once, for so many seconds."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    reading = context.Process(target=read, args=(args.readers, args.secs, theirs))
    pages: list[float] = []
    alive: list[float] = []
    until = time.monotonic() + args.secs
    page = f"http://127.0.0.1:{API}/api/v1/vms?status=Up&limit=500"
    livez = f"http://127.0.0.1:{LISTEN}/livez"
    asking = [
        threading.Thread(target=lambda: pages.extend(timed(page, 0.2, until))),
        threading.Thread(target=lambda: alive.extend(timed(livez, 0.1, until))),
    ]
    processes = {"vurti": loaded.pid} | ({"serve": loaded.apart} if loaded.apart else {})
    before = {name: usage(pid) for name, pid in processes.items()}
    began, past = time.monotonic(), loaded.committed()
    reading.start()
    for one in asking:
        one.start()
    delays, received = ours.recv()
    took, events = time.monotonic() - began, loaded.committed()
    after = {name: usage(pid) for name, pid in processes.items()}
    for one in asking:
        one.join()
    reading.join()
    during = meanwhile(log.read())
    print(f"{(events - past) / took:.0f} events committed a second")
    print(told("committed -> reader", delays))
    print(told("page of 500 VMs, by status", pages))
    print(told("/livez", alive))
    print(f"{received / took / 1e6:.1f} MB/s to {args.readers} readers")
    for name, was in before.items():
        now = after[name]
        share = 100 * (now.cpu_secs - was.cpu_secs) / took
        print(f"{name}: {share:.0f} % of a core, {was.rss_kib >> 10} -> {now.rss_kib >> 10} MiB")
    print(f"polls: p99 {1000 * during.late_p99_secs:.0f} ms late, {dict(during.missed)} missed")


if __name__ == "__main__":
    main()
