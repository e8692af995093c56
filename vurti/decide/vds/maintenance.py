"""A host goes into maintenance and comes out of it (R14, R15, 3.B), or is rebooted (R20)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds.life import Trigger
from vurti.decide.vds.moves import empty, go
from vurti.model import OF_HOSTS, Awaited, Expectation, Origin, Outcome, Vds, VdsStatus

_DONE = ("FINISHED", "PAUSED")
REBOOT_WINDOW = "reboot_window"
"""The timer of a host that is being rebooted."""


def announced(draft: Draft) -> None:
    """What was announced of hosts, or was called off, by this input."""
    for expectation in draft.expectations:
        if expectation.kind not in OF_HOSTS:
            continue
        if expectation.outcome is Outcome.OPEN:
            _announced(expectation, draft)
        elif expectation.outcome in (Outcome.EXPIRED, Outcome.CANCELLED):
            _called_off(expectation, draft)


def _announced(expectation: Expectation, draft: Draft) -> None:
    """Somebody takes the host away, or gives it back."""
    known = draft.vds(expectation.thing)
    if known is None:
        return
    words = expectation.why or f"{expectation.kind} announced"
    match expectation.kind:
        case Awaited.MAINTENANCE:
            if go(known, Trigger.MAINTAIN, draft, words) is not known:
                _empty_it(known.id, draft)
                try_to_finish(known.id, draft)
        case Awaited.HOST_REBOOT:
            if go(known, Trigger.REBOOT, draft, words) is not known:
                due = draft.at + draft.rules.server_reboot_secs
                draft.wake(REBOOT_WINDOW, known.id, due)
        case Awaited.ACTIVATE:
            go(known, Trigger.ACTIVATE, draft, words)


def _called_off(expectation: Expectation, draft: Draft) -> None:
    """What was announced of the host is over before it came, by its time or by a word."""
    known = draft.vds(expectation.thing)
    if known is not None and expectation.kind is Awaited.MAINTENANCE:
        preparing = known.status is VdsStatus.PREPARING_FOR_MAINTENANCE
        if preparing:
            go(known, Trigger.MAINTENANCE_OVER, draft, "its maintenance is called off")


def try_to_finish(host: str, draft: Draft) -> None:
    """Whatever has just come of a host that prepares for maintenance: is it empty by now?"""
    known = draft.vds(host)
    if known is None or known.status is not VdsStatus.PREPARING_FOR_MAINTENANCE:
        return
    against = objection(known, draft)
    if against is None:
        announced = draft.expecting(host).get(Awaited.MAINTENANCE)
        until = announced.expires_at if announced is not None else None
        go(known, Trigger.EMPTY, draft, "it carries no VM any more", until=until)
    elif draft.at > _emptied_at(host, draft) + draft.rules.maintenance_retry_secs:
        draft.because(host, "R15 emptied again", about=against)
        _empty_it(host, draft)


def objection(known: Vds, draft: Draft) -> str | None:
    """What still keeps it from maintenance."""
    watched = (draft.view.hosts or {}).get(known.id)
    transfers = watched.image_transfers if watched is not None else ()
    if any(not phase.startswith(_DONE) for phase in transfers):
        return "an image transfer uses it"
    ours = [vm for vm in draft.view.vms_on.get(known.id, ()) if _keeps(vm, known.id, draft)]
    if ours:
        return f"{len(ours)} VMs are on it"
    sample = draft.look(known.id).sample
    told = sample.vm_count if sample is not None else None
    if told and not draft.rules.maintenance_ignores_external_vms:
        return f"it says that it has {told} VMs"
    return None


def _keeps(vm: str, host: str, draft: Draft) -> bool:
    known = draft.vm(vm)
    if known is None or known.run_on != host:
        return False
    fact = draft.facts(vm)
    external = fact is None or fact.origin is Origin.EXTERNAL
    return not (external and draft.rules.maintenance_ignores_external_vms)


def _empty_it(host: str, draft: Draft) -> None:
    draft.remember_look(host, replace(draft.look(host), emptied_at=draft.at))
    empty(host, draft, "it goes into maintenance")


def _emptied_at(host: str, draft: Draft) -> float:
    """When its VMs were last to leave it: since vurti started, or else since it was announced."""
    emptied_at = draft.look(host).emptied_at
    if emptied_at is not None:
        return emptied_at
    announced = draft.expecting(host).get(Awaited.MAINTENANCE)
    return draft.at if announced is None else draft.at - (draft.wall - announced.announced_at)
