"""Random histories: what hosts truly hold, told late, partly or not at all, leads to the truth.

The truth is a small fleet of its own, which knows nothing of the rules.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vurti.events import VmAdded, VmRemoved, VmSplitBrainDetected
from vurti.model import (
    Absence,
    Begun,
    ExitReason,
    ExitStatus,
    Miss,
    Vm,
    VmReport,
    VmStatus,
)
from vurti.testing.fold import Fold, down, report

HOSTS, VMS = ("A", "B", "C"), ("v", "w", "x", "y")
hosts, vms = st.sampled_from(HOSTS), st.sampled_from(VMS)
CRASHED = down(ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION)
MIGRATED_AWAY = down(reason=ExitReason.MIGRATION_SUCCEEDED)


class Histories(RuleBasedStateMachine):
    """Hosts whose answers explain nothing (as libvirt's), with pushes that may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.fold = Fold()
        self.running: dict[str, tuple[str, Begun]] = {}
        self.on_the_way: list[tuple[str, float, dict[str, VmReport]]] = []

    def say(self, host: str, vm: str, said: VmReport, heard: bool) -> None:
        if heard:
            self.fold.push(host, **{vm: said})

    @rule(vm=vms, host=hosts, heard=st.booleans())
    def start(self, vm: str, host: str, heard: bool) -> None:
        if vm not in self.running:
            self.running[vm] = (host, Begun.BOOTED)
            self.say(host, vm, report(VmStatus.UP, begun=Begun.BOOTED), heard)

    @rule(vm=vms, heard=st.booleans(), crashed=st.booleans())
    def end(self, vm: str, heard: bool, crashed: bool) -> None:
        if vm in self.running:
            host, _ = self.running.pop(vm)
            self.say(host, vm, CRASHED if crashed else down(), heard)

    @rule(vm=vms, to=hosts, heard=st.lists(st.booleans(), min_size=4, max_size=4))
    def migrate(self, vm: str, to: str, heard: list[bool]) -> None:
        if vm not in self.running or self.running[vm][0] == to:
            return
        source, _ = self.running[vm]
        self.say(to, vm, report(VmStatus.MIGRATING_TO, begun=Begun.MIGRATED), heard[0])
        self.say(source, vm, VmReport(status=VmStatus.MIGRATING_FROM), heard[1])
        self.running[vm] = (to, Begun.MIGRATED)
        self.say(to, vm, report(VmStatus.UP, begun=Begun.MIGRATED), heard[2])
        self.say(source, vm, MIGRATED_AWAY, heard[3])

    def listed(self, host: str) -> dict[str, VmReport]:
        return {
            vm: report(VmStatus.UP, begun=begun)
            for vm, (where, begun) in self.running.items()
            if where == host
        }

    @rule(host=hosts)
    def poll(self, host: str) -> None:
        self.fold.poll(host, absence=Absence.UNEXPLAINED, **self.listed(host))

    @rule(host=hosts)
    def answer_that_takes_its_time(self, host: str) -> None:
        if host not in [waiting for waiting, _, _ in self.on_the_way]:
            self.on_the_way.append((host, self.fold.at, self.listed(host)))

    @precondition(lambda self: self.on_the_way)
    @rule()
    def late_answer_comes_in(self) -> None:
        host, asked, reports = self.on_the_way.pop(0)
        self.fold.poll(host, started=asked, absence=Absence.UNEXPLAINED, **reports)

    @rule(host=hosts, kind=st.sampled_from([Miss.NETWORK, Miss.TIMEOUT, Miss.DECODE]))
    def miss(self, host: str, kind: Miss) -> None:
        statuses = {vm: self.fold.vm(vm) for vm in VMS}
        decision = self.fold.miss(host, kind)
        lost = any(
            getattr(row.value, "status", None) == "NonResponsive" for row in decision.changes
        )
        if not lost:
            assert {vm: self.fold.vm(vm) for vm in VMS} == statuses  # contract 1

    @precondition(lambda self: len(self.fold.decisions) > 3)
    @rule()
    def restart(self) -> None:
        before = {vm: self.fold.vm(vm) for vm in VMS}
        self.fold.restart()
        assert {vm: self.fold.vm(vm) for vm in VMS} == before

    @rule(secs=st.sampled_from([0.5, 3, 15]))
    def wait(self, secs: float) -> None:
        self.fold.wait(secs)

    @rule()
    def all_hosts_answer_until_nothing_is_waited_for(self) -> None:
        self.on_the_way.clear()
        for _ in range(3):
            for host in HOSTS:
                self.poll(host)
        self.fold.wait(self.fold.view.rules.vanish_grace_secs + 1)
        for vm in VMS:
            known = self.fold.vm(vm)
            if vm in self.running:
                assert known is not None
                assert (known.status, known.run_on) == (VmStatus.UP, self.running[vm][0])
            else:
                assert known is None or known.run_on is None

    @invariant()
    def contract_4_each_vm_has_one_order_whose_events_adjoin(self) -> None:
        last: dict[str, Vm | None] = {}
        for event in self.fold.events:
            if isinstance(event.after, Vm) or isinstance(event.before, Vm):
                assert last.get(event.thing) == event.before
                assert not isinstance(event, VmAdded) or last.get(event.thing) is None
                last[event.thing] = event.after if isinstance(event.after, Vm) else None
        for vm, value in last.items():
            assert self.fold.vm(vm) == value

    @invariant()
    def contract_9_nothing_is_removed_and_no_split_brain_seen_that_was_none(self) -> None:
        assert not [e for e in self.fold.events if isinstance(e, (VmRemoved, VmSplitBrainDetected))]

    @invariant()
    def the_index_of_vms_by_host_says_what_the_records_say(self) -> None:
        view = self.fold.view
        by_record = {
            (row.value.run_on, vm)
            for vm, row in view.vms.items()
            if isinstance(row.value, Vm) and row.value.run_on is not None
        }
        assert {(host, vm) for host, here in view.vms_on.items() for vm in here} == by_record


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
