"""vurti starts: highly available VMs that were lost before are still to be started again (13.1)."""

from collections.abc import Mapping

from vurti.decide.draft import Draft
from vurti.decide.view import vm_of
from vurti.model import Awaited, ExitStatus, IntentKind, Vm, VmFacts, VmStatus

_INSTEAD = (IntentKind.RERUN_VM, IntentKind.COLD_REBOOT_VM)
_ON_ITS_WAY = (Awaited.START, Awaited.COLD_REBOOT)


def restart_the_lost(facts: Mapping[str, VmFacts], draft: Draft) -> None:
    """Whoever restarts VMs may have missed that one was lost, or may not have come to it. Those of
    higher priority are asked for first."""
    lost = [facts[vm.id] for row in draft.view.vms.values() if _was_lost(vm := vm_of(row), facts)]
    for one in sorted(lost, key=lambda one: -one.priority):
        awaited, intended = draft.expecting(one.id), draft.view.intents.of(one.id)
        on_its_way = any(kind in awaited for kind in _ON_ITS_WAY)
        if not on_its_way and not any(kind in _INSTEAD for kind, _ in intended):
            reason = "lost, and not started again before vurti was"
            draft.want(IntentKind.RESTART_VM, one.id, rule="13.1", reason=reason)


def _was_lost(vm: Vm, facts: Mapping[str, VmFacts]) -> bool:
    down = vm.status is VmStatus.DOWN and vm.exit_status is ExitStatus.ERROR
    return down and vm.id in facts and facts[vm.id].ha
