"""One VM's step: what a host said of it, did not say, or what became of waiting. First match wins.

The dispatch is the table of §7; each arm is a file whose name is the question that one asks:
    appeared     a VM that nobody knew is named
    went_down    a host says that it ended there
    elsewhere    a host names it that is not the one recorded
    at_home      its own host says how it is
    vanished     a complete answer of its host does not have it
"""

from vurti.decide.admit import Word, admitted, fresh
from vurti.decide.draft import Draft
from vurti.decide.view import VmMemory
from vurti.decide.vm import waiting
from vurti.decide.vm.appeared import appeared
from vurti.decide.vm.at_home import at_home
from vurti.decide.vm.elsewhere import elsewhere
from vurti.decide.vm.step import Case, Step, Steps
from vurti.decide.vm.vanished import stranger_gone, vanished
from vurti.decide.vm.went_down import went_down
from vurti.model import Question, TimerKey, VdsStatus, Vm, VmReport, VmStatus

__all__ = ["decide_vm", "hear", "miss", "wake"]

SILENT = frozenset({VdsStatus.NON_RESPONSIVE, VdsStatus.DOWN, VdsStatus.MAINTENANCE})
"""Hosts in these statuses cannot tell how their VMs are, so another host's word is the best."""


def decide_vm(case: Case) -> Steps:
    """What follows for one VM from one word about it."""
    match case.known, case.report:
        case _, None:
            return vanished(case)
        case None, _:
            return appeared(case)
        case _, VmReport(status=VmStatus.DOWN):
            return went_down(case)
        case Vm(run_on=home), _ if home != case.word.host:
            return elsewhere(case)
        case _:
            return at_home(case)


def hear(vm: str, report: VmReport, word: Word, draft: Draft) -> bool:
    """A host names the VM. False where that is too old to count."""
    if not admitted(vm, report, word, draft):
        return False
    _take(vm, decide_vm(_case(vm, report, word, draft)), word, draft)
    return True


def miss(vm: str, word: Word, draft: Draft) -> None:
    """A complete answer of the VM's host, or of one that had spoken of it, does not have it."""
    if not fresh(vm, word, draft):
        return
    case = _case(vm, None, word, draft)
    at_home = case.known is not None and case.known.run_on == word.host
    _take(vm, decide_vm(case) if at_home else stranger_gone(case), word, draft)


def wake(key: TimerKey, draft: Draft) -> None:
    """A timer of the VM came due."""
    known = draft.vm(key.thing)
    if known is None:
        return
    listed = any(key.thing in memory.listed for memory in draft.view.vds_memory.values())
    steps = waiting.over(
        key.kind, known, draft.remembered(key.thing), draft.at, draft.rules, listed
    )
    _take(key.thing, steps, Word(known.run_on or "", draft.at, draft.at, pushed=False), draft)


def _case(vm: str, report: VmReport | None, word: Word, draft: Draft) -> Case:
    known = draft.vm(vm)
    home = draft.vds(known.run_on) if known is not None and known.run_on is not None else None
    target = known.migrating_to if known is not None else None
    heard = draft.heard(word.host)
    return Case(
        vm=vm,
        known=known,
        report=report,
        word=word,
        memory=draft.remembered(vm),
        rules=draft.rules,
        home_silent=home is None or home.status in SILENT,
        target_silent=_silent(target, draft),
        new_here=word.pushed or (heard.listed_at is not None and vm not in heard.listed),
    )


def _silent(host: str | None, draft: Draft) -> bool:
    vds = draft.vds(host) if host is not None else None
    return vds is not None and vds.status in SILENT


def _take(vm: str, steps: Steps, word: Word, draft: Draft) -> None:
    """Put down what the rules gave, and keep the clock-work that every change of status needs."""
    for step in steps:
        known = draft.vm(vm)
        if isinstance(step.memory, VmMemory):
            draft.remember_vm(vm, step.memory)
        for kind, due in step.timers:
            draft.wake(kind, vm, due)
        for host in step.ask:
            draft.ask(host, Question.VMS)
        draft.because(vm, step.rule, word.host, rejected=step.rejected)
        if isinstance(step.after, Vm) or step.after is None:
            thing = known or step.after
            if thing is not None:
                _change(thing, step, word, draft)


def _change(thing: Vm, step: Step, word: Word, draft: Draft) -> None:
    after = step.after if isinstance(step.after, Vm) else None
    draft.change(
        after,
        thing=thing,
        rule=step.rule,
        reason=step.reason,
        marks=step.marks,
        host=word.host or None,
        times=step.times,
        restart=word.restart and draft.view.vms.get(thing.id) is not None,
    )
    was_held, held = thing.run_on is not None, after is not None and after.run_on is not None
    if after is not None and not held:
        draft.wake(waiting.FORGET, thing.id, draft.at + draft.rules.forget_secs)
    elif held and not was_held:
        draft.wake(waiting.FORGET, thing.id, None)
