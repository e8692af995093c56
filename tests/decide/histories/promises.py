"""Checks of expectations, intents and timers."""

from collections import Counter

from tests.decide.histories.watched import Check
from vurti.decide.vds import TICKS
from vurti.events import Event
from vurti.events.catalogue import EXPECTATION_ENDS
from vurti.model import (
    Decision,
    Expectation,
    Input,
    Intent,
    IntentKind,
    IntentState,
    Outcome,
    Vm,
    VmStatus,
)
from vurti.testing.fold import Fold

_WHILE_DOWN = (IntentKind.RESTART_VM, IntentKind.COLD_REBOOT_VM)


class EachExpectationEndsOnce(Check):
    """An expectation ends in exactly one outcome and one event, and not later than it may."""

    def __init__(self) -> None:
        self.open: dict[str, Expectation] = {}
        self.ended: dict[str, Outcome] = {}

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        ended = Counter[str]()
        for one in decision.expectations:
            assert one.id not in self.ended, f"{one.id} ended already"
            if one.outcome is Outcome.OPEN:
                assert one.id not in self.open
                self.open[one.id] = one
                continue
            self.open.pop(one.id, None)
            self.ended[one.id] = one.outcome
            assert one.ended_at == decision.wall
            assert one.rule
            ended[f"{one.thing} {one.outcome}"] += 1
        assert ended == Counter(text for event in decision.events for text in _ends(event))
        assert {one.id: one for one in fold.view.expectations} == self.open
        assert all(one.expires_at >= decision.wall for one in self.open.values()), "overdue"


def _ends(event: Event) -> list[str]:
    marks = EXPECTATION_ENDS.intersection(event.marks)
    assert not marks or event.before == event.after, "an end is an event of its own"
    return [f"{event.thing} {mark.removeprefix('expectation_')}" for mark in marks]


class IntentsAreFew(Check):
    """Of one kind, place and thing there is one at most; none whose ground is gone."""

    def __init__(self) -> None:
        self.open: dict[str, Intent] = {}
        self.ids: set[str] = set()

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        for one in decision.intents:
            if one.state is IntentState.OPEN:
                assert one.id not in self.ids, f"{one.id} was another"
                self.ids.add(one.id)
                self.open[one.id] = one
            else:
                assert self.open.pop(one.id, None) is not None, one
        places = Counter((one.kind, one.thing, one.host) for one in self.open.values())
        assert not [place for place, times in places.items() if times > 1]
        assert {one.id: one for one in fold.view.intents} == self.open
        for one in self.open.values():
            assert one.valid_until >= decision.wall, one
            self._grounded(one, fold.vm(one.thing), fold)

    def _grounded(self, one: Intent, known: Vm | None, fold: Fold) -> None:
        if one.kind in _WHILE_DOWN:
            assert known is not None, one
            assert known.status is VmStatus.DOWN, (one, known)
        if one.kind is IntentKind.RESTART_VM:
            beside = {other.kind for other in self.open.values() if other.thing == one.thing}
            assert IntentKind.RERUN_VM not in beside, "restart beside rerun"
            assert IntentKind.COLD_REBOOT_VM not in beside, "restart beside cold reboot"
        if one.kind is IntentKind.DESTROY_VM:
            left = one.rule == "7.3 migrated away"  # its host has said so itself
            assert known is None or known.run_on != one.host or left, (one, known)


class TimersHaveAReason(Check):
    """A timer runs exactly as long as something is waited for."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        view = fold.view
        timers = {(key.kind, key.thing) for key in fold.timers}
        reasons = {("expectation", one.id) for one in view.expectations}
        reasons |= {("intent", one.id) for one in view.intents}
        for vm, row in view.vms.items():
            if isinstance(row.value, Vm) and row.value.run_on is None:
                reasons.add(("forget", vm))
        for vm, memory in view.vm_memory.items():
            waiting = {
                "vanished": memory.vanished_at,
                "left": memory.left_at,
                "reboots": memory.reboot_told_at,
                "held": memory.held,
            }
            reasons |= {(kind, vm) for kind, since in waiting.items() if since is not None}
        of_hosts = {one for one in timers if one[0] in TICKS}
        assert timers - of_hosts == reasons
