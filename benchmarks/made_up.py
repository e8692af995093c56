"""Hosts and VMs as rows, and what befalls them: without a world behind it, at any rate."""

from collections.abc import Iterator
from random import Random

from vurti.api.ages import Age, Ages
from vurti.events import Event, Mark, event
from vurti.model import ExitReason, ExitStatus, Row, Vds, VdsStatus, Vm, VmStatus

RACK = 25


class Fleet:
    """So many hosts, and so many VMs on each, all of them Up."""

    def __init__(self, hosts: int, vms: int) -> None:
        self._random = Random(1)
        self.hosts = [f"host-{n:04}" for n in range(hosts)]
        self.vdss = [Row(Vds(one, self.cluster(one), VdsStatus.UP), 1) for one in self.hosts]
        self.vms = [
            Row(Vm(f"vm-{n:06}", f"web-{n}", VmStatus.UP, self.hosts[n // vms]), 1)
            for n in range(hosts * vms)
        ]

    def cluster(self, host: str) -> str:
        """So many hosts stand together; "" for none."""
        return f"rack-{int(host.rpartition('-')[2]) // RACK + 1:02}" if host else ""

    def befall(self, count: int, at: float) -> Iterator[tuple[Row, Event]]:
        """So many changes, of VMs drawn by lot."""
        for place in self._random.sample(range(len(self.vms)), count):
            row = self.vms[place]
            after, reason, marks = self._next(row.value)
            new = self.vms[place] = Row(after, row.seq + 1, 0.0, at, "made up")
            told = event(
                row.value, after, marks, id=f"made.up.{after.id}.{new.seq}", seq=new.seq,
                seq_first=new.seq, rule="made up", reason=reason, observed_at=at, host=after.run_on,
            )  # fmt: skip
            if told is not None:
                yield new, told

    def _next(self, vm: Vm) -> tuple[Vm, str, tuple[Mark, ...]]:
        """What comes after what it is."""
        match vm.status:
            case VmStatus.UP:
                return self._leaves_up(vm)
            case VmStatus.MIGRATING_FROM:
                there = self._random.choice(self.hosts)
                arrived = Vm(vm.id, vm.name, VmStatus.UP, there)
                return arrived, f"migrated from {vm.run_on} to {there}", (Mark.MIGRATED,)
            case VmStatus.DOWN:
                started = Vm(vm.id, vm.name, VmStatus.UP, self._random.choice(self.hosts))
                return started, f"started on {started.run_on}", ()
        return Vm(vm.id, vm.name, VmStatus.UP, vm.run_on), "runs", ()

    def _leaves_up(self, vm: Vm) -> tuple[Vm, str, tuple[Mark, ...]]:
        drawn = self._random.random()
        if drawn < 0.5:
            return Vm(vm.id, vm.name, VmStatus.PAUSED, vm.run_on), "paused on request", ()
        if drawn < 0.9:
            leaving = Vm(vm.id, vm.name, VmStatus.MIGRATING_FROM, vm.run_on)
            return leaving, "is migrating away", ()
        crashed = Vm(
            vm.id, vm.name, VmStatus.DOWN, exit_status=ExitStatus.ERROR,
            exit_reason=ExitReason.LOST_QEMU_CONNECTION,
        )  # fmt: skip
        return crashed, "its QEMU process is gone", (Mark.CRASHED,)

    def ages(self) -> Ages:
        """All were heard lately but one in a hundred."""
        ages = (self._random.random() * (40 if n % 100 == 0 else 2) for n in range(len(self.hosts)))
        items = (Age(host, age, 0.1) for host, age in zip(self.hosts, ages, strict=True))
        return Ages(2.0, 4.0, 9.0, tuple(items))
