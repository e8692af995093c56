"""A question to a host got no answer (§1.A, R4 to R7, R11 to R13)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds import leases
from vurti.decide.vds.grace import in_grace
from vurti.decide.vds.holding import excused, held, quiet_until
from vurti.decide.vds.life import NOT_MONITORED, Trigger
from vurti.decide.vds.maintenance import try_to_finish
from vurti.decide.vds.moves import GRACE, go, just_after, spm, vm_count
from vurti.events import Mark
from vurti.model import Awaited, Miss, Missed, Question, Vds, VdsStatus

UNHEARD_OF = frozenset(
    {Miss.NETWORK, Miss.TIMEOUT, Miss.NAME_RESOLUTION, Miss.OVERLOADED, Miss.DECODE}
)
"""Misses that say nothing good about the host; the others are answers of a kind."""


def missed(missed: Missed, draft: Draft) -> None:
    """Count it, and judge the host by it: Connecting in the grace, NonResponsive after it."""
    known = draft.vds(missed.host)
    if known is None or known.status in NOT_MONITORED:
        _passed_over(missed, "R8 not monitored", draft)
        _remember_silence(missed, draft)
    elif missed.kind is Miss.BUSY:
        _passed_over(missed, "13 not asked, by our own fault", draft)
    elif Awaited.HOST_REBOOT in draft.expecting(missed.host):
        _passed_over(missed, "R20 its reboot was announced", draft)
    elif missed.kind is Miss.RECOVERING:
        words = "its agent is recovering"
        go(known, Trigger.RECOVERING, draft, words, marks=(Mark.INITIALIZING,))
    elif missed.kind is Miss.MISMATCH:
        go(known, Trigger.MISMATCH, draft, _words(missed))
    elif missed.kind not in UNHEARD_OF:
        _passed_over(missed, "1.A bad reply", draft)
        _remember_miss(missed.host, draft)
    elif excused(missed, draft):
        _passed_over(missed, "13 vurti itself stood still", draft)
    elif _hangs_only(missed, draft):
        _passed_over(missed, "statistics hang, states answer", draft)
    else:
        _unheard_of(known, missed, draft)
    try_to_finish(missed.host, draft)


def judge(known: Vds, reason: str, draft: Draft, marks: tuple[Mark, ...] = ()) -> None:
    """Connecting in the grace, NonResponsive after it, unless judgement is held."""
    heard, of_spm = draft.heard(known.id), spm(known.id, draft)
    if in_grace(draft.rules, vm_count(known.id, draft), heard, draft.at, of_spm):
        _silent(known, reason, draft)
    elif known.status is VdsStatus.NON_RESPONSIVE:
        return
    elif (why := held(known.id, draft)) is not None:
        _hold(_silent(known, reason, draft), why, draft)
    else:
        go(known, Trigger.GRACE_OVER, draft, reason, marks=marks or (Mark.NON_RESPONSIVE,))


def _silent(known: Vds, reason: str, draft: Draft) -> Vds:
    watched = (draft.view.hosts or {}).get(known.id)
    fenceable = watched is not None and watched.power_management
    mark = Mark.CONNECTING_WITH_POWER_MANAGEMENT if fenceable else Mark.CONNECTING
    return go(known, Trigger.SILENT, draft, reason, marks=(mark,))


def _hold(known: Vds, why: str, draft: Draft) -> None:
    """It stays as it is, and says why; it is looked at again when the quiet time is over, and at
    every further miss."""
    draft.because(known.id, "13 judgement held", rejected=True, about=why)
    marks = (Mark.JUDGEMENT_HELD,)
    draft.change(known, thing=known, rule="13 held", reason=why, marks=marks, host=known.id)
    if quiet_until(draft) > draft.at:
        draft.wake(GRACE, known.id, just_after(quiet_until(draft)))


def _passed_over(missed: Missed, rule: str, draft: Draft) -> None:
    """It does not count against the host."""
    draft.because(missed.host, rule, missed.host, rejected=True, about=_words(missed))


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
    _remember_silence(missed, draft)
    draft.because(known.id, "4 failure counted", known.id, about=_words(missed))
    unresolved = missed.kind is Miss.NAME_RESOLUTION
    judge(known, _words(missed), draft, (Mark.UNKNOWN_NAME,) if unresolved else ())
    after = draft.vds(known.id)
    if after is not None and after.status is VdsStatus.NON_RESPONSIVE:
        leases.count(known.id, draft)


def _remember_silence(missed: Missed, draft: Draft) -> None:
    if missed.kind in UNHEARD_OF:
        _remember_miss(missed.host, draft)


def _remember_miss(host: str, draft: Draft) -> None:
    draft.remember_look(host, replace(draft.look(host), failed_at=draft.at))


def _words(missed: Missed) -> str:
    reason = f": {missed.reason}" if missed.reason else ""
    return f"{missed.question} {missed.kind}{reason}"
