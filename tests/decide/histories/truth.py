"""A small fleet that knows nothing of the rules: what truly runs where, and what its hosts say.

Times are seconds of our own clock; each host has a clock of its own besides, which begins anew when
the host does.
"""

from dataclasses import dataclass, field

from vurti.model import (
    Absence,
    Begun,
    ExitReason,
    ExitStatus,
    Guest,
    Job,
    PauseStatus,
    VmReport,
    VmStatus,
)
from vurti.testing.fold import down, report

HOSTS, VMS = ("A", "B", "C"), ("v", "w", "x", "y")
MIGRATED_AWAY = down(reason=ExitReason.MIGRATION_SUCCEEDED)
ENDINGS = {
    "shut down": down(),
    "powered off": down(reason=ExitReason.ADMIN_SHUTDOWN),
    "crashed": down(ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION),
    "untold": down(ExitStatus.UNKNOWN, ExitReason.UNKNOWN),
    "to be rebooted": down(reason=ExitReason.DESTROYED_ON_REBOOT),
    "saved": down(reason=ExitReason.SAVE_STATE_SUCCEEDED),
}
BROKEN_OFF = down(ExitStatus.ERROR, ExitReason.MIGRATION_FAILED)


@dataclass
class Copy:
    """A QEMU process of a VM. `run` numbers the runs of the VM: a migration goes on with one."""

    status: VmStatus
    run: int
    since: float
    begun: Begun = Begun.BOOTED
    pause: PauseStatus = PauseStatus.NONE
    guest: Guest = Guest()  # noqa: RUF009  # it is frozen
    hash: str = "0"

    @property
    def runs(self) -> bool:
        """It is the VM, and not what arrives or is left of it."""
        return self.status is not VmStatus.MIGRATING_TO and self.pause is not PauseStatus.POSTCOPY


@dataclass
class Machine:
    """One host. `keeps`: VMs that have ended stay listed; without, they just vanish."""

    name: str
    absence: Absence
    keeps: bool
    tells_begun: bool
    tells_time: bool
    clock_began: float = 0.0
    silent: bool = False
    copies: dict[str, Copy] = field(default_factory=dict)
    remains: dict[str, VmReport] = field(default_factory=dict)

    def time(self, at: float) -> int | None:
        """Its own clock in ms; no two hosts' clocks agree."""
        began = self.clock_began - 1000 * HOSTS.index(self.name)
        return int((at - began) * 1000) if self.tells_time else None


class Truth:
    """All hosts, and how often each VM has begun."""

    def __init__(self, machines: list[Machine]) -> None:
        self.machines = {machine.name: machine for machine in machines}
        self.runs = dict.fromkeys(VMS, 0)
        self.ways: set[tuple[str, int, str, str]] = (
            set()
        )  # VM, run, from, to: also those that failed
        self.twice: set[str] = set()  # VMs that ran on two hosts at once, at some time
        self.jobs: dict[str, dict[str, Job]] = {}

    def running(self, vm: str) -> dict[str, Copy]:
        """Where it truly runs."""
        held = {name: one.copies.get(vm) for name, one in self.machines.items()}
        return {name: copy for name, copy in held.items() if copy is not None and copy.runs}

    def copies(self, vm: str) -> dict[str, Copy]:
        """Every process of it, whatever it does."""
        held = {name: one.copies.get(vm) for name, one in self.machines.items()}
        return {name: copy for name, copy in held.items() if copy is not None}

    def start(self, vm: str, host: str, at: float, status: VmStatus) -> None:
        self.runs[vm] += 1
        machine = self.machines[host]
        machine.remains.pop(vm, None)
        machine.copies[vm] = Copy(status, self.runs[vm], at)
        if len(self.running(vm)) > 1:
            self.twice.add(vm)

    def end(self, vm: str, host: str, how: VmReport) -> None:
        machine = self.machines[host]
        del machine.copies[vm]
        if machine.keeps:
            machine.remains[vm] = how

    def leave(self, vm: str, source: str, to: str, at: float) -> None:
        going = self.machines[source].copies[vm]
        going.status = VmStatus.MIGRATING_FROM
        self.machines[to].remains.pop(vm, None)
        self.machines[to].copies[vm] = Copy(
            VmStatus.MIGRATING_TO, going.run, at, Begun.MIGRATED, guest=going.guest, hash=going.hash
        )
        self.ways.add((vm, going.run, source, to))

    def arrive(self, vm: str, to: str, at: float) -> None:
        copy = self.machines[to].copies[vm]
        copy.status, copy.since = VmStatus.UP, at

    def wake_up(self, machine: Machine, at: float) -> None:
        """The host boots: whatever it held is gone, without a word, and what came from it."""
        for vm, copy in machine.copies.items():
            for other, coming in self.copies(vm).items():
                if copy.runs and not coming.runs and other != machine.name:
                    self.end(vm, other, BROKEN_OFF)
        machine.copies.clear()
        machine.remains.clear()
        machine.clock_began = at

    def says(self, machine: Machine, vm: str) -> VmReport:
        """What the host tells of one VM when it is asked."""
        copy = machine.copies.get(vm)
        if copy is None:
            return machine.remains[vm]
        more = {"begun": copy.begun} if machine.tells_begun else {}
        if copy.runs:
            more |= {"guest": copy.guest, "device_hash": copy.hash, "jobs": self.jobs.get(vm, {})}
        return report(copy.status, pause_status=copy.pause, name=vm, **more)

    def listing(self, machine: Machine) -> dict[str, VmReport]:
        """What it tells of all."""
        return {vm: self.says(machine, vm) for vm in (*machine.copies, *machine.remains)}
