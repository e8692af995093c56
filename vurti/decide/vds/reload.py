"""Hosts begin or cease to be watched: at the start, and when the configuration changes (R1)."""

import json

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.promises.announced import wake_loaded
from vurti.decide.rules import Rules
from vurti.decide.vds import life, recovery
from vurti.decide.vds.moves import end_in_time
from vurti.decide.view import RulesMemo, WatchedMemo, vm_of
from vurti.decide.vm.lost_before import restart_the_lost
from vurti.decide.vm.waiting import FORGET
from vurti.model import Host, IntentKind, Question, Reload, Vds


def reload(reload: Reload, draft: Draft) -> None:
    """Exactly these hosts are watched from now on."""
    hosts = {host.id: host for host in reload.hosts}
    first = draft.view.hosts is None
    facts = {vm.id: vm for vm in reload.vms}
    clusters = {cluster.id: cluster for cluster in reload.clusters}
    draft.memo(WatchedMemo(hosts, facts, clusters))
    if reload.rules is not None:
        draft.memo(RulesMemo(Rules.model_validate_json(json.dumps(reload.rules))))
    if first:
        wake_loaded(draft)  # before anything changes, which may end what is waited for
    for known in [row.value.id for row in draft.view.vdss.values()]:
        if known not in hosts:
            _remove(known, draft)
    for host in reload.hosts:
        _watch(host, first, draft)
    for vm in facts:
        draft.unwant(IntentKind.REGISTER_VM, vm, rule="a manager knows it")
    if first:
        _remember_to_forget(draft)
        restart_the_lost(facts, draft)
        recovery.begin(draft)


def _watch(host: Host, first: bool, draft: Draft) -> None:
    known = draft.vds(host.id)
    if known is None:
        new = Vds(host.id, host.cluster)
        draft.change(new, thing=new, rule="R1 watched", reason="watched from now on")
        draft.ask(host.id, Question.CAPABILITIES)
        return
    after = replace(known, cluster=host.cluster)
    if first:
        found = life.move(known.status, life.Trigger.START)
        after = replace(after, status=found.to if found is not None else known.status)
    reason = "vurti started" if first else "its configuration changed"
    draft.change(after, thing=known, rule="R1 at start", reason=reason, restart=first)
    if first:
        end_in_time(after, draft)
    if first and after.status in life.COMING_BACK:
        draft.ask(host.id, Question.CAPABILITIES)


def _remove(host: str, draft: Draft) -> None:
    """Of a host that is no longer watched, and of the VMs on it, nothing is known any more."""
    for vm in tuple(draft.view.vms_on.get(host, ())):
        known = draft.vm(vm)
        if known is not None:
            reason = f"its host {host} is no longer watched"
            draft.change(None, thing=known, rule="host not watched", reason=reason)
    known_vds = draft.vds(host)
    if known_vds is not None:
        draft.change(None, thing=known_vds, rule="not watched", reason="no longer watched")
    for kind in ("grace", "recovery", "capabilities", "nic_down", "reboot_window", "maintenance"):
        draft.wake(kind, host, None)


def _remember_to_forget(draft: Draft) -> None:
    """Timers do not outlive a process: VMs that are not running are looked at again in due time."""
    for row in draft.view.vms.values():
        vm = vm_of(row)
        if vm.run_on is None:
            draft.wake(FORGET, vm.id, draft.at + draft.rules.forget_secs)
