"""The state of one scope, as `decide` reads it: what is recorded, and what is remembered beside it.

`decide` only reads a View; `apply` is the only thing that changes one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from vurti.decide.rules import Rules
from vurti.decide.view.host_clocks import HostClocks
from vurti.decide.view.memory import (
    NOT_LOOKED,
    NOTHING,
    UNHEARD,
    BalloonMemo,
    Birth,
    DevicesMemo,
    ExpectationMemo,
    HostClockForgotten,
    HostClockMemo,
    IntentMemo,
    JobsMemo,
    LookMemo,
    RulesMemo,
    SampleMemo,
    SamplesMemo,
    SeqMemo,
    SuspicionMemo,
    ToldMemo,
    VdsLook,
    VdsMemo,
    VdsMemory,
    VmMemo,
    VmMemory,
    WatchedMemo,
)
from vurti.decide.view.neighbourhood import (
    AbroadMemo,
    ForeignMemo,
    GoneMemo,
    Neighbourhood,
    NeighboursMemo,
    SpokenMemo,
)
from vurti.decide.view.promises import Expectations, Intents
from vurti.events import Mark
from vurti.model import (
    Cluster,
    Decision,
    Expectation,
    Host,
    Intent,
    Job,
    Neighbours,
    Row,
    Vds,
    VdsStatus,
    Vm,
    VmFacts,
    VmStatus,
)

NONE: Mapping[str, int] = MappingProxyType({})


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
        expectations: Iterable[Expectation] = (),
        intents: Iterable[Intent] = (),
        forgotten: Mapping[str, int] = NONE,
    ) -> None:
        self.rules, self.birth = rules or Rules(), birth or Birth()
        self.hosts: dict[str, Host] | None = None
        self.facts: dict[str, VmFacts] = {}
        self.clusters: dict[str, Cluster] = {}
        self.members: dict[str, list[str]] = {}  # the watched hosts of each cluster
        self.expectations, self.intents = Expectations(expectations), Intents(intents)
        self.vdss: dict[str, Row] = {}
        self.vms: dict[str, Row] = {}
        self.vms_on: dict[str, dict[str, None]] = {}
        self.strangers_on: dict[str, dict[str, None]] = {}
        self.vm_memory: dict[str, VmMemory] = {}
        self.vds_memory: dict[str, VdsMemory] = {}
        self.looks: dict[str, VdsLook] = {}
        self.statuses: Counter[VdsStatus] = Counter()
        self.vm_statuses: Counter[VmStatus] = Counter()
        self._began = float("-inf")
        self.suspicion = SuspicionMemo(float("-inf"), float("-inf"), 0.0)
        self.host_clocks = HostClocks()
        self.samples: dict[str, SampleMemo] = {}
        self.balloons: dict[str, BalloonMemo] = {}
        self.devices: dict[str, DevicesMemo] = {}
        self.jobs: dict[str, dict[str, Job]] = {}
        self.told: dict[tuple[str, Mark, str], float] = {}
        self.touched: dict[str, float] = {}
        self.forgotten: dict[str, int] = dict(forgotten)
        self.neighbourhood = Neighbourhood()
        self._told_max = 1000
        for row in (*vdss, *vms):
            self._put(row)

    @property
    def started_at(self) -> float:
        """When the first of all scopes began to watch; one that has begun later holds no judgement
        for that. -inf before it has itself."""
        return min(self._began, self.neighbourhood.hosts.started_at)

    def remembered(self, vm: str) -> VmMemory:
        return self.vm_memory.get(vm, NOTHING)

    def heard(self, host: str) -> VdsMemory:
        return self.vds_memory.get(host, UNHEARD)

    def look(self, host: str) -> VdsLook:
        return self.looks.get(host, NOT_LOOKED)

    def apply(self, decision: Decision) -> None:
        """Take in what was decided. Afterwards the view says what the decision's rows say."""
        for row in decision.changes:
            self._put(row)
        for memo in decision.memory:
            self._remember(memo, decision.at)

    def _put(self, row: Row) -> None:
        if isinstance(row.value, Vm):
            self._put_vm(row.value, row)
        else:
            self._put_vds(row.value, row)

    def _put_vds(self, vds: Vds, row: Row) -> None:
        past = self.vdss.get(vds.id)
        if past is not None:
            self.statuses[vds_of(past).status] -= 1
        if row.deleted:
            self.vdss.pop(vds.id, None)
            self.forgotten[vds.id] = row.seq
            self.looks.pop(vds.id, None)
            return
        self.vdss[vds.id] = row
        self.statuses[vds.status] += 1

    def _put_vm(self, vm: Vm, row: Row) -> None:
        past = self.vms.get(vm.id)
        if past is not None:
            self.vm_statuses[vm_of(past).status] -= 1
        if past is not None and isinstance(past.value, Vm) and past.value.run_on is not None:
            self.vms_on[past.value.run_on].pop(vm.id, None)
            self.touched[past.value.run_on] = row.changed
        if row.deleted:
            self.vms.pop(vm.id, None)
            self.forgotten[vm.id] = row.seq
            self.host_clocks.forget(vm.id)
            for memories in (self.samples, self.balloons, self.devices, self.jobs):
                memories.pop(vm.id, None)
            return
        self.vms[vm.id] = row
        self.vm_statuses[vm.status] += 1
        if vm.run_on is not None:
            self.vms_on.setdefault(vm.run_on, {})[vm.id] = None
            self.touched[vm.run_on] = row.changed

    def _remember(self, memo: object, at: float) -> None:
        match memo:
            case VdsMemo():
                self._remember_vds(memo.host, memo.memory)
            case HostClockMemo():
                self.host_clocks.take(memo)
            case SamplesMemo():
                self.samples.update(memo.samples)
            case LookMemo():
                self.looks[memo.host] = memo.look
            case VmMemo():
                self._remember_vm(memo.vm, memo.memory, at)
            case _:
                self._remember_seldom(memo, at)

    def _remember_vds(self, host: str, memory: VdsMemory) -> None:
        past = self.vds_memory.get(host)
        self.vds_memory[host] = memory
        if memory.times and (past is None or past.times is not memory.times):
            self.host_clocks.told(host, max(memory.times.values()))

    def _remember_seldom(self, memo: object, at: float) -> None:
        match memo:
            case HostClockForgotten():
                self.host_clocks.begin_anew(memo)
            case BalloonMemo():
                self.balloons[memo.vm] = memo
            case DevicesMemo():
                self.devices[memo.vm] = memo
            case JobsMemo():
                self.jobs[memo.vm] = memo.jobs
            case ToldMemo():
                self._remember_told(memo, at)
            case SeqMemo():
                self.forgotten[memo.thing] = memo.seq
            case ExpectationMemo():
                self.expectations.take(memo)
            case IntentMemo():
                self.intents.take(memo.intent)
            case WatchedMemo():
                self._watch(memo, at)
            case RulesMemo():
                self.rules = memo.rules
            case SuspicionMemo():
                self.suspicion = memo
            case SpokenMemo():
                self.neighbourhood.take(memo)
                self.touched[memo.host] = at
            case ForeignMemo() | AbroadMemo():
                self.neighbourhood.take(memo)
            case NeighboursMemo():
                self.neighbourhood.take(memo)
                self._as_all(memo.neighbours)
            case GoneMemo():
                self._let_go(memo.thing)

    def _as_all(self, told: Neighbours) -> None:
        """A scope suspects what the others do."""
        past = self.suspicion
        quiet = max(past.quiet_until, told.quiet_until)
        stalled = max(past.stalled_until, told.stalled_until)
        self.suspicion = SuspicionMemo(quiet, stalled, past.stepped_secs)

    def _let_go(self, thing: str) -> None:
        """Another scope has it, with all that was open of it."""
        self.expectations.let_go(thing)
        self.intents.let_go(thing)
        self.told = {key: until for key, until in self.told.items() if key[0] != thing}
        self.vds_memory.pop(thing, None)
        self.host_clocks.latest.pop(thing, None)
        self.neighbourhood.forget(thing)

    def _remember_told(self, memo: ToldMemo, at: float) -> None:
        """What is over is let go of now and then, so that marks of long ago take no memory."""
        self.told[(memo.thing, memo.mark, memo.key)] = memo.until
        if len(self.told) > self._told_max:
            self.told = {key: until for key, until in self.told.items() if until > at}
            self._told_max = max(1000, 2 * len(self.told))

    def _watch(self, memo: WatchedMemo, at: float) -> None:
        self._began = at if self.hosts is None else self._began
        self.hosts, self.facts, self.clusters = memo.hosts, memo.facts, memo.clusters
        self.members = {}
        for host in memo.hosts.values():
            self.members.setdefault(host.cluster, []).append(host.id)
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
