"""One hypervisor of the bed, and the guests that run on it."""

import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tests.waiting import wait_for

HERE = Path(__file__).parent
ASK_SECS = 60.0
_MIGRATION_PORTS_FROM, _MIGRATIONS_MAX = 49152, 16


@dataclass(frozen=True)
class Guest:
    """A VM: its name, UUID, and which program of `guests/` it boots.

    `watchdog` names the action of its watchdog, `panic` gives it a device to tell a panic with,
    `tiny` puts its disk onto a file system too small for it, `persistent` has it defined first.
    It begins with one vCPU; up to `vcpus_max` can be plugged in.
    """

    name: str
    id: str
    disks: Path
    boots: str = "polite"
    persistent: bool = False
    on_crash: str = "destroy"
    watchdog: str = ""
    panic: bool = False
    tiny: bool = False
    vcpus_max: int = 1

    def xml(self, home: Path) -> str:
        """Its definition for libvirt on the host that lives in `home`."""
        disk = home / "tiny" / f"{self.name}.img" if self.tiny else self.disks / f"{self.boots}.img"
        extra = f"<watchdog model='ib700' action='{self.watchdog}'/>" if self.watchdog else ""
        extra += "<panic model='isa'/>" if self.panic else ""
        shared = "" if self.tiny else "<shareable/>"
        return f"""<domain type='qemu'>
  <name>{self.name}</name> <uuid>{self.id}</uuid>
  <memory unit='MiB'>32</memory> <vcpu current='1'>{self.vcpus_max}</vcpu>
  <os> <type arch='x86_64' machine='pc'>hvm</type> <boot dev='hd'/> </os>
  <features> <acpi/> </features>
  <on_crash>{self.on_crash}</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='writeback' error_policy='stop'/>
      <source file='{disk}'/> <target dev='hda' bus='ide'/> {shared}
    </disk>
    <controller type='usb' model='none'/> <memballoon model='none'/> {extra}
  </devices>
</domain>"""


