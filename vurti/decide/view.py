"""The state of one scope, as `decide` reads it: what is recorded, and what is remembered beside it.

`decide` only reads a View; `apply` is the only thing that changes one.
"""

from collections.abc import Iterable

from msgspec import Struct

from vurti.decide.rules import Rules
from vurti.model import (
    Begun,
    Decision,
    Host,
    Row,
    Vds,
    Vm,
    VmReport,
    VmStatistics,
)


class Birth(Struct, frozen=True, gc=False):
    """One start of vurti over one scope; it makes the ids of events unique over restarts."""

    scope: str = "system"
    epoch: int = 0
    nonce: str = "0"

    def event_id(self, thing: str, seq: int) -> str:
        return f"{self.scope}.{self.epoch}.{self.nonce}.{thing}.{seq}"


class Claim(Struct, frozen=True, gc=False):
    """A host says that it runs a VM that is recorded on another. `at` is when it last said so;
    `denied_at` when the recorded host, asked after that, said that it runs it too."""

    host: str
    at: float
    begun: Begun | None
    report: VmReport
    denied_at: float | None = None


class VmMemory(Struct, frozen=True, gc=False):
    """What is remembered of one VM beyond its record. Lost at a restart, found again by asking.

    `incoming` is a host that receives it by migration; `vanished_at` when its host's complete
    answer first lacked it unexplained; `left_at` when its host said that it was migrated away, but
    not where to; `reboots` the guest reboots since the one that was told at `reboot_told_at`.
    """

    incoming: str | None = None
    claims: tuple[Claim, ...] = ()
    split: bool = False
    vanished_at: float | None = None
    left_at: float | None = None
    reboots: int = 0
    reboot_told_at: float | None = None


NOTHING = VmMemory()


class VdsMemory(Struct, frozen=True, gc=False):
    """What is remembered of one host beyond its record.

    `last_ok` is when it last answered anything, `failures` the failed questions since;
    `capable_at` when it told its capabilities since it was last not Up; `listed` the VMs of its
    last complete answer and `listed_at` when that was asked for (None: not since vurti started);
    `settled` that it named just the VMs recorded there, and said nothing new of any. Of `listed`,
    `rejected` were too old to count, and `times` is the host's own clock then, for each VM of which
    it has not been told otherwise since (it was not away).
    """

    last_ok: float | None = None
    failures: int = 0
    capable_at: float | None = None
    listed: dict[str, VmReport] = {}
    listed_at: float | None = None
    settled: bool = False
    rejected: frozenset[str] = frozenset()
    times: dict[str, int] = {}


UNHEARD = VdsMemory()


class VmMemo(Struct, frozen=True, gc=False):
    """From now on this is remembered of the VM."""

    vm: str
    memory: VmMemory


class VdsMemo(Struct, frozen=True, gc=False):
    """From now on this is remembered of the host."""

    host: str
    memory: VdsMemory


class HostClockMemo(Struct, frozen=True, gc=False):
    """The host last heard of a VM, and that host's own clock then (10.4)."""

    vm: str
    host: str
    time: int


class HostClockForgotten(Struct, frozen=True, gc=False):
    """The host was away: its clock may have begun anew, past words bind it no more (10.5)."""

    host: str


class SampleMemo(Struct, frozen=True, gc=False):
    """The last sample of a VM and when it was asked for, to turn counters into rates."""

    vm: str
    at: float
    sample: VmStatistics


class HostsMemo(Struct, frozen=True, gc=False):
    """These hosts are watched from now on."""

    hosts: dict[str, Host]


