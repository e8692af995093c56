"""Its own host says how a VM is (§7.2)."""

from msgspec import UNSET
from msgspec.structs import replace

from vurti.decide.vm.closing import awaits_a_run, waited_for
from vurti.decide.vm.handover import denied, hand_over
from vurti.decide.vm.record import running
from vurti.decide.vm.step import Case, Step, Steps, Want, ignored, in_turn
from vurti.decide.vm.transitions import holding, marks, why
from vurti.decide.vm.waiting import REBOOTS
from vurti.events import Mark
from vurti.model import IntentKind, PauseStatus, VmReport, VmStatus


def at_home(case: Case) -> Steps:
    """State first, then what happened to it, then what other hosts say against it."""
    match case.said:
        case VmReport(status=VmStatus.MIGRATING_TO):
            return _arriving(case)
        case VmReport(status=VmStatus.PAUSED, pause_status=PauseStatus.POSTCOPY):
            return _post_copy(case)
        case _:
            return in_turn(case, _waited_enough, _state, _watchdog, _rebooted, denied)


def _arriving(case: Case) -> Steps:
    """Nothing of it counts; but whatever is recorded here from a run before is over by now, and
    another host holds it."""
    if case.record.status is VmStatus.MIGRATING_TO or case.memory.receives:
        return ignored("7.2 arriving")
    return (Step("7.2 arriving", memory=replace(case.memory, receives=True), rejected=True),)


def _post_copy(case: Case) -> Steps:
    """The destination runs it already and fetches its memory from here: it is handed over, and
    nothing else that its source says of it counts."""
    known = case.record
    if known.migrating_to is None or known.migrating_to == known.run_on:
        return ignored("7.2 paused in post-copy")
    return hand_over(case, known, known.migrating_to, "7.2 post-copy")


def _waited_enough(case: Case) -> Steps:
    """The host tells of it again: nothing is waited for any more that its silence had begun."""
    memory = case.memory
    waiting = memory.vanished_at is not None or memory.left_at is not None or memory.receives
    if not waiting or case.said.status is UNSET:
        return ()
    timers = tuple((kind, None) for kind in waited_for(memory) if kind != REBOOTS)
    memory = replace(memory, vanished_at=None, left_at=None, receives=False)
    return (Step("7.2 heard of again", memory=memory, timers=timers),)


def _state(case: Case) -> Steps:
    known = case.record
    after = running(case, known, case.said, case.word.host)
    if after == known:
        return ()
    rows = holding(known, after)
    rule, reason = why(rows, known, after)
    told = marks(rows)
    again = Mark.MIGRATION_FAILED in told and awaits_a_run(case)
    wants = (Want(IntentKind.RERUN_VM),) if again else ()
    return (Step(rule, after, reason, told, wants=wants),)


def _watchdog(case: Case) -> Steps:
    """One that tells no time happened just now. The time of another shows whether it is new."""
    if case.said.watchdog is UNSET or case.said.watchdog_time is not UNSET:
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
    after = replace(case.record, boot_time=case.wall)
    return (
        Step(
            "7.2 guest reboot", after, "the guest rebooted", (Mark.REBOOTED,),
            memory=told, timers=((REBOOTS, due),),
        ),
    )  # fmt: skip
