"""A host tells what it is made of: is it fit for its cluster? (R3, R9, 5.A)"""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.spread import spread
from vurti.decide.vds.checks import Subject, Unfit, unfit, warned_of
from vurti.decide.vds.life import COMING_BACK, NOT_MONITORED, Trigger
from vurti.decide.vds.moves import go
from vurti.events import Mark
from vurti.model import Question, Vds, VdsCapabilities, VdsStatus

CAPABILITIES = "capabilities"
"""The timer by which a host is asked again what it is made of."""


def told(known: Vds, capabilities: VdsCapabilities, draft: Draft) -> Vds:
    """The host with what it is made of, and what follows from that."""
    host = known.id
    subject = Subject(
        capabilities,
        draft.cluster(host),
        known.status,
        known.capabilities.cpu_flags if known.capabilities is not None else None,
        _peer_os(host, draft),
    )
    after = _kept(known, capabilities, draft)
    draft.wake(CAPABILITIES, host, draft.at + spread(host, draft.rules.capabilities_secs))
    if after.status in NOT_MONITORED or after.status is VdsStatus.PREPARING_FOR_MAINTENANCE:
        return after
    found = unfit(subject)
    if found is not None:
        return _unfit(after, found, draft)
    return _fit(after, draft)


def _kept(known: Vds, capabilities: VdsCapabilities, draft: Draft) -> Vds:
    draft.remember_look(known.id, replace(draft.look(known.id), capabilities_at=draft.at))
    after = replace(known, capabilities=capabilities)
    draft.change(after, thing=known, rule="capabilities", reason="told what it is made of")
    warning = warned_of(capabilities, draft.cluster(known.id))
    if warning is not None:
        marks = (Mark.SELINUX_NOT_ENFORCING,)
        draft.change(after, thing=after, rule="5.A", reason=warning, marks=marks, host=known.id)
    return after


def _unfit(known: Vds, found: Unfit, draft: Draft) -> Vds:
    """One that was on its way back says that it was seen; one that is unfit for the same reason as
    before says nothing."""
    draft.remember_vds(known.id, replace(draft.heard(known.id), capable_at=None))
    draft.remember_look(known.id, replace(draft.look(known.id), rechecking=False))
    detected = (Mark.DETECTED,) if known.status in COMING_BACK else ()
    marks = (*found.marks, *detected)
    return go(known, Trigger.UNFIT, draft, found.words, marks=marks, why=found.reason)


def _fit(known: Vds, draft: Draft) -> Vds:
    """One that is coming back is asked how it is; then it is Up (R2)."""
    tried_again = known.status is VdsStatus.NON_OPERATIONAL and draft.look(known.id).rechecking
    if known.status in COMING_BACK or tried_again:
        draft.remember_vds(known.id, replace(draft.heard(known.id), capable_at=draft.at))
        draft.ask(known.id, Question.VDS_STATISTICS)
    return known


def _peer_os(host: str, draft: Draft) -> str | None:
    """The operating system of the first other host of its cluster that is Up."""
    for one in draft.view.members.get(draft.cluster(host).id, ()):
        vds = draft.vds(one)
        if one != host and vds and vds.status is VdsStatus.UP:
            return vds.capabilities.os if vds.capabilities is not None else None
    return None
