"""A timer of a host, or one that looks after all of them, came due."""

from vurti.decide.draft import Draft
from vurti.decide.spread import spread
from vurti.decide.vds import recovery
from vurti.decide.vds.capable import CAPABILITIES
from vurti.decide.vds.life import Trigger
from vurti.decide.vds.maintenance import REBOOT_WINDOW
from vurti.decide.vds.measured import NIC_DOWN, ask_again
from vurti.decide.vds.missed import judge
from vurti.decide.vds.moves import GRACE, MAINTENANCE, RECOVERY, go
from vurti.events import Mark
from vurti.model import NonOperationalReason, Question, TimerKey, Vds, VdsStatus

TICKS = frozenset(
    {GRACE, RECOVERY, CAPABILITIES, NIC_DOWN, REBOOT_WINDOW, MAINTENANCE, recovery.AUTO_RECOVERY,
     recovery.WATCHDOG}
)  # fmt: skip


def wake(key: TimerKey, draft: Draft) -> None:
    """What it was waiting for has not come, or it is time to look again."""
    if key.kind == recovery.AUTO_RECOVERY:
        recovery.try_again(draft)
    elif key.kind == recovery.WATCHDOG:
        recovery.look_for_the_forgotten(draft)
    elif (known := draft.vds(key.thing)) is not None:
        _wake(known, key.kind, draft)


def _wake(known: Vds, kind: str, draft: Draft) -> None:
    match kind:
        case "grace" if known.status is VdsStatus.CONNECTING:
            judge(known, "no answer within its grace", draft)
        case "recovery":
            go(
                known,
                Trigger.RECOVERY_OVER,
                draft,
                "did not recover in time",
                marks=(Mark.RECOVERY_FAILED,),
                why=NonOperationalReason.TIMEOUT_RECOVERING_FROM_CRASH,
            )
        case "capabilities":
            _refresh(known, draft)
        case "nic_down":
            ask_again(known.id, draft)
        case "reboot_window":
            _reboot_over(known, draft)
        case "maintenance":
            if known.status is VdsStatus.MAINTENANCE:
                go(known, Trigger.MAINTENANCE_OVER, draft, "its maintenance is over")


def _refresh(known: Vds, draft: Draft) -> None:
    """A host that is Up is asked again what it is made of, though it says nothing of a change."""
    secs = spread(known.id, draft.rules.capabilities_secs)
    draft.wake(CAPABILITIES, known.id, draft.at + secs)
    if known.status is VdsStatus.UP:
        draft.ask(known.id, Question.CAPABILITIES)


def _reboot_over(known: Vds, draft: Draft) -> None:
    """It is judged as any host again: NonResponsive, or Unassigned where it answers (R20)."""
    look, heard = draft.look(known.id), draft.heard(known.id)
    silent = look.failed_at is not None and (heard.last_ok or 0.0) < look.failed_at
    if silent:
        words = "it did not come back from its reboot"
        go(known, Trigger.REBOOT_OVER, draft, words, marks=(Mark.NON_RESPONSIVE,))
    else:
        go(known, Trigger.CAME_BACK, draft, "it answers, and was not seen to be booted anew")
