"""What becomes of waiting: a timer of a VM came due."""

from collections.abc import Callable

from msgspec.structs import replace

from vurti.decide.rules import Rules
from vurti.decide.view import VmMemory
from vurti.decide.vm.record import ended
from vurti.decide.vm.step import Step, Steps
from vurti.events import Mark
from vurti.model import ExitReason, ExitStatus, Vm, VmStatus

VANISHED, LEFT, REBOOTS, FORGET = "vanished", "left", "reboots", "forget"


def over(
    kind: str,
    known: Vm,
    memory: VmMemory,
    at: float,
    rules: Rules,
    listed: Callable[[], bool],
) -> Steps:
    """`listed` tells whether some host's last complete answer still names the VM: it looks at all
    of them, and few timers want to know."""
    match kind:
        case "vanished" if memory.vanished_at is not None:
            return _vanished_for_good(known, memory)
        case "left" if memory.left_at is not None:
            return _left_for_good(known, memory)
        case "reboots" if memory.reboot_told_at is not None:
            return _reboots(known, memory, at, rules)
        case "forget" if known.run_on is None:
            return _forget(listed(), at, rules)
        case _:
            return ()


def _vanished_for_good(known: Vm, memory: VmMemory) -> Steps:
    """The grace is over; no push and no other host said what became of it (contract 2)."""
    after = ended(known, ExitStatus.UNKNOWN, ExitReason.LIBVIRT_DOMAIN_MISSING)
    memory = replace(memory, vanished_at=None, left_at=None)
    words = "vanished, and nobody said why"
    return (Step("7.5 vanish grace over", after, words, memory=memory, ended=True),)


def _left_for_good(known: Vm, memory: VmMemory) -> Steps:
    """Its host said that it was migrated away, and no host that we watch has it: it is not Down."""
    after = replace(known, status=VmStatus.UNKNOWN, run_on=None, migrating_to=None)
    reason = "migrated to a host that is not watched"
    return (Step("7.3 left our sight", after, reason, memory=replace(memory, left_at=None)),)


def _reboots(known: Vm, memory: VmMemory, at: float, rules: Rules) -> Steps:
    """Tell the reboots since the last one told, and go on counting; where there were none, stop."""
    if not memory.reboots:
        return (Step("7.2 guest reboots over", memory=replace(memory, reboot_told_at=None)),)
    return (
        Step(
            "7.2 guest reboots, summed up",
            known,
            f"the guest rebooted {memory.reboots} times more",
            (Mark.REBOOTED,),
            times=memory.reboots,
            memory=replace(memory, reboots=0, reboot_told_at=at),
            timers=((REBOOTS, at + rules.reboot_window_secs),),
        ),
    )


def _forget(listed: bool, at: float, rules: Rules) -> Steps:
    """One that is still defined somewhere is kept; look again later."""
    if listed:
        return (Step("still listed", timers=((FORGET, at + rules.forget_secs),)),)
    return (Step("forgotten", None, "not running, and no host lists it any more"),)
