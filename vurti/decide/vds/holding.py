"""When vurti suspects itself, no host is judged (contract 13): after its start and after it stood
still for a while, and while so many hosts are silent at once that it must be the network."""

from collections.abc import Mapping

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds.life import NOT_MONITORED
from vurti.decide.view import SuspicionMemo, View
from vurti.model import IntentKind, Miss, Missed, Suspected, Suspicion, VdsStatus


def suspected(said: Suspicion, draft: Draft) -> None:
    """What was missed meanwhile counts for nothing, judgement is held for a while, and no host is
    to be fenced any more."""
    past = draft.view.suspicion
    stood = said.kind is Suspected.STALL
    draft.memo(
        SuspicionMemo(
            quiet_until=draft.at + draft.rules.quiet_secs,
            stalled_until=draft.at if stood else past.stalled_until,
            stepped_secs=said.secs if said.kind is Suspected.CLOCK else past.stepped_secs,
        )
    )
    if said.kind is Suspected.CLOCK:
        return  # nothing is judged by the wall clock but the hosts' own clocks
    if stood:
        _forgive(said.secs, draft)
    for intent in [one for one in draft.view.intents if one.kind is IntentKind.FENCE_HOST]:
        draft.unwant(intent.kind, intent.thing, intent.host, rule="vurti suspects itself")


def excused(missed: Missed, draft: Draft) -> bool:
    """It timed out while vurti itself stood still."""
    stalled = missed.started <= draft.view.suspicion.stalled_until
    return missed.kind is Miss.TIMEOUT and stalled


def held(host: str, draft: Draft) -> str | None:
    """Why it is not judged now, in words."""
    return _why(draft.view, draft.at, _silent(host, draft))


def holding(view: View, at: float) -> str | None:
    """Why no host is judged at that time (monotonic), in words; None where they are."""
    others = view.neighbourhood.hosts.connecting
    return _why(view, at, view.statuses[VdsStatus.CONNECTING] + others)


def _why(view: View, at: float, silent: int) -> str | None:
    rules, fleet = view.rules, _judged(view)
    if at < view.started_at + rules.quiet_secs:
        return "vurti has only just started"
    if at < view.suspicion.quiet_until:
        return "vurti suspects itself"
    if fleet >= rules.mass_loss_hosts_min and 100 * silent >= rules.mass_loss_percent * fleet:
        return f"{silent} of {fleet} hosts fell silent at once"
    return None


def judged(statuses: Mapping[VdsStatus, int]) -> int:
    """How many hosts are neither given up nor left alone."""
    given_up = {VdsStatus.NON_RESPONSIVE, *NOT_MONITORED}
    return sum(count for status, count in statuses.items() if status not in given_up)


def quiet_until(draft: Draft) -> float:
    """When the quiet time after the start or the last suspicion is over."""
    after_start = draft.view.started_at + draft.rules.quiet_secs
    return max(after_start, draft.view.suspicion.quiet_until)


def _silent(host: str, draft: Draft) -> int:
    """How many hosts are silent and not given up yet, this one among them."""
    row = draft.view.vdss.get(host)
    counted = row is not None and row.value.status is VdsStatus.CONNECTING
    others = draft.view.neighbourhood.hosts.connecting
    return draft.view.statuses[VdsStatus.CONNECTING] + others + (0 if counted else 1)


def _judged(view: View) -> int:
    return judged(view.statuses) + view.neighbourhood.hosts.judged


def _forgive(secs: float, draft: Draft) -> None:
    """Whatever was missed while vurti stood still was not missed by the hosts."""
    since = draft.at - secs
    for host, look in draft.view.looks.items():
        if look.failed_at is not None and look.failed_at >= since:
            heard = draft.heard(host)
            if heard.failures:
                draft.remember_vds(host, replace(heard, failures=0))
