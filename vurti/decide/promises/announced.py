"""An embedder announces something, takes it back, or its time is over."""

from vurti.decide.draft import Draft
from vurti.decide.promises.expected import outcome
from vurti.decide.promises.intended import INTENT
from vurti.model import OF_HOSTS, Awaited, Cancel, Expect, Expectation, Outcome

USUAL_SECS = {
    Awaited.START: 600.0,
    Awaited.SHUT_DOWN: 600.0,
    Awaited.REBOOT: 600.0,
    Awaited.COLD_REBOOT: 600.0,
    Awaited.SUSPEND: 3600.0,
    Awaited.MIGRATE: 21_600.0,
    Awaited.JOB: 86_400.0,
    Awaited.MAINTENANCE: 86_400.0,
    Awaited.HOST_REBOOT: 600.0,
    Awaited.ACTIVATE: 600.0,
}
"""How long each is waited for, unless told; a power-off is a window of the rules (13.5)."""


def expect(said: Expect, draft: Draft) -> None:
    """Wait for it. One that is known already is not announced twice; one about a host that is not
    watched fails at once; one that has come already is met at once."""
    if draft.view.expectations.find(said.id) is not None:
        draft.because(said.thing, "announced already", rejected=True)
        return
    expectation = _made(said, draft)
    draft.expect(expectation)
    draft.because(said.thing, f"announced: {said.kind}", about=said.why)
    known = draft.vds(said.thing) if said.kind in OF_HOSTS else draft.vm(said.thing)
    if said.kind in OF_HOSTS and known is None:
        draft.end(expectation, Outcome.FAILED, "its host is not watched")
    elif said.kind is not Awaited.JOB and outcome(expectation, known, known) is Outcome.MET:
        draft.end(expectation, Outcome.MET, "it was so already")


def cancel(said: Cancel, draft: Draft) -> None:
    """It is not waited for any more."""
    known = draft.view.expectations.find(said.expectation)
    if known is not None:
        draft.end(known, Outcome.CANCELLED, "cancelled")


def overdue(id_: str, draft: Draft) -> None:
    """Its time is over."""
    known = draft.view.expectations.find(id_)
    if known is not None:
        draft.end(known, Outcome.EXPIRED, "its time is over")


def wake_loaded(draft: Draft) -> None:
    """At start: what was stored stands for as long as was left to it."""
    for known in draft.view.expectations:
        draft.load(known)
    for intent in draft.view.intents:
        draft.wake(INTENT, intent.id, draft.at + intent.valid_until - draft.wall)


def _made(said: Expect, draft: Draft) -> Expectation:
    at = draft.wall if said.announced_at is None else said.announced_at
    usual = USUAL_SECS.get(said.kind, draft.rules.power_off_secs)
    secs = usual if said.secs is None else said.secs
    return Expectation(
        id=said.id,
        kind=said.kind,
        thing=said.thing,
        announced_at=at,
        expires_at=at + secs,
        host=said.host,
        job=said.job,
        why=said.why,
    )
