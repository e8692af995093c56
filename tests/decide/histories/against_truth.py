"""Checks of what is reported against what is so."""

from tests.decide.histories.truth import HOSTS, VMS, Truth
from tests.decide.histories.watched import Check
from vurti.events import Mark, VmMigrated, VmSplitBrainDetected
from vurti.model import (
    Absence,
    Awaited,
    Decision,
    ExitStatus,
    Input,
    IntentKind,
    PauseStatus,
    Push,
    Snapshot,
    Tick,
    Vm,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.model.status import NOT_RUNNING
from vurti.testing.fold import Fold

S = VmStatus
ATTENTIVE_SECS = 9.0
"""Hosts that answer this often leave no grace (10 s) to run out."""


def answered(given: Input) -> tuple[str, float, dict[str, VmReport]] | None:
    """Host, when it said so, and what of each VM."""
    if isinstance(given, Snapshot) and isinstance(given.answer, VmStatesAnswer):
        return given.host, given.started, given.answer.vms
    return None


class NoVmIsDownWhileItRuns(Check):
    """A VM that runs, and of which its host has said so since it holds it, is not reported Down;
    nor one that has run all the time while all hosts kept answering."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.told: dict[str, tuple[str, int, float]] = {}
        self.seen: dict[str, tuple[int, float]] = {}
        self.answers: dict[str, float] = dict.fromkeys(HOSTS, 0.0)
        self.gap_ended = 0.0

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        self._hear(decision, given)
        for vm in VMS:
            known, running = fold.vm(vm), self.truth.running(vm)
            if known is None or known.status not in NOT_RUNNING or len(running) != 1:
                continue
            ((host, copy),) = running.items()
            if any(machine.silent for machine in self.truth.machines.values()):
                continue
            assert self.told.get(vm) != (host, copy.run, copy.since), (known, host, copy)
            run, since = self.seen.get(vm, (0, 0.0))
            attentive = self.gap_ended < since
            assert not (attentive and run == copy.run), (known, host, copy)

    def restarted(self, fold: Fold) -> None:
        self.told.clear()
        self.seen.clear()

    def _hear(self, decision: Decision, given: Input) -> None:
        for past in self.answers.values():
            if decision.at - past > ATTENTIVE_SECS:
                self.gap_ended = decision.at
        heard = answered(given)
        if heard is None:
            return
        host, started, reports = heard
        assert isinstance(given, Snapshot)
        if given.answer.complete and decision.at - started < 2:
            self.answers[host] = decision.at
        rejected = {one.thing for one in decision.evidence if one.rule.startswith("10.")}
        for vm, said in reports.items():
            copy = self.truth.machines[host].copies.get(vm)
            holds = copy is not None and copy.runs and copy.since < started
            if holds and vm not in rejected and said.status not in (S.DOWN, S.MIGRATING_TO):
                self.told[vm] = (host, copy.run, copy.since)
                self.seen.setdefault(vm, (0, 0.0))
                if self.seen[vm][0] != copy.run:
                    self.seen[vm] = (copy.run, decision.at)


class MigrationsRestOnEvidence(Check):
    """Contract 4: a run that ended here and another that began there are no migration."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.announced: set[tuple[str, str | None]] = set()

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        self._check(decision)
        open_ = fold.view.expectations
        self.announced = {(one.thing, one.host) for one in open_ if one.kind is Awaited.MIGRATE}

    def _check(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, VmMigrated):
                assert event.before is not None
                assert event.after is not None
                ways = {(one[2], one[3]) for one in self.truth.ways if one[0] == event.thing}
                way = (event.before.run_on, event.after.run_on)
                announced = (event.thing, event.after.run_on) in self.announced
                assert announced or _left_untold(event) or way in _closure(ways), event


def _left_untold(event: VmMigrated) -> bool:
    """Its source had said that it goes, and nobody where to: then the first that runs it will do,
    unless that host says that it began there (7.4)."""
    assert event.before is not None
    return event.before.status is S.MIGRATING_FROM and event.before.migrating_to is None


def _closure(ways: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Also several steps of which only the ends were seen."""
    known = set(ways)
    while more := {(a, d) for a, b in known for c, d in known if b == c} - known:
        known |= more
    return known


class SplitBrainIsTrue(Check):
    """Contract 5: it is told only of VMs that ran twice at once."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for event in decision.events:
            if isinstance(event, VmSplitBrainDetected):
                assert event.thing in self.truth.twice, event


class NothingThatRunsIsToBeDestroyed(Check):
    """After a host has said that a VM runs there, or arrives there, nothing asks to destroy it
    there. A paused copy of a VM that is recorded elsewhere is the exception (7.4)."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        if isinstance(given, Snapshot) and isinstance(given.answer, VmStatesAnswer):
            host, reports = given.host, given.answer.vms
        elif isinstance(given, Push):
            host, reports = given.host, given.vms
        else:
            return
        rejected = {one.thing for one in decision.evidence if one.rule.startswith("10.")}
        for vm, said in reports.items():
            alive = isinstance(said.status, VmStatus) and said.status not in (S.DOWN, S.PAUSED)
            if alive and vm not in rejected:
                open_ = fold.view.intents.of(vm)
                assert (IntentKind.DESTROY_VM, host) not in open_, (vm, said, open_)


class AbsenceIsProvenByCompleteAnswers(Check):
    """Contract 2: only a complete answer of its own host takes a VM away unseen; and where absence
    does not say why, the VM is Unknown before it is Down."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for event in decision.events:
            before, after = event.before, event.after
            if not isinstance(before, Vm) or not isinstance(after, Vm):
                continue
            if before.run_on is None or after.status is not S.DOWN or event.marks == ():
                continue
            named = isinstance(given, Push) and before.id in given.vms
            polled = isinstance(given, Snapshot) and given.host == before.run_on
            waited = isinstance(given, Tick) or "external_data" in str(given)
            assert named or polled or waited, (event, given)


class UnexplainedAbsenceIsFirstUnknown(Check):
    """Contract 2: where hosts do not list ended VMs, one that is missing is not Down at once."""

    def __init__(self) -> None:
        self.past: dict[str, Vm] = {}
        self.awaited: dict[str, set[Awaited]] = {}
        self.claimed: set[str] = set()

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        heard = answered(given)
        if heard is not None and given.answer.absence is Absence.UNEXPLAINED:
            for vm, past in self.past.items():
                lacking = vm not in heard[2] and vm not in given.answer.unreadable
                if lacking and past.run_on == heard[0] and given.answer.complete:
                    self._unknown_first(vm, past, fold)
            for vm, past in self.past.items():
                if not given.answer.complete and vm not in heard[2]:
                    assert fold.vm(vm) == past
        self.past = {vm: known for vm in VMS if (known := fold.vm(vm)) is not None}
        self.awaited = {
            vm: {one.kind for one in fold.view.expectations.of(vm).values()} for vm in VMS
        }
        self.claimed = {vm for vm in VMS if fold.view.remembered(vm).claims}

    def _unknown_first(self, vm: str, past: Vm, fold: Fold) -> None:
        explained = past.status in (S.UNKNOWN, S.POWERING_DOWN, S.REBOOT_IN_PROGRESS)
        if explained or Awaited.POWER_OFF in self.awaited[vm] or vm in self.claimed:
            return
        known = fold.vm(vm)
        assert known is not None
        assert known.status is not S.DOWN, (past, known)


class CrashesAreErrors(Check):
    """Only what ended with an error has crashed, and only a VM that was highly available is said to
    have failed as one."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for event in decision.events:
            if Mark.CRASHED in event.marks:
                assert isinstance(event.after, Vm)
                assert event.after.exit_status is ExitStatus.ERROR
            if Mark.HA_FAILED in event.marks:
                assert fold.view.facts[event.thing].ha


class RecordsAreWhole(Check):
    """What belongs to a run is not left behind by it."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for row in decision.changes:
            vm = row.value
            if not isinstance(vm, Vm) or row.deleted:
                continue
            assert (vm.status is S.PAUSED) == (vm.pause_status is not PauseStatus.NONE) or (
                vm.status in (S.UNKNOWN, S.PAUSED)
            ), vm
            if vm.status in NOT_RUNNING and vm.run_on is None:
                assert vm.migrating_to is None, vm
                assert vm.guest.ip is None, vm
            if vm.run_on is not None and vm.status in NOT_RUNNING:
                raise AssertionError(f"not running, and held: {vm}")
            if vm.run_on is None:
                assert vm.status in (*NOT_RUNNING, S.UNKNOWN), vm
            if vm.exit_status is not None:
                assert vm.status in (S.DOWN, S.SUSPENDED), vm
