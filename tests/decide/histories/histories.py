"""Random histories, and what must be so at the end of each."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.decide.histories.befalling import Befalling
from tests.decide.histories.managing import Managing
from tests.decide.histories.migrating import Migrating
from tests.decide.histories.truth import HOSTS, VMS
from tests.decide.histories.weather import Weather
from vurti.events import VmSplitBrainDetected
from vurti.model import PauseStatus, Vm, VmStatus
from vurti.model.status import RUNNING


class Histories(Befalling, Migrating, Managing, Weather):
    """All that may happen, in any order."""

    @rule(turns=st.permutations(HOSTS))
    def all_hosts_answer_twice(self, turns: list[str]) -> None:
        for host in HOSTS:
            self.host_is_back(host, booted=False)
            self.hear_pushes(host)
        self.on_the_way.clear()
        for _ in range(2):
            for host in turns:
                self.poll(host, 1.0)
                self.answer_queries()
        self.pass_time(self.fold.view.rules.vanish_grace_secs + 1)
        for vm in VMS:
            self.compare(vm)

    def answer_queries(self) -> None:
        for _ in range(20):
            if not self.queries:
                return
            self.answer_query(self.queries.pop(0))
        raise AssertionError("queries without end")

    def compare(self, vm: str) -> None:
        """What is known of it is what is so."""
        known, running = self.fold.vm(vm), self.truth.running(vm)
        if not running:
            gone = known is None or known.run_on is None
            assert gone, f"it does not run: {known}"
            return
        if (
            known is None
        ):  # a copy that cannot go on, of a VM that nobody knows, is a remainder (7.6)
            assert {copy.pause for copy in running.values()} == {PauseStatus.EIO}
            return
        if self.goes_on(vm, known):
            return
        assert known.run_on in running, f"it runs on {running}: {known}"
        copy = running[known.run_on]
        assert (known.status, known.pause_status) == (copy.status, copy.pause), f"{known} is {copy}"
        runs = [one for one in running.values() if one.status in RUNNING and one.pause == "NONE"]
        if len(runs) > 1:
            told = [one.thing for one in self.fold.events if isinstance(one, VmSplitBrainDetected)]
            assert vm in told, f"contract 5: it runs on {running}, and nobody was told"
        if len(running) == 1:
            hash_ = known.hardware.hash
            assert hash_ == copy.hash, f"devices {hash_} are {copy.hash}"

    def goes_on(self, vm: str, known: Vm) -> bool:
        """It went to one host unseen and now leaves that one: its first source says that it is done
        and the last destination that it arrives, which is all that can be known."""
        copies = self.truth.copies(vm)
        run = max(copy.run for copy in copies.values())
        moves = [way for way in self.truth.ways if way[:2] == (vm, run)]
        arrives = known.status is VmStatus.MIGRATING_TO and known.run_on in copies
        return arrives and len(moves) > 1 and any(not copy.runs for copy in copies.values())
