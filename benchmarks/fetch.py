"""Asking a host, by each source, plain and over TLS."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.limits import MSGSPEC, ORJSON, RECEIVE, REQUESTS
from benchmarks.peer import Peer
from benchmarks.process import ROOT, printed
from benchmarks.registry import Figure, Run, benchmark
from benchmarks.watching import Pace, configuration
from tests.ports import free_port

VMS, POLLS, SLOW_POLLS = 30, 1000, 150
ROWS = {
    "STOMP": ("vdsm+tcp", (RECEIVE, MSGSPEC, ORJSON, REQUESTS)),
    "STOMP, TLS": ("vdsm", (RECEIVE, MSGSPEC, ORJSON, REQUESTS)),
    "JSON over requests": ("json+http", (RECEIVE, ORJSON, REQUESTS)),
    "JSON over requests, TLS": ("json+https", (RECEIVE, ORJSON, REQUESTS)),
    "XML-RPC over requests": ("vdsm+http", (RECEIVE, REQUESTS)),
    "XML-RPC over requests, TLS": ("vdsm+https", (RECEIVE, REQUESTS)),
    "libvirt (states alone)": ("qemu+tcp", (RECEIVE,)),
}


@benchmark("fetch", "Asking a host", "µs an answer about 30 VMs")
def fetch(run: Run) -> Iterator[Figure]:
    """One host is asked again and again for the states of its 30 VMs: 68 KB of JSON, 260 KB of XML,
    or 3 KB of libvirt's own. vurti makes values of the answer. The others receive it by hand and do
    nothing with it, decode 13 fields of each VM or all of it; or they are written as one writes it
    with requests, and json or xmlrpc of the standard library. CPU of the process that asks."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "vurti"
        home.mkdir()
        with (
            Peer(free_port(), 1, VMS) as plain,
            Peer(free_port(), 1, VMS, keys=home.parent / "keys") as secure,
        ):
            for _ in range(run.rounds):
                for row, (scheme, ways) in ROWS.items():
                    peer = secure if scheme in ("vdsm", "json+https", "vdsm+https") else plain
                    yield from _round(peer, home, row, scheme, ways, run)


def _round(
    peer: Peer, home: Path, row: str, scheme: str, ways: tuple[str, ...], run: Run
) -> Iterator[Figure]:
    polls = str(run.many(SLOW_POLLS if scheme.startswith("vdsm+http") else POLLS))
    config, keys = home / "vurti.toml", home.parent / "keys"
    config.write_text(configuration(peer, home, Pace(2.0, 15.0), free_port(), scheme, keys=keys))
    words = (str(ROOT / "benchmarks/fetching.py"), str(config), "vms", polls)
    for way, checkout in run.checkouts():
        yield Figure(row, way, float(printed(*words, checkout=checkout)))
    (url,) = peer.urls(scheme).values()
    for way in ways:
        yield Figure(row, way, float(printed("-m", "benchmarks.limits", url, way, polls)))
