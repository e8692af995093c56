"""Its own host says how a VM is (§7.2)."""

from msgspec import UNSET
from msgspec.structs import replace

from vurti.decide.handover import denied
from vurti.decide.vm.step import Case, Step, Steps, ignored, in_turn, running, waited_for
from vurti.decide.vm.waiting import REBOOTS
from vurti.events import Mark
from vurti.model import PauseStatus, Vm, VmStatus
from vurti.model.status import PAUSED_BY_ERROR, RUNNING


def at_home(case: Case) -> Steps:
    """State first, then what happened to it, then what other hosts say against it."""
    if case.said.status is VmStatus.MIGRATING_TO:
        return ignored("7.2 arriving")
    return in_turn(case, _waited_enough, _state, _watchdog, _rebooted, denied)


def _waited_enough(case: Case) -> Steps:
    """The host tells of it again: nothing is waited for any more that its silence had begun."""
    memory = case.memory
    waiting = memory.vanished_at is not None or memory.left_at is not None
    if not waiting or case.said.status is UNSET:
        return ()
    timers = tuple((kind, None) for kind in waited_for(memory) if kind != REBOOTS)
    memory = replace(memory, vanished_at=None, left_at=None)
    return (Step("7.2 heard of again", memory=memory, timers=timers),)


def _state(case: Case) -> Steps:
    known, report = case.record, case.said
    after = running(known, report, case.word.host)
    if after == known:
        return ()
    rule, reason = _why(known, after)
    return (Step(rule, after, reason),)


def _why(known: Vm, after: Vm) -> tuple[str, str]:
    """The rule of 7.2 that speaks, and its words."""
    match known.status, after.status:
        case VmStatus.UNKNOWN, _:
            return "7.2 restored", "its host answers about it again"
        case VmStatus.MIGRATING_FROM, status if status in RUNNING and status is not known.status:
            return "7.2 migration failed", "runs on at its source"
        case VmStatus.MIGRATING_TO, VmStatus.UP | VmStatus.PAUSED:
            return "7.2 migration done", "arrived"
        case VmStatus.POWERING_DOWN, VmStatus.UP:
            return "7.2 power down failed", "runs on after it was asked to power down"
        case VmStatus.PAUSED, VmStatus.UP if known.pause_status in PAUSED_BY_ERROR:
            return "7.2 recovered from pause error", f"recovered from {known.pause_status}"
        case _, VmStatus.PAUSED:
            return "7.2 paused", _pause_words(after.pause_status)
        case before, status if before is status:
            return "7.2 other facts", "its description changed"
        case _, status:
            return "7.2 status", _WORDS.get(status, "")


_WORDS = {
    VmStatus.UP: "runs",
    VmStatus.POWERING_UP: "is powering up",
    VmStatus.POWERING_DOWN: "is powering down",
    VmStatus.WAIT_FOR_LAUNCH: "waits to be launched",
    VmStatus.MIGRATING_FROM: "is migrating away",
    VmStatus.REBOOT_IN_PROGRESS: "its guest starts anew",
    VmStatus.SAVING_STATE: "its state is being saved",
    VmStatus.RESTORING_STATE: "its state is being restored",
    VmStatus.NOT_RESPONDING: "its monitor on the host does not answer",
    VmStatus.UNASSIGNED: "its host tells a status that nobody knows",
}
"""What a status means, where no rule has more to say about how it came about."""


def _pause_words(pause: PauseStatus) -> str:
    words = {
        PauseStatus.ENOSPC: "paused for lack of disk space (ENOSPC)",
        PauseStatus.EIO: "paused by an I/O error (EIO)",
        PauseStatus.EPERM: "paused for lack of permission (EPERM)",
        PauseStatus.EOTHER: "paused by an error",
        PauseStatus.NOERR: "paused on request",
        PauseStatus.POSTCOPY: "paused in post-copy",
        PauseStatus.NONE: "paused",
    }
    return words[pause]


def _watchdog(case: Case) -> Steps:
    if case.said.watchdog is UNSET:
        return ()
    reason = f"watchdog action: {case.said.watchdog}"
    return (Step("7.2 watchdog", case.record, reason, (Mark.WATCHDOG,)),)


def _rebooted(case: Case) -> Steps:
    """The first guest reboot is told at once; those soon after it are counted and told as one sum,
    since a reset loop gives thirty of them a second."""
    memory, at = case.memory, case.word.at
    if not case.said.rebooted:
        return ()
    if memory.reboot_told_at is not None:
        counted = replace(memory, reboots=memory.reboots + 1)
        return (Step("7.2 guest reboot, summed up", memory=counted),)
    due = at + case.rules.reboot_window_secs
    told = replace(memory, reboot_told_at=at, reboots=0)
    reason = "the guest rebooted"
    return (
        Step(
            "7.2 guest reboot", case.record, reason, (Mark.REBOOTED,),
            memory=told, timers=((REBOOTS, due),),
        ),
    )  # fmt: skip
