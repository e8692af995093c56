"""Truth, the words of its hosts on their way, and the fold that hears them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from msgspec import UNSET
from msgspec.structs import replace

from tests.decide.histories import against_truth, order, promises
from tests.decide.histories.truth import HOSTS, VMS, Machine, Truth
from tests.decide.histories.watched import Check, WatchedFold
from vurti.decide import Rules
from vurti.model import (
    Absence,
    Awaited,
    Decision,
    IntentKind,
    Push,
    Query,
    Question,
    Snapshot,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)

S = VmStatus
NOW, LATER, LOST = "now", "later", "lost"
hosts, vms = st.sampled_from(HOSTS), st.sampled_from(VMS)
whiches = st.integers(0, 7)
fate = st.sampled_from([NOW, NOW, LATER, LOST])
fates = st.tuples(fate, fate, fate)
machines = st.tuples(*[
    st.builds(
        Machine,
        name=st.just(name),
        absence=st.sampled_from([Absence.GONE, Absence.UNEXPLAINED]),
        keeps=st.booleans(),
        tells_begun=st.booleans(),
        tells_time=st.booleans(),
    )
    for name in HOSTS
])  # fmt: skip
AWAITED = [
    Awaited.START, Awaited.SHUT_DOWN, Awaited.POWER_OFF, Awaited.REBOOT, Awaited.MIGRATE,
    Awaited.COLD_REBOOT, Awaited.SUSPEND, Awaited.JOB,
]  # fmt: skip


def checks(truth: Truth) -> dict[str, Check]:
    """What must hold of every decision, by its name."""
    return {
        "contract 1: a miss changes no VM": order.MissesChangeNoVm(),
        "contract 1, 9: nothing comes or goes by itself": order.NothingComesOrGoesByItself(),
        "contract 2: absence is proven": against_truth.AbsenceIsProvenByCompleteAnswers(),
        "contract 2: first Unknown": against_truth.UnexplainedAbsenceIsFirstUnknown(),
        "contract 3: what is stale changes nothing": order.StaleWordsChangeNothing(),
        "contract 4: events adjoin": order.EventsAdjoin(),
        "contract 4: evidence": against_truth.MigrationsRestOnEvidence(truth),
        "contract 5: split brain is true": against_truth.SplitBrainIsTrue(truth),
        "contract 7: ids are for good": order.IdsAreForGood(),
        "no VM is Down while it runs": against_truth.NoVmIsDownWhileItRuns(truth),
        "nothing that runs is to be destroyed": against_truth.NothingThatRunsIsToBeDestroyed(truth),
        "only errors are crashes": against_truth.CrashesAreErrors(),
        "records are whole": against_truth.RecordsAreWhole(),
        "each expectation ends once": promises.EachExpectationEndsOnce(),
        "intents are few": promises.IntentsAreFew(),
        "timers have a reason": promises.TimersHaveAReason(),
        "indexes are right": order.IndexesAreRight(),
    }


class Words(RuleBasedStateMachine):
    """Truth, its hosts' words on the way, and the fold that hears them."""

    @initialize(given=machines)
    def begin(self, given: tuple[Machine, ...]) -> None:
        for machine in given:
            machine.keeps = machine.keeps or machine.absence is Absence.GONE
            machine.tells_begun = machine.tells_begun or machine.absence is Absence.UNEXPLAINED
        self.truth = Truth(list(given))
        rules = Rules(intents=tuple(IntentKind))
        self.fold = self.watch(checks(self.truth), rules=rules)
        self.queues: dict[str, list[Push]] = {name: [] for name in HOSTS}
        self.on_the_way: list[tuple[float, Snapshot]] = []
        self.queries: list[Query] = []
        self.same: dict[str, VmStatesAnswer] = {}
        self.announced = 0

    def watch(self, given: dict[str, Check], **more: Any) -> WatchedFold:
        return WatchedFold(given, **more)

    def take(self, decision: Decision) -> None:
        wanted = (Question.CAPABILITIES, Question.VDS_STATISTICS, Question.DEVICES)
        for query in decision.queries:
            if query.question in (*wanted, Question.EXTERNAL_DATA) and query not in self.queries:
                self.queries.append(query)

    def say(self, host: str, vm: str, said: VmReport, fate: str, timed: bool = True) -> None:
        """The host pushes it: it is heard in the order in which the host says things, or lost."""
        machine = self.truth.machines[host]
        if fate == LOST or machine.silent:
            return
        time = machine.time(self.fold.at) if timed else None
        self.queues[host].append(Push(host, {vm: said}, time, absence=machine.absence))
        if fate == NOW:
            self.hear_pushes(host)

    def hear_pushes(self, host: str) -> None:
        while self.queues[host]:
            self.take(self.fold.give(self.queues[host].pop(0)))

    def answer(self, host: str, whole: bool = True, bad: str | None = None) -> Snapshot:
        """What the host would answer now."""
        machine = self.truth.machines[host]
        said = self.truth.listing(machine)
        unreadable = (bad,) if bad in said else ()
        said = {vm: one for vm, one in said.items() if vm not in unreadable}
        if not whole:
            said = dict(list(said.items())[::2])
        time = machine.time(self.fold.at)
        times = dict.fromkeys(said, time) if time is not None else {}
        past = self.same.get(host)
        if past is not None and past.vms == said:
            said = past.vms  # the very same values, as a source gives them that compares first
        answer = VmStatesAnswer(said, whole, machine.absence, unreadable, times)
        self.same[host] = answer
        return Snapshot(host, self.fold.at, answer)

    def hear(self, snapshot: Snapshot) -> None:
        """Pushes that the host said before come before: they share its connection."""
        self.take(self.fold.give(snapshot))

    def pass_time(self, secs: float = 1.0) -> None:
        self.fold.wait(secs)

    def holder(self, vm: str) -> str | None:
        """The host that runs it, where it is one and nothing else is going on with it."""
        copies = self.truth.copies(vm)
        return next(iter(copies)) if len(copies) == 1 else None

    def _pushed(self, host: str, vm: str) -> VmReport:
        said = self.truth.says(self.truth.machines[host], vm)
        return replace(said, guest=UNSET, jobs=UNSET, device_hash=UNSET)