class Host:
    """A private hypervisor. What is done to its VMs goes through virsh, as an admin would do it."""

    def __init__(self, home: Path, process: "subprocess.Popen[bytes]", tcp: int, tls: int) -> None:
        self.home, self.name, self.tcp, self.tls = home, home.name, tcp, tls
        self._process = process
        self.url = f"qemu+tcp://127.0.0.1:{tcp}/system"
        self.test_url = f"test+tcp://127.0.0.1:{tcp}/default"
        self.tls_url = f"qemu+tls://localhost:{tls}/system"
        self.unix_url = f"qemu:///system?socket={home}/libvirt-sock-ro"

    def virsh(self, *words: object) -> str:
        """What virsh prints. Raises AssertionError where it fails."""
        done = self._virsh(*words)
        assert done.returncode == 0, f"{self.name}: virsh {words}: {done.stderr}{self.log()}"
        return done.stdout

    def start(self, vm: Guest) -> None:
        """Boot it, and return when libvirt says that it runs."""
        if vm.tiny:
            self._give_disk(vm)
        if not vm.persistent:
            self.virsh("create", self._definition(vm))
            return
        self.define(vm)
        self.virsh("start", vm.name)

    def define(self, vm: Guest) -> None:
        """Make it known without starting it."""
        self.virsh("define", self._definition(vm))

    def pause(self, vm: Guest) -> None:
        """Stop its CPUs."""
        self.virsh("suspend", vm.name)

    def resume(self, vm: Guest) -> None:
        """Let its CPUs run on."""
        self.virsh("resume", vm.name)

    def reboot(self, vm: Guest) -> None:
        """Press its reset button."""
        self.virsh("reset", vm.name)

    def plug_vcpus(self, vm: Guest, count: int) -> None:
        """Give it more vCPUs while it runs."""
        self.virsh("setvcpus", vm.name, count, "--live")

    def shutdown(self, vm: Guest) -> None:
        """Press its power button until the guest notices; `polite` then powers off by itself.

        A guest that has just been started or reset does not watch its button yet.
        """

        def ended() -> bool:
            if vm.name not in self.virsh("list", "--name").split():
                return True
            self._virsh("shutdown", "--mode", "acpi", vm.name)  # it may end before it is asked
            return False

        wait_for(ended, f"the end of {vm.name}", ASK_SECS, 0.2)

    def destroy(self, vm: Guest) -> None:
        """Pull its plug."""
        self.virsh("destroy", vm.name)

    def save(self, vm: Guest) -> None:
        """Save its memory to a file and end it."""
        self.virsh("save", vm.name, self.home / f"{vm.name}.saved")

    def restore(self, vm: Guest) -> None:
        """Start it from what `save` wrote."""
        self.virsh("restore", self.home / f"{vm.name}.saved")

    def migrate(self, vm: Guest, to: "Host") -> None:
        """Move it, running, to another host of the bed."""
        there = f"qemu+tcp://127.0.0.1:{to.tcp}/system"
        how = ["--unsafe", "--live", "--p2p"]
        if vm.persistent:
            how += ["--persistent", "--undefinesource"]
        self.virsh("migrate", *how, vm.name, there, "tcp://127.0.0.1")

    def kill(self, vm: Guest) -> None:
        """End its QEMU by SIGKILL."""
        os.kill(self.qemu_pid(vm), signal.SIGKILL)

    def hang(self, vm: Guest) -> None:
        """Stop its QEMU process: libvirt's questions to it hang."""
        os.kill(self.qemu_pid(vm), signal.SIGSTOP)

    def unhang(self, vm: Guest) -> None:
        """Let its QEMU process go on."""
        os.kill(self.qemu_pid(vm), signal.SIGCONT)

    def make_room(self) -> None:
        """Enlarge the tiny file system."""
        self._resize_tiny("128m")

    def kill_daemon(self) -> None:
        """End libvirtd by SIGKILL, and return when it is gone: until then it may still answer, and
        the next one finds its places taken and ends. Its VMs live on."""
        pid = self.daemon_pid()
        os.kill(pid, signal.SIGKILL)
        gone = f"the end of {self.name}'s daemon"  # all its threads, too: then it is reaped
        wait_for(lambda: not Path(f"/proc/{pid}").exists(), gone, ASK_SECS, 0.005)

    def start_daemon(self) -> None:
        """Start libvirtd again, and return when it answers."""
        os.kill(self.init_pid, signal.SIGUSR1)
        wait_for(self.answers, f"{self.name} comes back", ASK_SECS, 0.05, but=self.log)

    def hang_daemon(self) -> None:
        """Stop the process of libvirtd: connections stay open and silent."""
        os.kill(self.daemon_pid(), signal.SIGSTOP)

    def unhang_daemon(self) -> None:
        """Let libvirtd go on."""
        os.kill(self.daemon_pid(), signal.SIGCONT)

    def answers(self) -> bool:
        """Whether libvirtd answers."""
        assert self._process.poll() is None, f"{self.name} ended: {self.log()}"
        try:
            socket.create_connection(("127.0.0.1", self.tcp), 1).close()
        except OSError:
            return False
        return self._virsh("list").returncode == 0

    def clear(self) -> None:
        """End and forget all its VMs."""
        for name in self.virsh("list", "--name").split():
            self._virsh("destroy", name)  # one may just have ended by itself
        for name in self.virsh("list", "--all", "--name").split():
            self._virsh("undefine", name, "--managed-save")

    def close(self) -> None:
        """End it, with all its processes and mounts."""
        self._process.kill()
        self._process.wait(ASK_SECS)

    def log(self) -> str:
        """What its daemon complained about."""
        files = (self.home / "init.out", self.home / "libvirtd.out", self.home / "libvirtd.log")
        return "\n".join(file.read_text()[-2000:] for file in files if file.exists())

    @property
    def init_pid(self) -> int:
        """Its first process, as seen from outside."""
        pid = self._process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def daemon_pid(self) -> int:
        """libvirtd, as seen from outside."""
        return self._outside(int((self.home / "libvirtd.pid").read_text()))

    def daemon_lives(self) -> bool:
        """Whether its libvirtd is there, be it able to answer or not."""
        try:
            return bool(self.daemon_pid())
        except (AssertionError, OSError, ValueError):
            return False  # no such process, or no pid was written

    def qemu_pid(self, vm: Guest) -> int:
        """The QEMU of `vm`, as seen from outside."""
        inside = Path(f"/proc/{self.init_pid}/root/run/libvirt/qemu/{vm.name}.pid")
        return self._outside(int(inside.read_text()))

    def _outside(self, inside: int) -> int:
        space = os.readlink(f"/proc/{self.init_pid}/ns/pid")
        for process in Path("/proc").glob("[0-9]*"):
            try:
                pids = (process / "status").read_text().partition("NSpid:")[2].split("\n")[0]
                if int(pids.split()[-1]) == inside and os.readlink(process / "ns/pid") == space:
                    return int(process.name)
            except OSError:
                continue  # it has just ended
        raise AssertionError(f"{self.name} has no process {inside}")

    def _definition(self, vm: Guest) -> Path:
        definition = self.home / f"{vm.name}.xml"
        definition.write_text(vm.xml(self.home))
        return definition

    def _resize_tiny(self, size: str) -> None:
        enter = ("nsenter", "--target", str(self.init_pid), "--mount")
        words = ("mount", "-o", f"remount,size={size}", str(self.home / "tiny"))
        subprocess.run([*enter, *words], check=True, timeout=ASK_SECS)

    def _give_disk(self, vm: Guest) -> None:
        tiny = Path(f"/proc/{self.init_pid}/root{self.home}/tiny")
        for old in tiny.iterdir():
            old.unlink()
        self._resize_tiny("512k")
        disk = tiny / f"{vm.name}.img"
        disk.write_bytes((vm.disks / f"{vm.boots}.img").read_bytes())
        os.truncate(disk, 64 * 1024 * 1024)

    def _virsh(self, *words: object) -> "subprocess.CompletedProcess[str]":
        command = ["virsh", "--quiet", "--connect", self.url, *map(str, words)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=ASK_SECS
        )


