"""A test bed of real hypervisors: several libvirtd with QEMU on one machine, and their VMs.

    with Bed(hosts=2) as bed:
        vm = bed.vm("web")
        bed.host(1).start(vm)
        bed.host(1).migrate(vm, bed.host(2))

Each host has mounts, pids, host name and UUID of its own, so nothing outside the bed is touched and
everything ends with it, also when the test process is killed. Needs root; see `missing`.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from uuid import UUID, uuid4

from tests.libvirt.certificates import Authority
from tests.libvirt.machine import HERE, Guest, Host, write_configuration
from tests.ports import free_port
from tests.waiting import wait_for

HOW = (
    "As root: apt-get install -y --no-install-recommends libvirt-daemon libvirt-daemon-driver-qemu"
    " libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils seabios binutils"
)
TOOLS = ("libvirtd", "virsh", "qemu-system-x86_64", "as", "ld", "unshare", "nsenter", "setpriv")
START_SECS = 30.0
PREFIX = "vurti-bed-"


def missing() -> list[str]:
    """What the machine lacks for a bed; empty where one can be made."""
    lacks = [tool for tool in TOOLS if not _found(tool)]
    if os.geteuid() != 0:
        return [*lacks, "root"]
    if "unshare" not in lacks and not _may_unshare():
        lacks.append("permission to make namespaces (a container needs --privileged)")
    return lacks


def _found(tool: str) -> str | None:
    return shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin")


def _may_unshare() -> bool:
    words = ["unshare", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "true"]
    done = subprocess.run(words, capture_output=True, check=False, timeout=START_SECS)
    return done.returncode == 0


class Bed:
    """So many hypervisors, numbered from 1, and the guests that can run on any of them."""

    def __init__(self, hosts: int = 2) -> None:
        self._wanted = hosts
        self._hosts: list[Host] = []
        self._names = 0

    def __enter__(self) -> "Bed":
        sweep()
        self.home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        try:
            self.authority = Authority(self.home / "pki")
            self._assemble()
            self._hosts = [self._launch(number) for number in range(1, self._wanted + 1)]
            for host in self._hosts:
                wait_for(host.answers, f"{host.name} answering {host.url}")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all hosts with everything on them, and leave nothing on the disk."""
        for host in self._hosts:
            host.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def host(self, number: int) -> Host:
        """Hypervisor `number`, from 1."""
        return self._hosts[number - 1]

    @property
    def hosts(self) -> tuple[Host, ...]:
        """All of them."""
        return tuple(self._hosts)

    def vm(self, name: str = "", **wishes: str | bool | int) -> Guest:
        """A guest that no host knows yet. See Guest for what can be wished."""
        self._names += 1
        return Guest(name or f"vm{self._names}", str(uuid4()), self.home / "disks", **wishes)  # type: ignore[arg-type]  # wishes are Guest's own fields

    def revive(self) -> None:
        """Start each libvirtd that has ended, so that one which died takes one test along."""
        for host in self._hosts:
            if not host.daemon_lives():
                host.start_daemon()

    def clear(self) -> None:
        """Remove every VM from every host, whatever state it was left in."""
        for host in self._hosts:
            host.clear()

    def _assemble(self) -> None:
        disks = self.home / "disks"
        disks.mkdir()
        for source in sorted((HERE / "guests").glob("*.s")):
            program, image = disks / f"{source.stem}.o", disks / f"{source.stem}.img"
            _run("as", "--32", source, "-o", program)
            layout = ("-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary")
            _run("ld", *layout, program, "-o", image)
            os.truncate(image, 65536)

    def _launch(self, number: int) -> Host:
        home = self.home / f"hv{number}"
        (home / "tiny").mkdir(parents=True)
        tcp, tls = free_port(), free_port()
        write_configuration(home, tcp, tls, UUID(int=0x40008000000000000000 + number), self.home)
        spaces = ("unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc")
        command = ["setpriv", "--pdeathsig", "KILL", *spaces, sys.executable]
        with (home / "init.out").open("wb") as out:
            process = subprocess.Popen(
                [*command, str(HERE / "hypervisor.py"), str(home)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C ends the tests, and they end the hosts
            )
        return Host(home, process, tcp, tls)


def sweep() -> None:
    """Remove the files of beds whose test process was killed; their hosts ended with it."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}[0-9]*-*"):
        if not Path(f"/proc/{home.name.removeprefix(PREFIX).partition('-')[0]}").exists():
            shutil.rmtree(home, ignore_errors=True)


def _run(*words: object) -> None:
    command = [str(word) for word in words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_SECS)
    assert done.returncode == 0, f"{words}: {done.stderr}"


if __name__ == "__main__":  # a bed to play with: python -m tests.libvirt.bed
    with Bed() as playground:
        for each in playground.hosts:
            sys.stdout.write(f"{each.name}  {each.url}\n")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
