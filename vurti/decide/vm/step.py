"""What a rule about a VM is given, and what it gives."""

from collections.abc import Callable

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from vurti.decide.admit import Word
from vurti.decide.rules import Rules
from vurti.decide.view import NOTHING, VmMemory
from vurti.events import Mark
from vurti.model import ExitReason, ExitStatus, PauseStatus, Vm, VmReport, VmStatus


class Case(Struct, frozen=True, gc=False):
    """One VM, what is known of it, and what was said of it (`report` None: it was left out).

    `home_silent`: the recorded host cannot be asked; `target_silent`: the one that it migrates to.
    `new_here`: the speaking host had not listed
    the VM in its last complete answer, so whatever it is, it began since.
    """

    vm: str
    known: Vm | None
    report: VmReport | None
    word: Word
    memory: VmMemory
    rules: Rules
    home_silent: bool = False
    target_silent: bool = False
    new_here: bool = False

    @property
    def record(self) -> Vm:
        """The VM as it is recorded, for rules that are only reached with a record."""
        assert self.known is not None
        return self.known

    @property
    def said(self) -> VmReport:
        """What was said of it, for rules that are only reached with a report."""
        assert self.report is not None
        return self.report


class Step(Struct, frozen=True, gc=False):
    """What follows: the VM afterwards (UNSET: as it was; None: forgotten) and, as data, the rest.

    `timers` are (kind, due or None to take back), `ask` hosts whose VM states are wanted now.
    """

    rule: str
    after: Vm | UnsetType | None = UNSET
    reason: str = ""
    marks: tuple[Mark, ...] = ()
    times: int = 1
    memory: VmMemory | UnsetType = UNSET
    timers: tuple[tuple[str, float | None], ...] = ()
    ask: tuple[str, ...] = ()
    rejected: bool = False


Steps = tuple[Step, ...]


def in_turn(case: Case, *rules: Callable[[Case], Steps]) -> Steps:
    """The steps of several rules, each of which sees what those before it have concluded."""
    steps: Steps = ()
    for rule in rules:
        for step in rule(case):
            steps = (*steps, step)
            memory = step.memory if isinstance(step.memory, VmMemory) else case.memory
            known = case.known if step.after is UNSET else step.after
            case = replace(case, memory=memory, known=known)
    return steps


def ignored(rule: str) -> Steps:
    """The word is heard and means nothing for the record."""
    return (Step(rule, rejected=True),)


def running(known: Vm, report: VmReport, host: str) -> Vm:
    """The VM as its host reports it alive: what is not said stays as it was."""
    status = report.status if isinstance(report.status, VmStatus) else known.status
    settled = status in (VmStatus.UP, VmStatus.PAUSED)
    return replace(
        known,
        name=report.name if isinstance(report.name, str) and report.name else known.name,
        status=status,
        run_on=host,
        migrating_to=None if settled else known.migrating_to,
        pause_status=_pause(known, report, status),
        exit_status=None,
        exit_reason=None,
        exit_message="",
    )


def ended(known: Vm, status: ExitStatus, reason: ExitReason, message: str = "") -> Vm:
    """The VM closed. One that is Down already keeps its own exit data."""
    if known.status is VmStatus.DOWN:
        return replace(known, run_on=None, migrating_to=None)
    return replace(
        known,
        status=VmStatus.DOWN,
        run_on=None,
        migrating_to=None,
        pause_status=PauseStatus.NONE,
        exit_status=status,
        exit_reason=reason,
        exit_message=message,
    )


def closing(case: Case, after: Vm, rule: str, reason: str, crashed: bool = False) -> Step:
    """The step that ends a run: only what other hosts said of it outlives it."""
    memory = case.memory
    return Step(
        rule,
        after,
        reason,
        marks=(Mark.CRASHED,) if crashed else (),
        memory=replace(NOTHING, claims=memory.claims, incoming=memory.incoming),
        timers=tuple((kind, None) for kind in waited_for(memory)),
    )


def waited_for(memory: VmMemory) -> list[str]:
    """The kinds of timers that are running for this VM."""
    kinds = []
    if memory.vanished_at is not None:
        kinds.append("vanished")
    if memory.left_at is not None:
        kinds.append("left")
    if memory.reboot_told_at is not None:
        kinds.append("reboots")
    return kinds


def _pause(known: Vm, report: VmReport, status: VmStatus) -> PauseStatus:
    if status is not VmStatus.PAUSED:
        return PauseStatus.NONE
    if isinstance(report.pause_status, PauseStatus):
        return report.pause_status
    return known.pause_status