class View:
    """All that is known in one scope. Rows are immutable values; this holds the latest of each.

    `touched` is when the record or the memory of a VM on the host last changed.
    `forgotten` keeps the last sequence of things that were removed: one that comes again counts on,
    so that no id of an event ever stands for two contents (contract 7).
    """

    def __init__(
        self,
        rules: Rules | None = None,
        birth: Birth | None = None,
        vdss: Iterable[Row] = (),
        vms: Iterable[Row] = (),
    ) -> None:
        self.rules = rules or Rules()
        self.birth = birth or Birth()
        self.hosts: dict[str, Host] | None = None
        self.vdss: dict[str, Row] = {}
        self.vms: dict[str, Row] = {}
        self.vms_on: dict[str, dict[str, None]] = {}
        self.strangers_on: dict[str, dict[str, None]] = {}
        self.vm_memory: dict[str, VmMemory] = {}
        self.vds_memory: dict[str, VdsMemory] = {}
        self.host_clocks: dict[str, HostClockMemo] = {}
        self.samples: dict[str, SampleMemo] = {}
        self.touched: dict[str, float] = {}
        self.forgotten: dict[str, int] = {}
        for row in (*vdss, *vms):
            self._put(row)

    def remembered(self, vm: str) -> VmMemory:
        return self.vm_memory.get(vm, NOTHING)

    def heard(self, host: str) -> VdsMemory:
        return self.vds_memory.get(host, UNHEARD)

    def apply(self, decision: Decision) -> None:
        """Take in what was decided. Afterwards the view says what the decision's rows say."""
        for row in decision.changes:
            self._put(row)
        for memo in decision.memory:
            self._remember(memo, decision.at)

    def _put(self, row: Row) -> None:
        if isinstance(row.value, Vm):
            self._put_vm(row.value, row)
        elif row.deleted:
            self.vdss.pop(row.value.id, None)
            self.forgotten[row.value.id] = row.seq
        else:
            self.vdss[row.value.id] = row

    def _put_vm(self, vm: Vm, row: Row) -> None:
        past = self.vms.get(vm.id)
        if past is not None and isinstance(past.value, Vm) and past.value.run_on is not None:
            self.vms_on[past.value.run_on].pop(vm.id, None)
            self.touched[past.value.run_on] = row.changed
        if row.deleted:
            self.vms.pop(vm.id, None)
            self.forgotten[vm.id] = row.seq
            self.samples.pop(vm.id, None)
            self.host_clocks.pop(vm.id, None)
            return
        self.vms[vm.id] = row
        if vm.run_on is not None:
            self.vms_on.setdefault(vm.run_on, {})[vm.id] = None
            self.touched[vm.run_on] = row.changed

    def _remember(self, memo: object, at: float) -> None:
        match memo:
            case VdsMemo():
                self.vds_memory[memo.host] = memo.memory
            case HostClockMemo():
                self.host_clocks[memo.vm] = memo
            case HostClockForgotten():
                heard = self.host_clocks.values()
                self.host_clocks = {one.vm: one for one in heard if one.host != memo.host}
            case SampleMemo():
                self.samples[memo.vm] = memo
            case VmMemo():
                self._remember_vm(memo.vm, memo.memory, at)
            case HostsMemo():
                self.hosts = memo.hosts
                for gone in self.vds_memory.keys() - memo.hosts.keys():
                    del self.vds_memory[gone]

    def _remember_vm(self, vm: str, memory: VmMemory, at: float) -> None:
        row = self.vms.get(vm)
        if row is not None and isinstance(row.value, Vm) and row.value.run_on is not None:
            self.touched[row.value.run_on] = at
        for host in _strangers(self.remembered(vm)):
            self.strangers_on[host].pop(vm, None)
            self.touched[host] = at
        for host in _strangers(memory):
            self.strangers_on.setdefault(host, {})[vm] = None
            self.touched[host] = at
        if memory == NOTHING:
            self.vm_memory.pop(vm, None)
        else:
            self.vm_memory[vm] = memory


def _strangers(memory: VmMemory) -> list[str]:
    """The hosts that speak of a VM that is not recorded on them."""
    hosts = [claim.host for claim in memory.claims]
    return hosts if memory.incoming is None else [*hosts, memory.incoming]


def vds_of(row: Row) -> Vds:
    """The host of a row that is known to hold one."""
    assert isinstance(row.value, Vds)
    return row.value


def vm_of(row: Row) -> Vm:
    """The VM of a row that is known to hold one."""
    assert isinstance(row.value, Vm)
    return row.value
