"""A simulated fleet, a vurti that watches it, and the address of its page."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.fleet.watched import Control, control_url
from tests.ports import free_port
from tests.service.program import Program
from tests.waiting import wait_for

SETTINGS = """
include = ["hosts.toml"]
[repository]
url = "sqlite:///vurti.db"
[listen]
address = ""
[api]
address = "127.0.0.1:{port}"
requests_per_sec = 1000
[poll]
status_secs = 0.5
statistics_secs = 2
timeout_secs = 1
statistics_timeout_secs = 1
[rules]
grace_secs = 3
grace_per_vm_secs = 0
quiet_secs = 0
"""
STALE_SECS = 2.0
"""Two beats and a time-out: a host that is not heard for so long is stale."""


class Site:
    """Hosts on which nothing happens but what is told to `control`; `url` stays over restarts."""

    def __init__(self, home: Path, control: Control, hosts: int, vms: int) -> None:
        self.home, self.control, self.hosts, self.vms = home, control, hosts, vms
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = home / "vurti.toml"
        self.config.write_text(SETTINGS.format(port=self.port), encoding="utf-8")
        self._program: Program | None = None

    def start(self) -> None:
        """Watch, until all hosts are Up."""
        self._program = Program(self.home, "run", str(self.config))
        wait_for(self.is_up, "vurti answers, and its hosts are Up", 60, 0.1, but=self._program.text)

    def stop(self) -> None:
        """It ends as a supervisor ends it."""
        assert self._program is not None
        assert self._program.stop() == 0
        self._program = None

    def stand_still(self, still: bool) -> None:
        """Let it do nothing at all, its connections open; or go on."""
        assert self._program is not None
        self._program.process.send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    def close(self) -> None:
        if self._program is not None:
            self._program.kill()

    def is_up(self) -> bool:
        """Whether it answers, and every host is Up."""
        try:
            with urlopen(f"{self.url}/api/v1/hosts?status=Up&limit=1000", timeout=5) as answer:
                return bytes(answer.read()).count(b'"status":"Up"') == self.hosts
        except OSError:  # nobody listens, or not within its time
            return False

    def strike(self, kind: str, *hosts: str) -> None:
        """Something is wrong with these hosts from now on."""
        self.control.post("/faults", kind=kind, hosts=hosts)

    def mend(self) -> None:
        """Nothing is wrong any more."""
        self.control.post("/mend")

    def story(self, kind: str, thing: str, **more: Any) -> None:
        """Let it happen."""
        self.control.post("/stories", kind=kind, thing=thing, **more)

    def vms_of(self, host: str) -> list[str]:
        """The ids of the VMs that are Up there, as vurti knows them."""
        vms = self.control.get("/truth")["vms"]
        return sorted(id for id, vm in vms.items() if vm["host"] == host and vm["status"] == "Up")

    def name(self, vm: str) -> str:
        """What a VM with this id is called in stories."""
        return str(self.control.get("/truth")["vms"][vm]["id"])


@contextmanager
def site(home: Path, hosts: int = 12, vms: int = 6) -> Iterator[Site]:
    """Both run while the block does."""
    (home / "simulator").mkdir(parents=True)
    size = ("--hosts", str(hosts), "--vms", str(vms), "--pace", "0")
    where = ("--port", str(free_port()), "--write", str(home / "hosts.toml"))
    with Program(home / "simulator", "simulate", *size, *where) as simulator:
        made = Site(home, Control(control_url(simulator)), hosts, hosts * vms)
        made.start()
        try:
            yield made
        finally:
            made.close()
