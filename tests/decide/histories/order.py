"""Checks of events and rows: their order, their ids, and the indexes of the view."""

from tests.decide.histories.watched import Check
from vurti.events import Event, VdsEvent, VmAdded, VmRemoved
from vurti.events.event import encode
from vurti.model import Decision, Input, Missed, Reload, Snapshot, Tick, Vds, Vm, VmStatus
from vurti.testing.fold import Fold

Key = tuple[str, str]


def key(event: Event) -> Key:
    return ("vds" if isinstance(event, VdsEvent) else "vm", event.thing)


class EventsAdjoin(Check):
    """Contract 4: each thing has one order of events; each begins where the last one ended."""

    def __init__(self) -> None:
        self.last: dict[Key, Vm | Vds | None] = {}

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for event in decision.events:
            if isinstance(event, VdsEvent):  # hosts are recorded at the beginning, VMs are not
                self.last.setdefault(key(event), event.before)
            past = self.last.get(key(event))
            stranger = past is None and event.before == event.after
            assert stranger or past == event.before, event
            if not stranger:
                self.last[key(event)] = event.after
        for row in decision.changes:
            kind = "vm" if isinstance(row.value, Vm) else "vds"
            assert self.last[(kind, row.value.id)] == (None if row.deleted else row.value)
        for vm, row in fold.view.vms.items():
            assert self.last.get(("vm", vm)) == row.value


class IdsAreForGood(Check):
    """Contract 7: an id never names two contents, and sequences count on."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.seqs: dict[Key, int] = {}

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for event in decision.events:
            assert event.id not in self.bodies, (event, self.bodies[event.id])
            self.bodies[event.id] = encode(event)
            assert event.seq == event.seq_first
            past = self.seqs.get(key(event))
            assert past is None or event.seq == past + 1, event
            self.seqs[key(event)] = event.seq
        for row in decision.changes:
            kind = "vm" if isinstance(row.value, Vm) else "vds"
            assert row.seq == self.seqs[(kind, row.value.id)]

    def restarted(self, fold: Fold) -> None:
        """Of what has no row, the sequence is forgotten; the epoch in the id is another."""
        kept = {("vm", vm) for vm in fold.view.vms} | {("vds", host) for host in fold.view.vdss}
        self.seqs = {thing: seq for thing, seq in self.seqs.items() if thing in kept}


class IndexesAreRight(Check):
    """What the view finds by host is what its rows and memories say."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        view = fold.view
        vms = {vm: row.value for vm, row in view.vms.items() if isinstance(row.value, Vm)}
        held = {(vm.run_on, id_) for id_, vm in vms.items() if vm.run_on is not None}
        assert {(host, vm) for host, here in view.vms_on.items() for vm in here} == held
        strange = {
            (host, vm)
            for vm, memory in view.vm_memory.items()
            for host in (*(claim.host for claim in memory.claims), memory.incoming)
            if host is not None
        }
        assert {(host, vm) for host, here in view.strangers_on.items() for vm in here} == strange
        wanted = {(one.host, one.thing) for one in view.intents if one.host is not None}
        assert {(host, vm) for host in "ABC" for vm in view.intents.on(host)} == wanted
        due = {one.id for one in view.expectations}
        assert set(view.expectations.due) in (due, set())  # none is due before the first input


class NothingComesOrGoesByItself(Check):
    """Contract 1 and 9: a start, a miss and a push remove nothing; only words of hosts add."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        added = [event for event in decision.events if isinstance(event, VmAdded)]
        removed = [event for event in decision.events if isinstance(event, VmRemoved)]
        assert not removed or (isinstance(given, Tick) and given.key.kind == "forget"), removed
        assert not added or not isinstance(given, Reload | Missed | Tick), added
        for event in removed:
            assert event.before is not None
            assert event.before.run_on is None
        if isinstance(given, Reload):
            vms = [row for row in decision.changes if isinstance(row.value, Vm)]
            assert vms == []


class MissesChangeNoVm(Check):
    """Contract 1: a missed question changes no VM, but that those of a lost host are Unknown."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        if not isinstance(given, Missed) or given.question == "external_data":
            return
        for row in decision.changes:
            if isinstance(row.value, Vm):
                host = fold.vds(given.host)
                assert host is not None
                assert host.status == "NonResponsive"
                assert row.value.status is VmStatus.UNKNOWN


class StaleWordsChangeNothing(Check):
    """Contract 3: what was asked for before a VM last changed changes nothing of it."""

    def __init__(self) -> None:
        self.changed: dict[str, float] = {}

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for row in decision.changes:
            if isinstance(given, Snapshot) and isinstance(row.value, Vm):
                changed = self.changed.get(row.value.id)
                stale = changed is not None and given.started <= changed
                assert not stale or _by_others(decision, row.value.id), decision.events
            if isinstance(row.value, Vm):
                self.changed[row.value.id] = decision.at

    def restarted(self, fold: Fold) -> None:
        self.changed.clear()


def _by_others(decision: Decision, vm: str) -> bool:
    """Devices and data that were asked for are no states; ends of jobs are no changes of them."""
    rules = {event.rule for event in decision.events if event.thing == vm}
    return all(rule.startswith(("8.6", "7.3", "expectation")) for rule in rules)