def write_configuration(home: Path, tcp: int, tls: int, host: UUID, bed: Path) -> None:
    """libvirtd.conf and qemu.conf of one host."""
    pki = bed / "pki"
    (home / "libvirtd.conf").write_text(
        f"""listen_tcp = 1
listen_tls = 1
listen_addr = "127.0.0.1"
tcp_port = "{tcp}"
tls_port = "{tls}"
auth_tcp = "none"
auth_tls = "none"
auth_unix_ro = "none"
auth_unix_rw = "none"
ca_file = "{pki}/ca.pem"
cert_file = "{pki}/server.pem"
key_file = "{pki}/server.key"
unix_sock_dir = "{home}"
host_uuid = "{host}"
log_outputs = "3:file:{home}/libvirtd.log"
"""
    )
    first = _migration_port(host)
    (home / "qemu.conf").write_text(
        f"""user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
stdio_handler = "file"
cgroup_controllers = [ ]
namespaces = [ ]
migration_port_min = {first}
migration_port_max = {first + _MIGRATIONS_MAX - 1}
"""
    )


def _migration_port(host: UUID) -> int:
    """The first of those that VMs come in by. libvirtd looks whether one is free before QEMU takes
    it: two beds, each of another process, must not look at the same ones."""
    places = (65536 - _MIGRATION_PORTS_FROM) // _MIGRATIONS_MAX
    return _MIGRATION_PORTS_FROM + (os.getpid() * 8 + host.int % 8) % places * _MIGRATIONS_MAX
