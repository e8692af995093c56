"""A host goes from one status to another, as the table of its life says, and what that brings."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds import life
from vurti.decide.vds.fencing import ask_to_fence
from vurti.decide.vds.grace import grace_until
from vurti.decide.vds.life import Trigger
from vurti.decide.vds.numbers import USED_NOTHING
from vurti.decide.view import HostClockForgotten
from vurti.events import Mark
from vurti.model import (
    IntentKind,
    MigrateOnError,
    NonOperationalReason,
    Question,
    Statistics,
    Vds,
    VdsStatus,
    VmStatus,
)

GRACE, RECOVERY = "grace", "recovery"
"""The timers that a host outgrows when it answers."""

MAINTENANCE = "maintenance"
"""The timer of a host whose maintenance has an end."""


def go(
    known: Vds,
    trigger: Trigger,
    draft: Draft,
    reason: str,
    *,
    marks: tuple[Mark, ...] = (),
    why: NonOperationalReason = NonOperationalReason.NONE,
    rule: str | None = None,
    restart: bool = False,
    until: float | None = None,
) -> Vds:
    """The host after the trigger; as it was where that leads nowhere. `why` it is NonOperational,
    `rule` where another than the table's spoke, `until` when that is over (wall seconds)."""
    move = life.move(known.status, trigger)
    if move is None:
        return known
    after = replace(known, status=move.to, reason=why, maintenance_until=until)
    if after == known:
        return known
    draft.change(
        after,
        thing=known,
        rule=rule or move.rule,
        reason=reason,
        marks=marks,
        host=known.id,
        restart=restart,
    )
    if known.maintenance_until is not None:
        draft.wake(MAINTENANCE, known.id, None)
    _arrive(known, after, draft)
    return after


def vm_count(host: str, draft: Draft) -> int:
    """How many VMs it has: as it told last, or as they are recorded where it has not."""
    sample = draft.look(host).sample
    if sample is not None and sample.vm_count is not None:
        return sample.vm_count
    return len(draft.view.vms_on.get(host, ()))


def spm(host: str, draft: Draft) -> bool:
    """It manages the storage of its pool."""
    watched = (draft.view.hosts or {}).get(host)
    return watched is not None and watched.spm


def grace_ends(host: str, draft: Draft) -> float:
    """When the time is over that its last answer gave it."""
    heard = draft.heard(host)
    return grace_until(draft.rules, vm_count(host, draft), heard, spm(host, draft))


def zero(host: str, draft: Draft) -> None:
    """Nothing of it is used, or nothing is known of its use any more (R22). It was not heard by
    that: who reads its row must see how old it is (contract 14)."""
    last_ok = draft.heard(host).last_ok
    secs_ago = 0.0 if last_ok is None else draft.at - last_ok
    draft.sample(Statistics(host, draft.wall - secs_ago, vds=USED_NOTHING))


def _arrive(before: Vds, after: Vds, draft: Draft) -> None:
    match after.status:
        case VdsStatus.UP:
            _up(after.id, draft)
        case VdsStatus.CONNECTING:
            until = grace_ends(after.id, draft)
            if until > draft.at:
                draft.wake(GRACE, after.id, just_after(until))
        case VdsStatus.NON_RESPONSIVE:
            _non_responsive(after.id, draft)
        case VdsStatus.NON_OPERATIONAL:
            _non_operational(before, after, draft)
        case VdsStatus.INITIALIZING:
            draft.wake(RECOVERY, after.id, draft.at + draft.rules.recovery_secs)
        case VdsStatus.MAINTENANCE:
            zero(after.id, draft)
            end_in_time(after, draft)
        case VdsStatus.UNASSIGNED:
            draft.ask(after.id, Question.CAPABILITIES)


def end_in_time(host: Vds, draft: Draft) -> None:
    """Its maintenance is over when that was announced, also where vurti starts in between."""
    if host.status is VdsStatus.MAINTENANCE and host.maintenance_until is not None:
        due = draft.at + host.maintenance_until - draft.wall
        draft.wake(MAINTENANCE, host.id, due)


def _up(host: str, draft: Draft) -> None:
    """It may have been away, and its clock may have begun anew (10.5)."""
    draft.remember_vds(host, replace(draft.heard(host), capable_at=None, times={}))
    draft.remember_look(host, replace(draft.look(host), rechecking=False, nic_down_at=None))
    draft.memo(HostClockForgotten(host))
    draft.wake(GRACE, host, None)
    draft.wake(RECOVERY, host, None)
    draft.ask(host, Question.VMS)


def _non_responsive(host: str, draft: Draft) -> None:
    """Nothing is known of its VMs any more, and nothing is guessed (R6)."""
    draft.wake(GRACE, host, None)
    draft.remember_look(host, replace(draft.look(host), missed_since_lost=0))
    for vm in tuple(draft.view.vms_on.get(host, ())):
        known = draft.vm(vm)
        if known is not None:
            draft.change(
                replace(known, status=VmStatus.UNKNOWN),
                thing=known,
                rule="R6",
                reason=f"its host {host} does not answer",
                marks=(Mark.LOST_SIGHT,),
                host=host,
            )
    zero(host, draft)
    ask_to_fence(host, draft)


def _non_operational(before: Vds, after: Vds, draft: Draft) -> None:
    """Its VMs are to leave it, as its cluster has it; not where it does not even answer (R9)."""
    draft.remember_look(after.id, replace(draft.look(after.id), rechecking=False))
    if vm_count(after.id, draft) == 0:
        zero(after.id, draft)
        return
    leaves = draft.cluster(after.id).migrate_on_error is not MigrateOnError.NO
    if leaves and after.reason is not NonOperationalReason.TIMEOUT_RECOVERING_FROM_CRASH:
        empty(after.id, draft, f"it is {after.status}: {after.reason}")


def empty(host: str, draft: Draft, reason: str) -> None:
    """Its VMs are to be migrated away; of which, is the cluster's `migrate_on_error`."""
    scope = draft.cluster(host).migrate_on_error
    highly = " (only highly available VMs)" if scope is MigrateOnError.HA_ONLY else ""
    draft.want(IntentKind.MIGRATE_AWAY, host, rule="R9", reason=reason + highly)


def just_after(instant: float) -> float:
    """What includes its last instant is over behind it."""
    return instant + 0.001
