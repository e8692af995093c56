"""A complete answer does not have the VM (§7.5). Only polls come here; a push proves no absence."""

from msgspec.structs import replace

from vurti.decide.vm.closing import (
    NOTHING_FOLLOWS,
    after_a_loss,
    after_an_abort,
    closing,
    cold_reboot,
)
from vurti.decide.vm.handover import adopted, arrived, forgotten, hand_over
from vurti.decide.vm.record import ended
from vurti.decide.vm.step import Case, Step, Steps, ignored, in_turn
from vurti.decide.vm.waiting import VANISHED
from vurti.decide.vm.went_down import ended_here
from vurti.events import Mark
from vurti.model import Absence, Awaited, ExitReason, ExitStatus, Vm, VmStatus

GOING_DOWN = frozenset({VmStatus.POWERING_DOWN, VmStatus.REBOOT_IN_PROGRESS})


def vanished(case: Case) -> Steps:
    """A complete answer of the VM's own host does not have it."""
    known = case.record
    if case.memory.held is not None:
        return in_turn(replace(case, report=case.memory.held.report), ended_here, adopted)
    if Awaited.POWER_OFF in case.awaited and Awaited.COLD_REBOOT not in case.awaited:
        return _powered_off(case)
    if known.status is VmStatus.MIGRATING_FROM and known.migrating_to is not None:
        return hand_over(case, known, known.migrating_to, "7.5 hand over")
    if came := arrived(case, known):
        return came
    if known.status in GOING_DOWN:
        return in_turn(case, _went_down, adopted)
    if case.host_rebooted:
        return in_turn(case, _lost_with_its_host, adopted)
    if case.word.absence is Absence.UNEXPLAINED and not case.memory.claims:
        return _doubted(case, known)
    return in_turn(case, _lost, adopted)


def stranger_gone(case: Case) -> Steps:
    """A host that had spoken of the VM, but does not hold it, has it no more."""
    return forgotten(case) or ignored("7.5 missing where it is not recorded")


def _powered_off(case: Case) -> Steps:
    """Its power-off was announced a moment ago: it is that, whatever its status was (13.5, Q13)."""
    after = ended(case.record, ExitStatus.NORMAL, ExitReason.SUCCESS, "powered off as announced")
    return (closing(case, after, "7.5 power-off window", "powered off", (Mark.ENDED,)),)


def _doubted(case: Case, known: Vm) -> Steps:
    """Nobody said why: Unknown until a push, another host or the end of the grace tells."""
    if case.memory.vanished_at is not None:
        return ignored("7.5 still vanished")
    due = case.word.at + case.rules.vanish_grace_secs
    memory = replace(case.memory, vanished_at=case.word.at)
    after = replace(known, status=VmStatus.UNKNOWN)
    reason = "vanished from its host without a word"
    return (Step("7.5 vanished", after, reason, memory=memory, timers=((VANISHED, due),)),)


def _went_down(case: Case) -> Steps:
    after = ended(case.record, ExitStatus.NORMAL, ExitReason.SUCCESS)
    marks, wants = cold_reboot() if Awaited.COLD_REBOOT in case.awaited else NOTHING_FOLLOWS
    return (closing(case, after, "7.5 was going down", "shut down", marks, wants),)


def _lost_with_its_host(case: Case) -> Steps:
    """Its host was booted anew: that ended it, whatever absence means there."""
    marks, wants = after_a_loss(case)
    after = ended(case.record, ExitStatus.ERROR, ExitReason.HOST_SHUTDOWN, "its host rebooted")
    marks = (Mark.HOST_REBOOTED_UNDER_IT, *marks)
    reason = "its host was booted anew and lists it no more"
    return (closing(case, after, "3 host rebooted", reason, marks, wants),)


def _lost(case: Case) -> Steps:
    """Where hosts list what has ended, one that is missing was lost; where they do not, but another
    host runs it by now, all that can be said is that it ended unseen."""
    known = case.record
    if case.word.absence is Absence.UNEXPLAINED:
        after = ended(known, ExitStatus.UNKNOWN, ExitReason.LIBVIRT_DOMAIN_MISSING)
        reason = "ended unseen, and runs elsewhere by now"
        return (closing(case, after, "7.5 ended unseen", reason),)
    after = ended(known, ExitStatus.ERROR, ExitReason.GENERIC_ERROR)
    if known.status is VmStatus.MIGRATING_FROM:
        marks, wants = after_an_abort(case)
        marks = (Mark.CRASHED, Mark.MIGRATION_ABORTED, *marks)
        reason = "lost while it migrated, nobody knows where to"
        return (closing(case, after, "7.5 migration aborted", reason, marks, wants),)
    marks, wants = after_a_loss(case)
    marks = (Mark.CRASHED, *(marks if wants else (Mark.ENDED_WITH_ERROR,)))
    reason = "lost: its host lists it no more"
    return (closing(case, after, "7.5 assumed crashed", reason, marks, wants),)
