"""NonOperational hosts are tried again (R17); hosts that nobody looks at are told of (1.11)."""

import math

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.vds import nics
from vurti.decide.vds.life import NOT_MONITORED
from vurti.decide.vds.numbers import by_name
from vurti.events import Mark
from vurti.model import IntentKind, NonOperationalReason, Question, Vds, VdsStatus

AUTO_RECOVERY, WATCHDOG = "auto_recovery", "watchdog"
"""Timers of the scope, not of one host."""

SCOPE = ""
_WATCHDOG_SHARE = 0.75
_ROUNDING = 1e-6
"""Of a round: a tick that is due at one is not before it."""


def try_again(draft: Draft) -> None:
    """Ask each NonOperational host what it is made of by now; where nothing that is known speaks
    against it, a manager should activate it."""
    _wake_to_try(draft.view.started_at, draft)
    if not draft.rules.auto_recovery or not draft.view.statuses[VdsStatus.NON_OPERATIONAL]:
        return
    for host in draft.view.hosts or {}:
        known = draft.vds(host)
        if known is not None and known.status is VdsStatus.NON_OPERATIONAL:
            _try(known, draft)


def look_for_the_forgotten(draft: Draft) -> None:
    """Hosts that were neither heard nor missed for long: something is wrong with vurti. Told once
    for each such silence."""
    secs = draft.rules.stall_secs
    again = _WATCHDOG_SHARE * secs
    _wake_to_look(draft.view.started_at, draft)
    for host in draft.view.hosts or {}:
        known = draft.vds(host)
        if known is None or known.status in NOT_MONITORED:
            continue
        since = draft.at - _looked_at(host, draft)
        if secs <= since < secs + again:
            words = f"neither heard nor missed for {int(since)} s"
            marks = (Mark.NOT_LOOKED_AT,)
            draft.change(known, thing=known, rule="1.11", reason=words, marks=marks)


def begin(draft: Draft) -> None:
    """At start: look after both from now on, and when scopes do that have begun before."""
    began = min(draft.at, draft.view.neighbourhood.hosts.started_at)
    _wake_to_try(began, draft)
    _wake_to_look(began, draft)


def objection(known: Vds, draft: Draft) -> str | None:
    """Why it is not to be activated: what is known of it speaks against it."""
    cluster, made = draft.cluster(known.id), known.capabilities
    if known.reason is NonOperationalReason.HE_HOST_IN_NON_HE_CLUSTER:
        return "it runs the manager of another cluster"
    sample = by_name(draft.look(known.id).sample)
    if nics.required_down(sample, made, cluster.required_networks):
        return "an interface under a required network is down"
    networks = {one.name: one for one in (made.networks if made is not None else None) or ()}
    told = made is not None and made.networks is not None
    if told and any(name not in networks for name in cluster.required_networks):
        return "a required network is missing"
    if any(networks[name].bridged is False for name in cluster.vm_networks if name in networks):
        return "a network of VMs has no bridge"
    return None


def _wake_to_try(began: float, draft: Draft) -> None:
    draft.wake(AUTO_RECOVERY, SCOPE, _next_round(began, draft.rules.auto_recovery_secs, draft.at))


def _wake_to_look(began: float, draft: Draft) -> None:
    secs = _WATCHDOG_SHARE * draft.rules.stall_secs
    draft.wake(WATCHDOG, SCOPE, _next_round(began, secs, draft.at))


def _next_round(began: float, secs: float, at: float) -> float:
    """Rounds are so far apart from the beginning on, however late one was."""
    return began + secs * (math.floor((at - began) / secs + _ROUNDING) + 1)


def _try(known: Vds, draft: Draft) -> None:
    if known.reason is NonOperationalReason.HE_HOST_IN_NON_HE_CLUSTER:
        return
    draft.remember_look(known.id, replace(draft.look(known.id), rechecking=True))
    draft.ask(known.id, Question.CAPABILITIES)
    if objection(known, draft) is None:
        words = f"it may be fit again: {known.reason}"
        draft.want(IntentKind.ACTIVATE_HOST, known.id, rule="R17", reason=words)


def _looked_at(host: str, draft: Draft) -> float:
    times = (draft.heard(host).last_ok, draft.look(host).failed_at, draft.view.started_at)
    return max(time for time in times if time is not None)
