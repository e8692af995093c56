"""A host tells how it is: was it booted anew, is an interface down, is there something to tell?"""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds import alerts, nics
from vurti.decide.vds.booted import looked_at_boot
from vurti.decide.vds.life import Trigger
from vurti.decide.vds.moves import go
from vurti.decide.vds.numbers import by_name, committed, concluded
from vurti.events import Mark
from vurti.model import (
    NonOperationalReason,
    Question,
    Statistics,
    Vds,
    VdsStatistics,
    VdsStatus,
    Vm,
)

NIC_DOWN = "nic_down"
"""The timer of a host with an interface down."""


def measured(known: Vds, sample: VdsStatistics, draft: Draft) -> Vds:
    """The host after its sample. An Up host whose required interface is down for long is not fit
    any more (R10); whatever else the sample shows is told and changes nothing."""
    host, past = known.id, draft.look(known.id).sample
    known = looked_at_boot(known, sample, draft)
    now = _with_committed(host, concluded(sample, past, known.capabilities), known, draft)
    look = replace(draft.look(host), sample=now, sampled_wall=draft.wall)
    draft.remember_look(host, look)
    draft.sample(Statistics(host, draft.wall, vds=now))
    if known.status is not VdsStatus.UP:
        return known
    _tell(known, now, past, draft)
    return _required(known, now, draft)


def ask_again(host: str, draft: Draft) -> None:
    """An interface has been down for as long as it may: is it still?"""
    if draft.look(host).nic_down_at is not None:
        draft.ask(host, Question.VDS_STATISTICS)


def _with_committed(host: str, now: VdsStatistics, known: Vds, draft: Draft) -> VdsStatistics:
    ids = draft.view.vms_on.get(host, ())
    vms = (vm for id_ in ids if isinstance(vm := draft.vm(id_), Vm))
    made = known.capabilities
    overhead = made.guest_overhead_mb if made is not None else None
    memory, cores = committed(vms, draft.view.facts, overhead)
    return replace(now, committed_memory_mb=memory, committed_cores=cores)


def _tell(known: Vds, now: VdsStatistics, past: VdsStatistics | None, draft: Draft) -> None:
    clocks = (draft.wall, draft.wall - draft.view.suspicion.stepped_secs)
    found = [
        *alerts.alerts(now, past, known.capabilities, draft.cluster(known.id), draft.rules),
        *nics.link_changes(by_name(now), by_name(past), known.capabilities),
    ]
    drifting = alerts.drift(now.date_time, clocks, draft.rules)
    for alert in [*found, drifting] if drifting is not None else found:
        draft.change(
            known,
            thing=known,
            rule="5.B",
            reason=alert.words,
            marks=(alert.mark,),
            host=known.id,
            key=alert.key,
        )


def _required(known: Vds, now: VdsStatistics, draft: Draft) -> Vds:
    host, look = known.id, draft.look(known.id)
    required = draft.cluster(host).required_networks
    down = nics.required_down(by_name(now), known.capabilities, required)
    if not down:
        if look.nic_down_at is not None:
            draft.remember_look(host, replace(look, nic_down_at=None))
            draft.wake(NIC_DOWN, host, None)
        return known
    since = draft.at if look.nic_down_at is None else look.nic_down_at
    until = since + draft.rules.nic_down_secs
    if draft.at < until:
        draft.remember_look(host, replace(look, nic_down_at=since))
        draft.wake(NIC_DOWN, host, until)
        return known
    draft.remember_look(host, replace(look, nic_down_at=None))
    words = ", ".join(f"{nic} ({', '.join(lost)})" for nic, lost in sorted(down.items()))
    return go(
        known,
        Trigger.UNFIT,
        draft,
        f"down: {words}",
        marks=(Mark.REQUIRED_NIC_DOWN,),
        why=NonOperationalReason.NETWORK_INTERFACE_IS_DOWN,
        rule="R10",
    )
