"""Hosts and vurti itself come and go, and time passes."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.decide.histories.hearing import Hearing
from tests.decide.histories.truth import HOSTS, VMS
from tests.decide.histories.words import hosts
from vurti.model import IntentKind, Miss, Missed, Query, Question


class Weather(Hearing):
    """Nothing of it is anybody's wish."""

    @rule(host=hosts)
    def host_falls_silent(self, host: str) -> None:
        self.truth.machines[host].silent = True
        self.queues[host].clear()
        self.on_the_way = [one for one in self.on_the_way if one[1].host != host]

    @rule(host=hosts, booted=st.booleans())
    def host_is_back(self, host: str, booted: bool) -> None:
        machine = self.truth.machines[host]
        if machine.silent:
            machine.silent = False
            self.pass_time()
            if booted:
                self.take(self.fold.give(Missed(host, Question.VMS, Miss.NETWORK)))
                self.truth.wake_up(machine, self.fold.at)
            for question in (Question.CAPABILITIES, Question.VDS_STATISTICS):
                self.answer_query(Query(host, question.value))

    @rule()
    def vurti_restarts(self) -> None:
        view = self.fold.view
        vms = {vm: self.fold.vm(vm) for vm in VMS}
        expectations, intents = list(view.expectations), list(view.intents)
        self.queries.clear()
        self.on_the_way.clear()
        for queue in self.queues.values():
            queue.clear()
        self.take(self.fold.restart())
        view = self.fold.view
        assert {vm: self.fold.vm(vm) for vm in VMS} == vms, "contract 9"
        assert list(view.expectations) == expectations
        # A start looks at every lost host anew (R1), so none is to be fenced any more.
        still = [one for one in intents if one.kind is not IntentKind.FENCE_HOST]
        assert [one for one in still if one not in list(view.intents)] == []

    @rule(secs=st.sampled_from([0.5, 3.0, 15.0, 100.0, 700.0]))
    def wait(self, secs: float) -> None:
        self.pass_time(secs)

    @rule(secs=st.sampled_from([12.0, 30.0]))
    def wait_while_all_hosts_answer(self, secs: float) -> None:
        until = self.fold.at + secs
        while self.fold.at < until:
            for host in HOSTS:
                self.poll(host, 1.0)
