"""Was a host booted anew? Its boot time says so, which also moves when its clock is set; and so
does the clock of its pushes, which begins anew at a boot. (vdsm's boot_uuid does not.)"""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds.life import Trigger
from vurti.decide.vds.moves import go
from vurti.decide.view import HostClockForgotten
from vurti.events import Mark
from vurti.model import Push, Question, Vds, VdsStatistics, VdsStatus

_CLOCK_TOLERANCE_MS = 60_000


def looked_at_boot(known: Vds, sample: VdsStatistics, draft: Draft) -> Vds:
    """The host with the time of its boot. A later one is another boot, unless its clock was set."""
    now, past = sample.boot_time, known.boot_time
    if now is None:
        return _back_without_boot_time(known, draft)
    look = draft.look(known.id)
    before = look.sample.boot_time if look.sample and look.sample.boot_time else past
    moved = 0.0 if before is None else now - before
    tolerance = draft.rules.boot_tolerance_secs
    if past is not None and moved > tolerance and not _set(known, sample, moved, draft):
        return _rebooted(replace(known, boot_time=now), known, draft, "its boot time is another")
    if past is None or abs(now - past) > tolerance:
        after = replace(known, boot_time=now)
        draft.change(after, thing=known, rule="boot time", reason="told when it was booted")
        return after
    return known


def looked_at_clock(push: Push, draft: Draft) -> None:
    """The clock of its pushes goes on as long as it is up; one that jumps back has begun anew."""
    known, look = draft.vds(push.host), draft.look(push.host)
    if known is None or push.notify_time is None:
        return
    if look.clock is not None and push.notify_time < look.clock - _CLOCK_TOLERANCE_MS:
        _rebooted(known, known, draft, "the clock of its pushes began anew")
        look = draft.look(push.host)
    if push.notify_time != look.clock:
        draft.remember_look(push.host, replace(look, clock=push.notify_time))


def _set(known: Vds, sample: VdsStatistics, moved: float, draft: Draft) -> bool:
    """Its clock went as far as its boot time did: it was set, and nothing was booted."""
    look = draft.look(known.id)
    past = look.sample.date_time if look.sample is not None else None
    if past is None or sample.date_time is None or look.sampled_wall is None:
        return False
    went = (sample.date_time - past) - (draft.wall - look.sampled_wall)
    return abs(went - moved) <= draft.rules.boot_tolerance_secs


def _rebooted(after: Vds, known: Vds, draft: Draft, reason: str) -> Vds:
    """Its clocks begin anew, and VMs that it does not list now ended with it."""
    host = known.id
    if not draft.look(host).rebooted:
        marks = (Mark.HOST_REBOOTED,)
        draft.change(after, thing=known, rule="booted", reason=reason, marks=marks, host=host)
    elif after != known:
        draft.change(after, thing=known, rule="booted", reason=reason, host=host)
    draft.remember_look(host, replace(draft.look(host), rebooted=True, clock=None))
    draft.remember_vds(host, replace(draft.heard(host), times={}))
    draft.memo(HostClockForgotten(host))
    draft.ask(host, Question.VMS)
    return go(after, Trigger.CAME_BACK, draft, reason)


def _back_without_boot_time(known: Vds, draft: Draft) -> Vds:
    """A host that does not tell when it was booted has come back when it was silent in between."""
    if known.status is not VdsStatus.REBOOT or draft.look(known.id).failed_at is None:
        return known
    return go(known, Trigger.CAME_BACK, draft, "it answers again")
