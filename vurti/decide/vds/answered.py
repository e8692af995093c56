"""A host answers: its failures are forgotten, and one that was not Up finds its way back (R2)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds import capable, nics
from vurti.decide.vds.life import COMING_BACK, NOT_MONITORED, Trigger
from vurti.decide.vds.maintenance import try_to_finish
from vurti.decide.vds.measured import measured
from vurti.decide.vds.moves import go
from vurti.decide.vds.numbers import by_name
from vurti.events import Mark
from vurti.model import (
    Question,
    Snapshot,
    Vds,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VdsStatus,
    VmStatesAnswer,
)


def answered(snapshot: Snapshot, draft: Draft) -> None:
    """Whatever it answered, it is alive. Up it is when it has told what it is and how it is."""
    host = snapshot.host
    known = draft.vds(host)
    if known is None:
        return
    draft.remember_vds(host, replace(draft.heard(host), last_ok=draft.at, failures=0))
    match snapshot.answer:
        case VdsCapabilitiesAnswer(capabilities=capabilities):
            capable.told(known, capabilities, draft)
        case VdsStatisticsAnswer(statistics=statistics):
            _well(measured(known, statistics, draft), draft)
            try_to_finish(host, draft)
        case _ if known.status in COMING_BACK and draft.heard(host).capable_at is None:
            draft.ask(host, Question.CAPABILITIES, anew=False)


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
    look = draft.look(snapshot.host)
    if look.rebooted and not rejected:
        draft.remember_look(snapshot.host, replace(look, rebooted=False))
    if not settled:
        try_to_finish(snapshot.host, draft)


def looks_first(host: str, draft: Draft) -> bool:
    """A host that was silent may have been booted anew: before VMs that it does not list are called
    lost, it is asked for its boot time, where it is known to tell it."""
    known = draft.vds(host)
    return known is not None and known.status in COMING_BACK and known.boot_time is not None


def _well(known: Vds, draft: Draft) -> None:
    host, heard = known.id, draft.heard(known.id)
    if known.status in NOT_MONITORED or known.status is VdsStatus.PREPARING_FOR_MAINTENANCE:
        return
    if known.status in COMING_BACK:
        _back(known, Trigger.WELL, draft)
    elif known.status is VdsStatus.NON_OPERATIONAL:
        if draft.look(host).rechecking and heard.capable_at and not _nic_down(known, draft):
            _back(known, Trigger.RECOVERED, draft)
    elif draft.look(host).capabilities_at is None:
        draft.ask(host, Question.CAPABILITIES)


def _back(known: Vds, trigger: Trigger, draft: Draft) -> None:
    if draft.heard(known.id).capable_at is None:
        draft.ask(known.id, Question.CAPABILITIES, anew=False)
    else:
        go(known, trigger, draft, "it answers, and is fit", marks=(Mark.DETECTED,))


def _nic_down(known: Vds, draft: Draft) -> bool:
    required = draft.cluster(known.id).required_networks
    sample = draft.look(known.id).sample
    return bool(nics.required_down(by_name(sample), known.capabilities, required))
