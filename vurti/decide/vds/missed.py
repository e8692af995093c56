"""A question to a host got no answer (§1.A, R4 to R7, R11 to R13)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds.grace import grace_until, in_grace
from vurti.events import Mark
from vurti.model import (
    Miss,
    Missed,
    NonOperationalReason,
    Question,
    TimerKey,
    Vds,
    VdsStatus,
    VmStatus,
)

GRACE, RECOVERY = "grace", "recovery"
TICKS = frozenset({GRACE, RECOVERY})

NOT_MONITORED = frozenset(
    {
        VdsStatus.DOWN,
        VdsStatus.MAINTENANCE,
        VdsStatus.INSTALLING,
        VdsStatus.INSTALL_FAILED,
        VdsStatus.REBOOT,
        VdsStatus.PENDING_APPROVAL,
        VdsStatus.INSTALLING_OS,
        VdsStatus.KDUMPING,
    }
)
"""A host in one of these is not expected to answer."""

UNHEARD_OF = frozenset(
    {Miss.NETWORK, Miss.TIMEOUT, Miss.NAME_RESOLUTION, Miss.OVERLOADED, Miss.DECODE}
)
"""Misses that say nothing good about the host; the others are answers of a kind."""


def missed(missed: Missed, draft: Draft) -> None:
    """Count it, and judge the host by it: Connecting in the grace, NonResponsive after it."""
    known = draft.vds(missed.host)
    if known is None or known.status in NOT_MONITORED:
        _passed_over(missed, "R8 not monitored", draft)
    elif missed.kind is Miss.RECOVERING:
        _recovering(known, draft)
    elif missed.kind is Miss.MISMATCH:
        _mismatch(known, missed, draft)
    elif missed.kind not in UNHEARD_OF:
        _passed_over(missed, "1.A bad reply", draft)
    elif _hangs_only(missed, draft):
        _passed_over(missed, "statistics hang, states answer", draft)
    else:
        _unheard_of(known, missed, draft)


def _passed_over(missed: Missed, rule: str, draft: Draft) -> None:
    """It does not count against the host."""
    draft.because(missed.host, rule, missed.host, rejected=True, about=_words(missed))


def wake(key: TimerKey, draft: Draft) -> None:
    """The grace or the recovery of a host ran out."""
    known = draft.vds(key.thing)
    if known is None:
        return
    if key.kind == GRACE and known.status is VdsStatus.CONNECTING:
        _judge(known, "no answer within its grace", draft)
    elif key.kind == RECOVERY and known.status is VdsStatus.INITIALIZING:
        after = replace(
            known,
            status=VdsStatus.NON_OPERATIONAL,
            reason=NonOperationalReason.TIMEOUT_RECOVERING_FROM_CRASH,
        )
        draft.change(after, thing=known, rule="R12", reason="did not recover in time")


def _hangs_only(missed: Missed, draft: Draft) -> bool:
    """A question about statistics that hangs does not count against a host that has answered
    something else since that question left (contract 1)."""
    if missed.question not in (Question.VM_STATISTICS, Question.VDS_STATISTICS):
        return False
    last_ok = draft.heard(missed.host).last_ok
    return missed.kind is Miss.TIMEOUT and last_ok is not None and last_ok >= missed.started


def _unheard_of(known: Vds, missed: Missed, draft: Draft) -> None:
    heard = draft.heard(known.id)
    draft.remember_vds(known.id, replace(heard, failures=heard.failures + 1, capable_at=None))
    draft.because(known.id, "4 failure counted", known.id, about=_words(missed))
    _judge(known, _words(missed), draft)


def _judge(known: Vds, reason: str, draft: Draft) -> None:
    heard, vm_count = draft.heard(known.id), len(draft.view.vms_on.get(known.id, ()))
    if not in_grace(draft.rules, vm_count, heard, draft.at):
        _not_responding(known, reason, draft)
    elif known.status not in (
        VdsStatus.CONNECTING,
        VdsStatus.NON_RESPONSIVE,
        VdsStatus.PREPARING_FOR_MAINTENANCE,
    ):
        after = replace(known, status=VdsStatus.CONNECTING, reason=NonOperationalReason.NONE)
        draft.change(after, thing=known, rule="R4", reason=reason, host=known.id)
        until = grace_until(draft.rules, vm_count, heard)
        if until > draft.at:
            draft.wake(GRACE, known.id, _just_after(until))


def _not_responding(known: Vds, reason: str, draft: Draft) -> None:
    """The grace is over: nothing is known of its VMs any more, and nothing is guessed (R6)."""
    if known.status is VdsStatus.NON_RESPONSIVE:
        return
    after = replace(known, status=VdsStatus.NON_RESPONSIVE, reason=NonOperationalReason.NONE)
    draft.change(after, thing=known, rule="R6", reason=reason, host=known.id)
    draft.wake(GRACE, known.id, None)
    for vm in tuple(draft.view.vms_on.get(known.id, ())):
        vm_known = draft.vm(vm)
        if vm_known is not None:
            lost = replace(vm_known, status=VmStatus.UNKNOWN)
            words = f"its host {known.id} does not answer"
            draft.change(
                lost,
                thing=vm_known,
                rule="R6",
                reason=words,
                marks=(Mark.LOST_SIGHT,),
                host=known.id,
            )


def _recovering(known: Vds, draft: Draft) -> None:
    """Its agent is alive and not ready (R11)."""
    if known.status in (
        VdsStatus.INITIALIZING,
        VdsStatus.NON_OPERATIONAL,
        VdsStatus.PREPARING_FOR_MAINTENANCE,
    ):
        return
    after = replace(known, status=VdsStatus.INITIALIZING)
    draft.change(after, thing=known, rule="R11", reason="its agent is recovering", host=known.id)
    draft.wake(RECOVERY, known.id, draft.at + draft.rules.recovery_secs)


def _mismatch(known: Vds, missed: Missed, draft: Draft) -> None:
    """It answers, and we cannot understand its kind of answer (R13)."""
    if known.status is VdsStatus.PREPARING_FOR_MAINTENANCE:
        return
    after = replace(known, status=VdsStatus.ERROR)
    draft.change(after, thing=known, rule="R13", reason=_words(missed), host=known.id)


def _words(missed: Missed) -> str:
    reason = f": {missed.reason}" if missed.reason else ""
    return f"{missed.question} {missed.kind}{reason}"


def _just_after(instant: float) -> float:
    """The grace includes its last instant, so the timer must come due behind it."""
    return instant + 0.001
