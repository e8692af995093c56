"""From a word about a VM to its case, and from the steps of its rules into the decision."""

from functools import partial

from msgspec import UNSET
from msgspec.structs import replace

from vurti.decide import sampling
from vurti.decide.admit import Word, admitted, fresh
from vurti.decide.draft import Draft
from vurti.decide.referral import is_foreign, refer
from vurti.decide.view import VmMemory, listing
from vurti.decide.vm import external_data, waiting
from vurti.decide.vm.decide import decide_vm
from vurti.decide.vm.hardware import ask_for_devices
from vurti.decide.vm.jobs import follow_jobs, forget_jobs
from vurti.decide.vm.step import Case, Step, Steps
from vurti.decide.vm.vanished import stranger_gone
from vurti.events import Mark
from vurti.model import (
    Absence,
    IntentKind,
    Question,
    TimerKey,
    VdsStatus,
    Vm,
    VmReport,
    VmStatus,
)

SILENT = frozenset({VdsStatus.NON_RESPONSIVE, VdsStatus.DOWN, VdsStatus.MAINTENANCE})
"""Hosts in these statuses cannot tell how their VMs are, so another host's word is the best."""


def hear(vm: str, report: VmReport, word: Word, draft: Draft) -> bool:
    """A host names the VM. False where that is too old to count."""
    if is_foreign(vm, word, draft):
        refer(vm, report, word, draft)
        return True
    if not admitted(vm, report, word, draft):
        return False
    if sampling.tells_only_progress(report) and _is_at_home(vm, word.host, draft):
        sampling.migration_told(vm, report, word.host, draft)
        return True
    _begins_anew(vm, report, word, draft)
    steps = decide_vm(_case(vm, report, word, draft))
    _take(vm, steps, word, draft)
    if _is_alive(report) and not any(step.wants for step in steps):
        draft.unwant(IntentKind.DESTROY_VM, vm, word.host, rule="its host says that it is alive")
    if _is_at_home(vm, word.host, draft):
        ask_for_devices(vm, report, word.host, word.started, draft)
        follow_jobs(vm, report, word, draft)
        sampling.migration_told(vm, report, word.host, draft)
    return True


def miss(vm: str, word: Word, draft: Draft) -> None:
    """A complete answer of the VM's host, or of one that had spoken of it, does not have it."""
    if is_foreign(vm, word, draft):
        refer(vm, None, word, draft)
        return
    if not fresh(vm, word, draft):
        return
    case = _case(vm, None, word, draft)
    at_home = case.known is not None and case.known.run_on == word.host
    _take(vm, decide_vm(case) if at_home else stranger_gone(case), word, draft)


def wake(key: TimerKey, draft: Draft) -> None:
    """A timer of the VM came due."""
    known, memory = draft.vm(key.thing), draft.remembered(key.thing)
    if known is None:
        return
    if key.kind == external_data.HELD:
        _conclude(key.thing, draft)
        return
    listed = partial(_is_listed, key.thing, draft)
    steps = waiting.over(key.kind, known, memory, draft.at, draft.rules, listed)
    _take(key.thing, steps, _nobody(known, draft), draft)


def _is_at_home(vm: str, host: str, draft: Draft) -> bool:
    known = draft.vm(vm)
    return known is not None and known.run_on == host


def _is_listed(vm: str, draft: Draft) -> bool:
    view = draft.view
    return vm in view.neighbourhood.abroad or bool(listing(view, vm))


def data_told(vm: str, draft: Draft) -> None:
    """The TPM and NVRAM data of a VM that has ended are in safe hands: close it."""
    _conclude(vm, draft)


def data_missed(vm: str, draft: Draft) -> None:
    """They could not be fetched. After the third time that is nobody's fault but the host's."""
    known, memory = draft.vm(vm), draft.remembered(vm)
    if known is None or memory.held is None:
        return
    case = _case(vm, memory.held.report, _nobody(known, draft), draft)
    _take(vm, external_data.failed_once_more(case), case.word, draft)
    held = draft.remembered(vm).held
    if held is not None and held.tries >= external_data.TRIES_MAX:
        _conclude(vm, draft)


def _is_alive(report: VmReport) -> bool:
    return isinstance(report.status, VmStatus) and report.status is not VmStatus.DOWN


def _begins_anew(vm: str, report: VmReport, word: Word, draft: Draft) -> None:
    """The host that said that it had ended says that it lives: what was held back of that end is
    past waiting, and must not end this run."""
    held = draft.remembered(vm).held
    if held is not None and held.host == word.host and _is_alive(report):
        _conclude(vm, draft)


def _conclude(vm: str, draft: Draft) -> None:
    """What was held back of its end follows now."""
    held = draft.remembered(vm).held
    if held is None:
        return
    word = Word(held.host, draft.at, draft.at, pushed=True, absence=Absence.GONE)
    case = _case(vm, held.report, word, draft)
    done = replace(held, tries=external_data.TRIES_MAX)
    case = replace(case, memory=replace(case.memory, held=done))
    _take(vm, decide_vm(case), word, draft)


def _nobody(known: Vm, draft: Draft) -> Word:
    """No host speaks: time does, or the lack of an answer."""
    return Word(known.run_on or "", draft.at, draft.at, pushed=True)


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
        facts=draft.facts(vm),
        awaited=draft.expecting(vm),
        home_silent=home is None or home.status in SILENT,
        target_silent=_silent(target, draft),
        new_here=word.pushed or (heard.listed_at is not None and vm not in heard.listed),
        wall=draft.wall,
        host_rebooted=draft.look(word.host).rebooted,
    )


def _silent(host: str | None, draft: Draft) -> bool:
    if host is None or (vds := draft.vds(host)) is None:
        return host in draft.view.neighbourhood.hosts.silent
    return vds.status in SILENT


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
        for question in step.questions:
            draft.ask(word.host, question, vm)
        draft.because(vm, step.rule, word.host, asked=word.asked, rejected=step.rejected)
        thing = known or (step.after if isinstance(step.after, Vm) else None)
        if step.after is not UNSET and thing is not None:
            _change(thing, step, word, draft)
        for want in step.wants:
            draft.want(want.kind, vm, want.host, rule=step.rule, reason=step.reason)
    _arrives_no_more(vm, draft)


def _arrives_no_more(vm: str, draft: Draft) -> None:
    """Where a VM runs it has arrived: its next migration goes elsewhere."""
    memory = draft.remembered(vm)
    if memory.incoming is None or (known := draft.vm(vm)) is None:
        return
    if known.run_on == memory.incoming and known.status is not VmStatus.MIGRATING_TO:
        draft.remember_vm(vm, replace(memory, incoming=None))


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
    if after is not None and after.status is VmStatus.UP is not thing.status:
        works(word.host, draft)
    if step.ended:
        sampling.ended(thing, draft)
        forget_jobs(thing.id, draft)
    if Mark.MIGRATION_FAILED in step.marks:
        sampling.migration_over(thing.id, word.host, draft)


def works(host: str, draft: Draft) -> None:
    """A VM has begun to run there, so the questions that its host missed are forgiven (4)."""
    heard = draft.heard(host)
    if heard.failures:
        draft.remember_vds(host, replace(heard, failures=0))
