"""`vurti run` on prepared hosts, in a process of its own, with all that it has switched on."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

from benchmarks.peer import Peer
from benchmarks.process import ROOT, Usage, program, usage
from tests.ports import free_port

KNOWN_SECS_MAX = 420.0
STILL_SECS = 5.0
LOOK_SECS = 0.5
"""So often it is asked how much it knows by now: its answer costs it some, and the more the more it
watches."""
_STORED = re.compile(r"^vurti_committed_rows_total\{.*\} ([\d.e+]+)$", re.MULTILINE)
_ANSWERED = re.compile(r'^vurti_polls_total\{outcome="answered"\} ([\d.e+]+)$', re.MULTILINE)
_KNOWN = re.compile(r"^vurti_vms\{.*\} ([\d.e+]+)$", re.MULTILINE)


class Pace(NamedTuple):
    """How often hosts are asked for states, and for statistics."""

    status_secs: float
    statistics_secs: float


class Watch:
    """A `vurti run` under way. `home` has its log, its store and its configuration."""

    def __init__(self, process: subprocess.Popen[bytes], home: Path, port: int, vms: int) -> None:
        self.process, self.home, self.port = process, home, port
        self._vms = vms

    def usage(self) -> Usage:
        """What it has cost so far."""
        return usage(self.process.pid)

    def metrics(self) -> str:
        """What it tells of itself."""
        with urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            text: str = answer.read().decode()
            return text

    def known(self) -> int:
        """Of how many VMs it knows."""
        return int(sum(map(float, _KNOWN.findall(self.metrics()))))

    def answered(self) -> int:
        """How many of its questions were answered so far."""
        return int(sum(map(float, _ANSWERED.findall(self.metrics()))))

    def summaries(self) -> list[dict[str, Any]]:
        """The lines of its log that sum up, as JSON has them, oldest first."""
        lines = (self.home / "log").read_bytes().splitlines()
        told = (json.loads(line) for line in lines if line[:1] == b"{" and b"late_p99" in line)
        return [one["extra"] for one in told]

    def until_known(self, secs_max: float = KNOWN_SECS_MAX) -> None:
        """Until all VMs of all hosts are. Fails where that takes longer, or where it ended."""
        until, known = time.monotonic() + secs_max, 0
        while known < self._vms:
            assert self.process.poll() is None, (self.home / "log").read_text()[-2000:]
            assert time.monotonic() < until, f"{known} of {self._vms} VMs are known"
            time.sleep(LOOK_SECS)
            try:
                known = self.known()
            except OSError:
                continue  # it does not listen yet, or has too much to do

    def until_stored(self) -> None:
        """Until no row of a host or a VM was stored for some seconds. Fails after minutes."""
        until, stored, since = time.monotonic() + KNOWN_SECS_MAX, -1.0, time.monotonic()
        while time.monotonic() < since + STILL_SECS:
            assert time.monotonic() < until, f"{stored:.0f} rows are stored, and it does not end"
            time.sleep(0.5)
            found = sum(map(float, _STORED.findall(self.metrics())))
            if found != stored:
                stored, since = found, time.monotonic()


@contextmanager
def watching(
    peer: Peer, home: Path, pace: Pace, scheme: str = "vdsm+tcp", store: str = "",
    vurti: Path = ROOT, keys: Path | None = None, more: str = "",
) -> Iterator[Watch]:  # fmt: skip
    """Watch all of the peer's hosts: evidence, metrics, API and a log of each event, as by default.
    `vurti` is the checkout that does it, `more` are tables of the configuration."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = configuration(peer, home, pace, port, scheme, store, keys)
    (home / "vurti.toml").write_text(config + more)
    words = ("-m", "vurti", "run", str(home / "vurti.toml"))
    with program(home / "log", *words, checkout=vurti) as process:
        yield Watch(process, home, port, len(peer.urls(scheme)) * peer.vms)


def configuration(
    peer: Peer, home: Path, pace: Pace, port: int, scheme: str, store: str = "",
    keys: Path | None = None,
) -> str:  # fmt: skip
    """The configuration of such a watch."""
    path = {"json+http": "/vurti", "json+https": "/vurti", "qemu+tcp": "/system"}.get(scheme, "")
    query = "?check_hostname=false" if scheme == "vdsm" else ""
    hosts = "\n".join(
        f'{name} = {{ url = "{url}" }}' for name, url in peer.urls(scheme, path + query).items()
    )
    return f"""
[repository]
url = "{store or f"sqlite:///{home}/vurti.db"}"
[log]
format = "json"
summary_secs = 1.0
[listen]
address = "127.0.0.1:{port}"
[api]
address = "127.0.0.1:{free_port()}"
[poll]
status_secs = {pace.status_secs}
statistics_secs = {pace.statistics_secs}
statistics_timeout_secs = {min(10.0, pace.statistics_secs)}
[rules]
quiet_secs = 0
{_sources(scheme, keys)}
[hosts]
{hosts}
"""


def _sources(scheme: str, keys: Path | None) -> str:
    if scheme == "json+http":
        return "[sources.json]\npushes = false\n"
    if keys is None:
        return ""
    trust = f'ca_path = "{keys}/ca.pem"\n'
    ours = f'{trust}cert_path = "{keys}/client.pem"\nkey_path = "{keys}/client.key"\n'
    return {
        "vdsm": f"[sources.vdsm]\n{ours}",
        "vdsm+https": f"[sources.vdsm_xmlrpc]\n{ours}check_hostname = false\n",
        "json+https": f"[sources.json]\npushes = false\n{trust}",
    }.get(scheme, "")
