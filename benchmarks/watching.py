"""`vurti run` on prepared hosts, in a process of its own, with all that it has switched on."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

from benchmarks.peer import Peer
from benchmarks.process import Usage, program, usage

KNOWN_SECS_MAX = 180.0


class Pace(NamedTuple):
    """How often hosts are asked for states, and for statistics."""

    status_secs: float
    statistics_secs: float


class Watch:
    """A `vurti run` under way. `home` has its log, its store and its configuration."""

    def __init__(self, process: subprocess.Popen[bytes], home: Path, port: int) -> None:
        self.process, self.home, self._port = process, home, port

    def usage(self) -> Usage:
        """What it has cost so far."""
        return usage(self.process.pid)

    def metrics(self) -> str:
        """What it tells of itself."""
        with urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=30) as answer:
            text: str = answer.read().decode()
            return text

    def stored(self, sql: str) -> Any:
        """One figure out of its store (SQLite)."""
        uri = f"file:{self.home / 'vurti.db'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=30)) as store:
            return store.execute(sql).fetchone()[0]

    def summaries(self) -> list[dict[str, Any]]:
        """The lines of its log that sum up, as JSON has them, oldest first."""
        lines = (self.home / "log").read_bytes().splitlines()
        told = (json.loads(line) for line in lines if line[:1] == b"{" and b"late_p99" in line)
        return [one["extra"] for one in told]

    def until_known(self, vms: int) -> None:
        """Until all VMs are stored. Fails where that takes minutes, or where it ended."""
        until = time.monotonic() + KNOWN_SECS_MAX
        while not self._knows(vms):
            assert self.process.poll() is None, (self.home / "log").read_text()[-2000:]
            assert time.monotonic() < until, f"not all VMs are known: {self.home}"
            time.sleep(0.2)

    def _knows(self, vms: int) -> bool:
        try:
            return bool(self.stored("select count(*) from vm_dynamic") >= vms)
        except sqlite3.OperationalError:
            return False  # there is no such table yet


@contextmanager
def watching(
    peer: Peer, home: Path, pace: Pace, port: int, scheme: str = "vdsm+tcp", store: str = "",
    more: str = "",
) -> Iterator[Watch]:  # fmt: skip
    """Watch all of the peer's hosts: evidence, metrics, API and a log of each event, as by default.
    `port` and the one after it are listened at; `more` are lines of the configuration."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "vurti.toml").write_text(configuration(peer, home, pace, port, scheme, store) + more)
    with program(home / "log", "-m", "vurti", "run", str(home / "vurti.toml")) as process:
        yield Watch(process, home, port)


def configuration(
    peer: Peer, home: Path, pace: Pace, port: int, scheme: str, store: str = ""
) -> str:
    """The configuration of such a watch."""
    path = "/vurti" if scheme.startswith("json") else ""
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
address = "127.0.0.1:{port + 1}"
[poll]
status_secs = {pace.status_secs}
statistics_secs = {pace.statistics_secs}
statistics_timeout_secs = {min(10.0, pace.statistics_secs)}
[rules]
quiet_secs = 0
{_sources(scheme, home)}
[hosts]
{hosts}
"""


def _sources(scheme: str, home: Path) -> str:
    keys = home.parent / "keys"
    files = f'ca_path = "{keys}/ca.pem"\ncert_path = "{keys}/client.pem"\n'
    files += f'key_path = "{keys}/client.key"\n'
    return {
        "vdsm": f"[sources.vdsm]\n{files}",
        "vdsm+https": f"[sources.vdsm_xmlrpc]\n{files}check_hostname = false\n",
        "json+http": "[sources.json]\npushes = false\n",
    }.get(scheme, "")
