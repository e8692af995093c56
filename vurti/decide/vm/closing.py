"""The end of a run, and what a manager should do about it (§7 clear, §9.5, §13)."""

from msgspec.structs import replace

from vurti.decide.view import NOTHING, VmMemory
from vurti.decide.vm.step import Case, Step, Want
from vurti.events import Mark
from vurti.model import Awaited, IntentKind, Vm

Consequence = tuple[tuple[Mark, ...], tuple[Want, ...]]
NOTHING_FOLLOWS: Consequence = ((), ())


def closing(
    case: Case,
    after: Vm,
    rule: str,
    reason: str,
    marks: tuple[Mark, ...] = (),
    wants: tuple[Want, ...] = (),
) -> Step:
    """The step that ends a run: only what other hosts said of it outlives it."""
    memory = case.memory
    return Step(
        rule,
        after,
        reason,
        marks=marks,
        memory=replace(NOTHING, claims=memory.claims, incoming=memory.incoming),
        timers=tuple((kind, None) for kind in waited_for(memory)),
        wants=wants,
        ended=True,
    )


def awaits_a_run(case: Case) -> bool:
    """Somebody waits for a start or a migration of it, and can try elsewhere."""
    return Awaited.START in case.awaited or Awaited.MIGRATE in case.awaited


def after_an_error(case: Case) -> Consequence:
    """Rerun where a run is awaited, else restart what is highly available: never both (13.3)."""
    if awaits_a_run(case):
        return (), (Want(IntentKind.RERUN_VM),)
    return after_an_abort(case)


def after_an_abort(case: Case) -> Consequence:
    """Nobody tries a migration again whose VM has ended; a highly available one is restarted."""
    if case.meant.ha:
        return (Mark.HA_FAILED,), (Want(IntentKind.RESTART_VM),)
    return NOTHING_FOLLOWS


def after_a_loss(case: Case) -> Consequence:
    """As after an error, but that a VM that was to be rebooted cold is started again."""
    if awaits_a_run(case) or Awaited.COLD_REBOOT not in case.awaited:
        return after_an_error(case)
    return cold_reboot()


def cold_reboot() -> Consequence:
    """It is down to be started again."""
    return (Mark.COLD_REBOOTING,), (Want(IntentKind.COLD_REBOOT_VM),)


def waited_for(memory: VmMemory) -> list[str]:
    """The kinds of timers that are running for this VM."""
    kinds = []
    if memory.vanished_at is not None:
        kinds.append("vanished")
    if memory.left_at is not None:
        kinds.append("left")
    if memory.reboot_told_at is not None:
        kinds.append("reboots")
    if memory.held is not None:
        kinds.append("held")
    return kinds
