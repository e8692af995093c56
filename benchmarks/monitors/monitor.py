"""What is wanted of each of them."""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import ClassVar, NamedTuple, Self

from benchmarks.process import ROOT, Usage, running, usage
from tests.libvirt import bed as beds
from tests.libvirt.machine import Guest, Host

INTERVAL_SECS = 1.0
"""Each of them asks each host so often, for all that it keeps."""
TOLD, ASKED = "told by libvirt", "by asking alone"
"""How a monitor may come to know that a VM has ended."""

PACKAGES = {
    "prometheus": "prometheus",
    "prometheus-libvirt-exporter": "prometheus-libvirt-exporter",
    "collectd": "collectd-core",
}
"""The package of Debian that has each program."""
HOW = f"{beds.HOW} {' '.join(PACKAGES.values())}"
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def missing(path: str = _PATH) -> list[str]:
    """The packages of the programs that are not on this path."""
    return [name for tool, name in PACKAGES.items() if shutil.which(tool, path=path) is None]


def found(tool: str) -> str:
    """Where a program is: services are seldom on a user's path."""
    return shutil.which(tool, path=_PATH) or tool


class Watched(NamedTuple):
    """Hosts, and the VMs that run on each of them."""

    vms: Mapping[Host, tuple[Guest, ...]]

    @property
    def name(self) -> str:
        """As the table has it."""
        hosts = len(self.vms)
        return f"{len(self.all)} VMs on {hosts} host{'s' if hosts > 1 else ''}"

    @property
    def all(self) -> list[Guest]:
        """The VMs of all hosts."""
        return [vm for vms in self.vms.values() for vm in vms]


class Monitor(ABC):
    """Watches hosts while it is entered. All that its processes write is in `home`, an empty
    directory of its own."""

    name: ClassVar[str]

    def __init__(self, watched: Watched, home: Path) -> None:
        self.watched, self.home = watched, home
        self._stack = ExitStack()
        self._parts: dict[str, list[Popen[bytes]]] = {}

    def __enter__(self) -> Self:
        with self._stack:  # what has started ends if something does not
            self.begin()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @abstractmethod
    def begin(self) -> None:
        """Start its processes."""

    @abstractmethod
    def samples(self) -> int:
        """How many samples of a VM it has taken since its start."""

    @abstractmethod
    def values(self, vm: Guest) -> int:
        """How many values it keeps of a VM each time, its state included."""

    @abstractmethod
    def knows(self) -> bool:
        """Whether it has heard of all VMs."""

    @property
    @abstractmethod
    def signs(self) -> Mapping[str, Callable[[Guest], bool]]:
        """By how it comes to know it: whether it says by now that a VM does not run any more."""

    def parts(self) -> dict[str, Usage]:
        """What each kind of its processes has cost so far. Fails where one has ended."""
        return {part: _sum(processes, self.log) for part, processes in self._parts.items()}

    def log(self) -> str:
        """The end of all that its processes said."""
        return "\n".join(file.read_text()[-2000:] for file in sorted(self.home.glob("*.log")))

    def run(self, part: str, *command: str, cwd: Path = ROOT) -> Popen[bytes]:
        """Start one process of a part; it ends with all of them."""
        log = self.home / f"{part}-{len(self._parts.get(part, []))}.log"
        process = self._stack.enter_context(running(log, *command, cwd=cwd))
        self._parts.setdefault(part, []).append(process)
        return process


def _sum(processes: list[Popen[bytes]], log: Callable[[], str]) -> Usage:
    assert all(process.poll() is None for process in processes), log()
    used = [usage(process.pid) for process in processes]
    return Usage(*(sum(column) for column in zip(*used, strict=True)))
