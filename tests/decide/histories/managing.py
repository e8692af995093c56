"""What managers do."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.decide.histories.truth import HOSTS, VMS
from tests.decide.histories.words import AWAITED, Words, hosts, vms, whiches
from vurti.model import Awaited, Cancel, Expect, Host, IntentKind, Reload, VmFacts


class Managing(Words):
    """They announce, cancel, destroy what is left, and know of VMs what no host tells."""

    @rule(
        vm=vms, kind=st.sampled_from(AWAITED), host=hosts, secs=st.sampled_from([None, 5.0, 100.0])
    )
    def announce(self, vm: str, kind: Awaited, host: str, secs: float | None) -> None:
        self.announced += 1
        where = host if kind in (Awaited.START, Awaited.MIGRATE) else None
        job = "merge" if kind is Awaited.JOB else None
        said = Expect(f"e{self.announced}", kind, vm, where, job, secs=secs)
        self.take(self.fold.give(said))

    @rule(which=whiches)
    def cancel(self, which: int) -> None:
        known = [one.id for one in self.fold.view.expectations]
        if known:
            self.take(self.fold.give(Cancel(known[which % len(known)])))

    @rule(vm=vms)
    def destroy_what_is_left(self, vm: str) -> None:
        """A manager does what is intended."""
        for kind, host in list(self.fold.view.intents.of(vm)):
            if kind is IntentKind.DESTROY_VM and host is not None:
                self.truth.machines[host].remains.pop(vm, None)

    @rule(ha=st.sets(vms), tpm=st.sets(vms, max_size=2))
    def facts_are_told(self, ha: set[str], tpm: set[str]) -> None:
        facts = [VmFacts(vm, ha=vm in ha, has_tpm=vm in tpm) for vm in VMS if vm in ha | tpm]
        self.fold.reload = Reload(tuple(Host(name) for name in HOSTS), tuple(facts))
        self.take(self.fold.give(self.fold.reload))
