"""When has an intent lost its ground?"""

from vurti.decide.promises.of_hosts import GROUND
from vurti.model import Intent, IntentKind, Vds, VdsStatus, Vm, VmStatus

INTENT = "intent"
"""The kind of the timer that ends one."""

_ONLY_WHILE_DOWN = frozenset({IntentKind.RESTART_VM, IntentKind.COLD_REBOOT_VM})


def grounded(intent: Intent, before: Vm | Vds | None, after: Vm | Vds | None) -> bool:
    """Whether it still stands after this change of its VM. Restarts stand while the VM is Down; a
    rerun until anything becomes of the VM; a left-over copy is not destroyed any more where it
    turns out to be the one that runs."""
    if isinstance(after, Vds):
        return after.status in GROUND.get(intent.kind, VdsStatus)
    if after is None:
        return False
    match intent.kind:
        case kind if kind in _ONLY_WHILE_DOWN:
            return after.status is VmStatus.DOWN
        case IntentKind.RERUN_VM:
            return isinstance(before, Vm) and _place(before) == _place(after)
        case IntentKind.DESTROY_VM:
            return after.run_on != intent.host or after.status is VmStatus.DOWN
        case _:
            return True


def _place(vm: Vm) -> tuple[VmStatus, str | None]:
    return vm.status, vm.run_on
