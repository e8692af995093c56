"""What is asked of a libvirt host for one sample of its VMs, and how seldom for their vCPUs."""

import struct
from uuid import UUID

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.decode.libvirt import Listener
from vurti.model import Miss, Question, VmStatistics, VmStatisticsAnswer
from vurti.sources.dial import Trouble
from vurti.sources.libvirt import LibvirtOptions
from vurti.sources.libvirt.questions import Asker
from vurti.wire.libvirt_calls import Call, DomainRef, GetAllDomainStats, Stats
from vurti.wire.xdr import fixed, i32, string, u32

SAMPLES = Stats.CPU_TOTAL | Stats.BALLOON | Stats.INTERFACE | Stats.BLOCK
SECS = 60.0


def domain(vm: int, run: int) -> DomainRef:
    return DomainRef(f"vm{vm}", UUID(int=vm).bytes, run)


class Libvirt:
    """A host whose VMs burn one CPU each. In place of a connection, and what it was `asked`."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.vcpus = {domain(1, 5): 2, domain(2, 6): 2}
        self.asked: list[GetAllDomainStats] = []
        self.gone = set[DomainRef]()  # they end just before their vCPUs are asked for
        self.late = False  # with vCPUs
        self.asker = Asker("qemu", self.clock, LibvirtOptions(vcpus_secs=SECS), Listener())

    def call(self, call: Call, lane: str, until: float) -> bytes:
        assert isinstance(call, GetAllDomainStats)
        assert lane is Question.VM_STATISTICS
        self.asked.append(call)
        if call.domains and self.late:
            raise Trouble(Miss.TIMEOUT, "no answer in time")
        told = set(call.domains) - self.gone if call.domains else self.vcpus
        return u32(len(told)) + b"".join(self._record(one, call.stats) for one in told)

    def sample(self, after_secs: float = 15.0) -> dict[int, VmStatistics]:
        """Of each VM, so long after the last one; what was asked until then is forgotten."""
        self.clock.stall(after_secs)
        self.asked.clear()
        answer = self.asker.ask(self, Question.VM_STATISTICS, 1e9)  # type: ignore[arg-type]  # as a connection
        assert isinstance(answer, VmStatisticsAnswer)
        return {UUID(vm).int: told for vm, told in answer.vms.items()}

    def _record(self, one: DomainRef, stats: Stats) -> bytes:
        told = [string("cpu.time") + u32(4) + struct.pack(">Q", int(self.clock.now() * 1e9))]
        if Stats.VCPU in stats:
            told.append(string("vcpu.current") + u32(2) + u32(self.vcpus[one]))
        ref = string(one.name) + fixed(one.uuid) + i32(one.id)
        return ref + u32(len(told)) + b"".join(told)


ALL = GetAllDomainStats(SAMPLES)


@pytest.fixture
def host() -> Libvirt:
    made = Libvirt()
    made.sample()
    return made


def test_vcpus_are_asked_for_once_and_again_after_their_time(host: Libvirt) -> None:
    counted = GetAllDomainStats(Stats.VCPU, (domain(1, 5), domain(2, 6)))
    asked = [list(host.asked)]
    for _ in range(5):
        assert host.sample()[1].vcpus == 2
        asked.append(list(host.asked))
    assert asked == [[ALL, counted], [ALL], [ALL], [ALL], [ALL, counted], [ALL]]


def test_a_vm_that_is_new_and_one_that_began_anew_are_asked_at_once_and_alone(
    host: Libvirt,
) -> None:
    del host.vcpus[domain(2, 6)]
    host.vcpus |= {domain(2, 7): 4, domain(3, 8): 8}
    told = host.sample()
    assert host.asked[1:] == [GetAllDomainStats(Stats.VCPU, (domain(2, 7), domain(3, 8)))]
    assert {vm: one.vcpus for vm, one in told.items()} == {1: 2, 2: 4, 3: 8}


def test_the_share_of_all_vcpus_is_of_as_many_as_were_seen_last(host: Libvirt) -> None:
    host.vcpus[domain(1, 5)] = 4
    told = [host.sample()[1] for _ in range(4)]
    assert [one.vcpus for one in told] == [2, 2, 2, 4]
    assert [one.cpu_percent for one in told] == [50.0, 50.0, 50.0, 25.0]


def test_a_vm_that_ends_while_its_vcpus_are_asked_for_spares_the_others(host: Libvirt) -> None:
    new = domain(3, 8)
    host.vcpus[new] = 8
    host.gone.add(new)
    assert {vm: one.vcpus for vm, one in host.sample().items()} == {1: 2, 2: 2, 3: None}
    host.gone.clear()
    assert host.sample()[3].vcpus == 8


def test_vcpus_that_are_not_told_are_a_miss_and_asked_for_the_next_time(host: Libvirt) -> None:
    host.vcpus[domain(3, 8)] = 8
    host.late = True
    with pytest.raises(Trouble):
        host.sample()
    host.late = False
    assert {vm: one.vcpus for vm, one in host.sample().items()} == {1: 2, 2: 2, 3: 8}
