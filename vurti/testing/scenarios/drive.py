"""Steps as inputs, in virtual time: what arrives, what comes due, what leaves."""

from vurti.decode.vdsm import VdsmDecodeError, capabilities, vds_statistics
from vurti.model import (
    Absence,
    Answer,
    Decision,
    Input,
    Missed,
    Push,
    Query,
    Question,
    Snapshot,
    Suspected,
    Suspicion,
    VmDevice,
    VmDevicesAnswer,
    VmExternalDataAnswer,
)
from vurti.testing.fold import Fold, Recorded
from vurti.testing.scenarios import given, wire
from vurti.testing.scenarios.told import Told, at_once, committed
from vurti.testing.scenarios.words import Scenario, Step


class Drive:
    """One scenario under way. `left` is what left with the latest step."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.fold: Fold = given.begun(scenario)
        self.stored: Recorded | None = None
        self._unanswered: dict[str, list[Query]] = {}
        self._held: list[Decision] = []
        self._freed = Told()
        self._steps = 0

    @property
    def recorded(self) -> Recorded:
        """What a reader of the database finds: nothing new while it refuses."""
        return self.stored or self.fold.recorded

    def step(self, step: Step, *, compared: bool) -> Told:
        """Let one step happen, and give what left with it. What a database frees that works again
        counts for the next step that is `compared`."""
        fold, already = self.fold, len(self.fold.decisions)
        at = step.at if step.at is not None else fold.at + (1 if self._steps else 0)
        self._steps += 1
        stood = step.secs or 0.0 if step.suspect is Suspected.STALL else 0.0
        fold.fire(at - stood, inclusive=False)
        fold.at = max(at, fold.at)
        freed = self._freed + self._arrives(step)
        fold.fire(at)
        decided = fold.decisions[already:]
        self._ask(decided)
        if self.stored is not None:
            self._held += decided
            return at_once(decided)
        self._freed = freed if step.database and not compared else Told()
        now = at_once(decided) + committed(decided)
        return now if step.database and not compared else freed + now

    def _arrives(self, step: Step) -> Told:
        """What was held back and leaves now."""
        if step.database == "fails":
            self.stored = self.stored or self.fold.recorded
        elif step.database == "works":
            self.stored, held, self._held = None, self._held, []
            return committed(held)
        elif step.restart:
            self.fold.restart(self.stored)
            self._held, self._unanswered = [], {}
        else:
            for one in self._inputs(step):
                self.fold.give(one)
        return Told()

    def _inputs(self, step: Step) -> list[Input]:
        if step.expect is not None:
            wall = self.fold.wall
            return [given.expect(f"step.{self._steps}", step.expect, self.scenario.given, wall)]
        if step.suspect is not None:
            return [self._suspicion(step)]
        if step.host is None:
            return []
        if step.push is not None:
            return self._push(step, step.host)
        if step.missed is not None:
            return [self._missed(step, step.host)]
        answer = self._answer(step, step.host)
        return [] if answer is None else [Snapshot(step.host, self._started(step), answer)]

    def _answer(self, step: Step, host: str) -> Answer | None:
        if step.poll is not None:
            return wire.polled(step.poll, self._absence(host))
        if step.stats is not None:
            self._answered(host, Question.VDS_STATISTICS)
            return vds_statistics(step.stats)
        if step.caps is not None:
            self._answered(host, Question.CAPABILITIES)
            return capabilities(wire.spelled(step.caps))
        if step.external_data is not None:
            self._answered(host, Question.EXTERNAL_DATA)
            return VmExternalDataAnswer(step.external_data)
        if step.devices is not None:
            self._answered(host, Question.DEVICES)
            return VmDevicesAnswer(
                {
                    vm: tuple(VmDevice(one.device, one.device, address=one.address) for one in of)
                    for vm, of in step.devices.items()
                }
            )
        return None

    def _push(self, step: Step, host: str) -> list[Input]:
        said = step.push or {}
        try:
            vms, time = wire.pushed(said, step.notify_time)
        except VdsmDecodeError:
            return []  # production drops it as well, and counts it
        return [Push(host, vms, time, wire.HOST_CONN in said, self._absence(host))]

    def _missed(self, step: Step, host: str) -> Missed:
        asked = self._unanswered.get(host, [])
        if step.missed == "any":
            query = asked.pop() if asked else Query(host, Question.VMS)
        else:
            query = Query(host, str(step.missed))
            self._answered(host, Question(query.question))
        return Missed(
            host, Question(query.question), step.because, "", self._started(step), query.vms
        )

    def _suspicion(self, step: Step) -> Suspicion:
        if step.suspect is Suspected.CLOCK:
            self.fold.wall += step.by or 0.0
            return Suspicion(Suspected.CLOCK, step.by or 0.0)
        return Suspicion(Suspected(step.suspect or ""), step.secs or 0.0)

    def _started(self, step: Step) -> float:
        return self.fold.at if step.started is None else step.started

    def _absence(self, host: str) -> Absence:
        words = self.scenario.given.named().get(host)
        explained = words is None or words.lists_ended is not False
        return Absence.GONE if explained else Absence.UNEXPLAINED

    def _ask(self, decisions: list[Decision]) -> None:
        for decision in decisions:
            for query in decision.queries:
                self._unanswered.setdefault(query.host, []).append(query)

    def _answered(self, host: str, question: Question) -> None:
        asked = self._unanswered.get(host, [])
        self._unanswered[host] = [one for one in asked if one.question != question]
