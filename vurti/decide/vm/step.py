"""What a rule about a VM is given, and what it gives."""

from collections.abc import Callable, Mapping

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from vurti.decide.admit import Word
from vurti.decide.rules import Rules
from vurti.decide.view import VmMemory
from vurti.events import Mark
from vurti.model import (
    Absence,
    Awaited,
    Expectation,
    IntentKind,
    Question,
    Vm,
    VmFacts,
    VmReport,
)

NO_FACTS = VmFacts("")


class Case(Struct, frozen=True, gc=False):
    """One VM, what is known of it, and what was said of it (`report` None: it was left out).

    `facts` are what a manager knows of it, None where it knows nothing; `awaited` what is announced
    of it. `home_silent`: the recorded host cannot be asked; `target_silent`: the one that it
    migrates to. `new_here`: the speaking host had not listed the VM in its last complete answer, so
    whatever it is, it began since. `wall` is now, in seconds since 1970. `host_rebooted`: the
    speaking host was booted anew and lists its VMs for the first time since.
    """

    vm: str
    known: Vm | None
    report: VmReport | None
    word: Word
    memory: VmMemory
    rules: Rules
    facts: VmFacts | None = None
    awaited: Mapping[Awaited, Expectation] = {}
    home_silent: bool = False
    target_silent: bool = False
    new_here: bool = False
    wall: float = 0.0
    host_rebooted: bool = False

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

    @property
    def lists_ended(self) -> bool:
        """The speaking host lists VMs that have ended until somebody destroys them there."""
        return self.word.absence is Absence.GONE

    @property
    def meant(self) -> VmFacts:
        """What a manager knows of it; of one that it does not know, nothing special."""
        return self.facts or NO_FACTS


class Want(Struct, frozen=True, gc=False):
    """A manager should do this with the VM; `host` where something of it is to be destroyed."""

    kind: IntentKind
    host: str | None = None


class Step(Struct, frozen=True, gc=False):
    """What follows: the VM afterwards (UNSET: as it was; None: forgotten) and, as data, the rest.

    `timers` are (kind, due or None to take back), `ask` hosts whose VM states are wanted now,
    `questions` what else is wanted of the speaking host about this VM, `wants` what a manager
    should do, and `ended` that its run is over.
    """

    rule: str
    after: Vm | UnsetType | None = UNSET
    reason: str = ""
    marks: tuple[Mark, ...] = ()
    times: int = 1
    memory: VmMemory | UnsetType = UNSET
    timers: tuple[tuple[str, float | None], ...] = ()
    ask: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    wants: tuple[Want, ...] = ()
    ended: bool = False
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


def destroyed_here(case: Case) -> tuple[Want, ...]:
    """What is left of it on the speaking host is to be destroyed. Not where hosts keep definitions:
    there a VM that does not run is no remainder."""
    return (Want(IntentKind.DESTROY_VM, case.word.host),) if case.lists_ended else ()
