"""The things of a world: a Machine (a host as it really is), a Guest (a VM), a Run (one stay of a
guest on a machine, from its launch there to its end)."""

from random import Random

from msgspec.structs import replace

from vurti.model.inputs import Begun
from vurti.model.status import VmStatus
from vurti.world.load import GIB_KB, Load
from vurti.world.values import HostFacts, HostSample, Link, Listed, Listing, VmSample

_CPUS_RUN = frozenset(
    {
        VmStatus.UP,
        VmStatus.POWERING_UP,
        VmStatus.POWERING_DOWN,
        VmStatus.REBOOT_IN_PROGRESS,
        VmStatus.MIGRATING_FROM,
    }
)


class Guest:
    """A VM. `home` is the run that truly holds it, None while it is down; `other` a second copy,
    the far side of a migration or of a split brain. `era` is raised to call off the story under
    way, `busy` tells that there is one; `disks` how many it has, `plugs` how often that changed."""

    def __init__(self, id: str, name: str, random: Random) -> None:
        self.id = id
        self.name = name
        self.random = random
        self.load = Load(random)
        self.home: Run | None = None
        self.other: Run | None = None
        self.era = 0
        self.busy = False
        self.disks = 1
        self.plugs = 0

    @property
    def moves(self) -> bool:
        """Whether its second copy is the other side of a migration."""
        sides = (VmStatus.MIGRATING_TO, VmStatus.MIGRATING_FROM)
        return self.other is not None and self.other.listed.status in sides

    @property
    def status(self) -> VmStatus:
        """How it truly is."""
        return self.home.listed.status if self.home is not None else VmStatus.DOWN


class Run:
    """One stay of a guest on a machine; `listed` is how the machine tells of it just now."""

    def __init__(
        self, guest: Guest, machine: "Machine", status: VmStatus, begun: Begun, at: float
    ) -> None:
        self.guest = guest
        self.machine = machine
        self._ran = 0.0
        self._turned = at
        self.listed = Listed(
            id=guest.id,
            name=guest.name,
            status=status,
            begun=begun,
            status_time=machine.clock_ms(at),
            disks=guest.disks,
            plugs=guest.plugs,
        )

    def become(self, status: VmStatus, at: float, **changes: object) -> None:
        """Change how it is listed. Its machine must be told to forget its listing."""
        self._ran, self._turned = self.ran(at), at
        self.listed = replace(
            self.listed, status=status, status_time=self.machine.clock_ms(at), **changes
        )

    def ran(self, at: float) -> float:
        """For how many seconds its CPUs have run on this machine."""
        return self._ran + (at - self._turned if self.runs else 0.0)

    @property
    def runs(self) -> bool:
        """Whether its CPUs run just now."""
        return self.listed.status in _CPUS_RUN

    def sample(self, at: float) -> VmSample:
        """One sample of the guest as its machine sees it."""
        return self.guest.load.sample(self.ran(at), self.runs)


class Machine:
    """A host. `runs` is what it lists, ended ones included. Times are seconds of the world."""

    def __init__(self, id: str, random: Random, vms: int, wall: float) -> None:
        self.id = id
        self.random = random
        self.link = Link.ANSWERS
        self.slow_secs = 0.0
        self.runs: dict[str, Run] = {}
        self.era = 0
        self.booted = -random.uniform(3600, 30 * 86400)
        self._wall = wall
        self._listing: Listing | None = None
        sockets = random.choice((1, 2, 2))
        self.facts = HostFacts(
            hostname=id,
            cpu_model=random.choice(
                ("EPYC-Rome", "EPYC-Milan", "Icelake-Server", "Skylake-Server")
            ),
            cpus=sockets * random.choice((16, 32)),
            cpu_sockets=sockets,
            cpu_mhz=random.choice((2200, 2400, 2900, 3100)),
            memory_kb=max(64, 24 * vms) * GIB_KB,
            hypervisor="QEMU 9.2.0 (simulated)",
        )

    def clock_ms(self, at: float) -> int:
        """Its own clock: milliseconds since it booted, so that a reboot turns it back."""
        return int((at - self.booted) * 1000)

    def changed(self) -> None:
        """Something on it is not as it was last listed."""
        self._listing = None

    def states(self) -> Listing:
        """What it lists: the same object until something on it changes."""
        if self._listing is None:
            self._listing = Listing(tuple(run.listed for run in self.runs.values()))
        return self._listing

    def living(self) -> list[Run]:
        """The runs that have not ended."""
        return [run for run in self.runs.values() if run.listed.status is not VmStatus.DOWN]

    def vm_samples(self, at: float) -> dict[str, VmSample]:
        """One sample for each VM that runs here."""
        return {run.guest.id: run.sample(at) for run in self.living()}

    def sample(self, at: float) -> HostSample:
        """One sample of itself."""
        living = self.living()
        loads = [(run.guest.load, run.ran(at), run.runs) for run in living]
        used = sum(load.busy(ran) * load.vcpus for load, ran, runs in loads if runs)
        taken = 2 * GIB_KB + sum(load.resident_kb(ran) for load, ran, _ in loads)
        return HostSample(
            cpu_percent=round(min(100.0, 1.5 + 100 * used / self.facts.cpus), 1),
            memory_kb=self.facts.memory_kb,
            memory_free_kb=max(GIB_KB // 2, self.facts.memory_kb - taken),
            vm_count=len(living),
            boot_time=self._wall + self.booted,
        )
