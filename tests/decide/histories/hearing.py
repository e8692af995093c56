"""How hosts are heard."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.decide.histories.words import Words, hosts, vms, whiches
from vurti.model import (
    Miss,
    Missed,
    Query,
    Question,
    Snapshot,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VmDevice,
    VmDevicesAnswer,
    VmExternalDataAnswer,
)


class Hearing(Words):
    """Whole, late, in part, not at all."""

    @rule(host=hosts, secs=st.sampled_from([0.3, 1.0]))
    def poll(self, host: str, secs: float) -> None:
        self.pass_time(secs)
        if self.truth.machines[host].silent:
            self.take(
                self.fold.give(Missed(host, Question.VMS, Miss.NETWORK, started=self.fold.at))
            )
            return
        self.hear_pushes(host)
        snapshot = self.answer(host)
        self.pass_time(0.1)
        self.hear(snapshot)

    @rule(host=hosts, bad=vms)
    def poll_with_one_bad_vm(self, host: str, bad: str) -> None:
        if not self.truth.machines[host].silent:
            self.pass_time()
            self.hear_pushes(host)
            self.hear(self.answer(host, bad=bad))

    @rule(host=hosts)
    def poll_in_part(self, host: str) -> None:
        if not self.truth.machines[host].silent:
            self.pass_time()
            self.hear_pushes(host)
            self.hear(self.answer(host, whole=False))

    @rule(host=hosts)
    def answer_that_takes_its_time(self, host: str) -> None:
        if not self.truth.machines[host].silent:
            self.pass_time()
            self.hear_pushes(host)
            self.on_the_way.append((self.fold.at, self.answer(host)))

    @precondition(lambda self: self.on_the_way)
    @rule(which=whiches)
    def late_answer_comes_in(self, which: int) -> None:
        self.pass_time(0.5)
        self.hear(self.on_the_way.pop(which % len(self.on_the_way))[1])

    @rule(host=hosts)
    def pushes_come_in(self, host: str) -> None:
        self.pass_time(0.5)
        self.hear_pushes(host)

    @rule(
        host=hosts, kind=st.sampled_from(list(Miss)), question=st.sampled_from(list(Question)[:4])
    )
    def miss(self, host: str, kind: Miss, question: Question) -> None:
        self.pass_time()
        if kind is not Miss.MISMATCH:
            self.take(self.fold.give(Missed(host, question, kind, started=self.fold.at - 0.5)))

    @precondition(lambda self: self.queries)
    @rule(which=whiches, missed=st.booleans())
    def query_is_answered(self, which: int, missed: bool) -> None:
        query = self.queries.pop(which % len(self.queries))
        self.pass_time(0.5)
        self.answer_query(query, missed)

    def answer_query(self, query: Query, missed: bool = False) -> None:
        machine, question = self.truth.machines[query.host], Question(query.question)
        if missed or machine.silent:
            said = Missed(query.host, question, Miss.TIMEOUT, "", self.fold.at - 0.1, query.vms)
            self.take(self.fold.give(said))
            return
        answers = {
            Question.CAPABILITIES: lambda: VdsCapabilitiesAnswer(VdsCapabilities()),
            Question.VDS_STATISTICS: lambda: VdsStatisticsAnswer(VdsStatistics()),
            Question.EXTERNAL_DATA: lambda: VmExternalDataAnswer(query.vms[0], b"tpm"),
            Question.DEVICES: lambda: VmDevicesAnswer({
                vm: (VmDevice("disk", alias=machine.copies[vm].hash, address="0"),)
                for vm in query.vms if vm in machine.copies
            }),
        }  # fmt: skip
        self.take(self.fold.give(Snapshot(query.host, self.fold.at - 0.1, answers[question]())))
