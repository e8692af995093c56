"""A host answers: its failures are forgotten, and one that was not Up finds its way back (R2)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds.missed import GRACE, RECOVERY
from vurti.decide.view import HostClockForgotten, VdsMemory
from vurti.model import (
    Question,
    Snapshot,
    Vds,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VdsStatus,
    VmStatesAnswer,
)

COMING_BACK = frozenset(
    {
        VdsStatus.UNASSIGNED,
        VdsStatus.CONNECTING,
        VdsStatus.INITIALIZING,
        VdsStatus.NON_RESPONSIVE,
    }
)
"""From these a host becomes Up once it has told its capabilities and then its statistics."""


def answered(snapshot: Snapshot, draft: Draft) -> None:
    """Whatever it answered, it is alive. Up it is when it has told what it is and how it is."""
    host, answer = snapshot.host, snapshot.answer
    heard = draft.heard(host)
    heard = replace(heard, last_ok=draft.at, failures=0)
    known = draft.vds(host)
    if known is None:
        return
    if isinstance(answer, VdsCapabilitiesAnswer):
        heard = replace(heard, capable_at=draft.at)
        known = _capable(known, answer.capabilities, draft)
    draft.remember_vds(host, heard)
    if known.status in COMING_BACK:
        _come_back(known, snapshot, heard, draft)


def listed(
    snapshot: Snapshot,
    states: VmStatesAnswer,
    draft: Draft,
    settled: bool,
    rejected: frozenset[str] = frozenset(),
) -> None:
    """Remember its complete answer: the next one is compared with it. `settled`: it named exactly
    the VMs that are recorded there, and of each it said what it had said before. Those of which its
    words are `rejected` were not heard: what was heard of them before binds the host still."""
    heard = draft.heard(snapshot.host)
    times = states.times
    if rejected:
        kept = {vm: time for vm, time in heard.times.items() if vm in rejected}
        times = {vm: time for vm, time in times.items() if vm not in rejected} | kept
    heard = replace(
        heard,
        listed=states.vms,
        listed_at=snapshot.started,
        settled=settled,
        rejected=rejected,
        times=times,
    )
    draft.remember_vds(snapshot.host, heard)


def _capable(known: Vds, capabilities: VdsCapabilities, draft: Draft) -> Vds:
    after = replace(known, capabilities=capabilities)
    draft.change(after, thing=known, rule="capabilities", reason="told what it is made of")
    return after


def _come_back(known: Vds, snapshot: Snapshot, heard: VdsMemory, draft: Draft) -> None:
    host = known.id
    if heard.capable_at is None:
        draft.ask(host, Question.CAPABILITIES)
    elif isinstance(snapshot.answer, VdsStatisticsAnswer):
        after = replace(known, status=VdsStatus.UP)
        draft.change(after, thing=known, rule="R2", reason="answers", host=host)
        draft.remember_vds(host, replace(heard, capable_at=None, times={}))
        draft.memo(HostClockForgotten(host))
        draft.wake(GRACE, host, None)
        draft.wake(RECOVERY, host, None)
        draft.ask(host, Question.VMS)
    elif isinstance(snapshot.answer, VdsCapabilitiesAnswer):
        draft.ask(host, Question.VDS_STATISTICS)
