"""What rules write into, and what they may ask about this input and all before it."""

from collections.abc import Iterable, Mapping
from itertools import starmap

from vurti.decide.draft.changes import Changes
from vurti.decide.draft.promises import Promises
from vurti.decide.draft.timers import Timers
from vurti.decide.view import (
    LookMemo,
    SampleMemo,
    SamplesMemo,
    VdsLook,
    VdsMemo,
    VdsMemory,
    View,
    VmMemo,
    VmMemory,
)
from vurti.events import Mark
from vurti.model import (
    Awaited,
    Cluster,
    Decision,
    Evidence,
    Expectation,
    Hearsay,
    IntentKind,
    Outcome,
    Query,
    Question,
    Row,
    Stamped,
    Statistics,
    Vds,
    Vm,
    VmFacts,
)


class Draft:
    """Collects all that follows from one input, in the order in which it was concluded. Nothing
    that it holds may hold it: in a circle all drafts would stay until the collector comes."""

    def __init__(self, view: View, stamped: Stamped) -> None:
        self.view = view
        self.rules = view.rules
        self.number = stamped.number
        self.at = stamped.at
        self.wall = stamped.wall
        self._changes = Changes(view, stamped)
        # VM and host as they are by now, None where they are not known: asked more than all else.
        self.vm, self.vds = self._changes.vm, self._changes.vds
        self._timers = Timers()
        self._promises = Promises(view, stamped, self._timers.wake)
        self._queries: dict[tuple[str, Question, bool], Query] = {}
        self._statistics: list[Statistics] = []
        self._evidence: list[Evidence] = []
        self._vm_memory: dict[str, VmMemory] = {}
        self._vds_memory: dict[str, VdsMemory] = {}
        self._looks: dict[str, VdsLook] = {}
        self._samples: dict[str, SampleMemo] = {}
        self._memos: list[object] = []
        self._lent: tuple[str, VdsMemory, VdsLook] | None = None
        self._referrals: list[Hearsay] = []
        self._crossing = ""

    def vms_on(self, host: str) -> dict[str, None]:
        """The VMs that are recorded on a host by now. To be read only."""
        here = self.view.vms_on.get(host, {})
        changed = self._changes.vms
        if not changed:
            return here
        stayed = {vm: None for vm in here if vm not in changed}
        return stayed | {id_: None for id_, vm in changed.items() if vm and vm.run_on == host}

    def facts(self, vm: str) -> VmFacts | None:
        """What a manager knows of the VM, None where it knows nothing of it."""
        return self.view.facts.get(vm)

    def cluster(self, host: str) -> Cluster:
        """The cluster of a host; one that demands nothing where nothing is said of it."""
        watched = (self.view.hosts or {}).get(host)
        name = watched.cluster if watched is not None else ""
        return self.view.clusters.get(name) or Cluster(name)

    def remembered(self, vm: str) -> VmMemory:
        return self._vm_memory.get(vm) or self.view.remembered(vm)

    def heard(self, host: str) -> VdsMemory:
        if self._lent is not None and self._lent[0] == host:
            return self._lent[1]
        return self._vds_memory.get(host) or self.view.heard(host)

    def look(self, host: str) -> VdsLook:
        if self._lent is not None and self._lent[0] == host:
            return self._lent[2]
        return self._looks.get(host) or self.view.look(host)

    def lend(self, host: str, memory: VdsMemory, look: VdsLook) -> None:
        """For as long as this decision takes, this is what is remembered of a host that is another
        scope's."""
        self._lent = (host, memory, look)

    def change(
        self,
        after: Vm | Vds | None,
        *,
        thing: Vm | Vds,
        rule: str,
        reason: str = "",
        marks: tuple[Mark, ...] = (),
        host: str | None = None,
        times: int = 1,
        restart: bool = False,
        key: str = "",
    ) -> None:
        """From now on `thing` (as it was) is `after`; None forgets it. No difference and no lasting
        mark, no event. Marks within their flood window are left out, with evidence; `key` tells
        apart what one thing has several of. What was announced or intended of it is judged anew."""
        due = self._changes.not_flooded(thing.id, marks, key)
        for mark in marks:
            if mark not in due:
                about = f"told within its window: {mark}"
                self.because(thing.id, "14 flood window", host or "", rejected=True, about=about)
        told = self._changes.add(
            after,
            thing=thing,
            marks=due,
            reason=reason,
            rule=rule,
            host=host,
            times=times,
            restart=restart,
        )
        if told is not None:
            for ended in self._promises.follow(thing.id, told.before, after, rule):
                self._tell_end(ended)

    def cross(self, after: Row | None, *, thing: Vm | Vds, mark: Mark, reason: str) -> None:
        """`thing` goes to another scope (None) or comes from one, as it is."""
        self.because(thing.id, str(mark), about=reason)
        self._changes.cross(after, thing=thing, mark=mark, reason=reason)

    def by(self, crossing: str) -> None:
        """What is decided here is decided in another scope too."""
        self._crossing = crossing

    def refer(self, hearsay: Hearsay) -> None:
        """Another scope has the VM."""
        self._referrals.append(hearsay)

    def ask(self, host: str, question: Question, *vms: str, anew: bool = True) -> None:
        """Ask the host; what is asked of several VMs in one decision is one question. Not `anew`
        where the same question will do that is under way already."""
        key = (host, question, bool(vms))
        past = self._queries.get(key)
        if past is not None:
            anew = anew or past.anew
            vms = tuple(dict.fromkeys((*past.vms, *vms)))
        self._queries[key] = Query(host, question.value, vms, anew)

    def wake(self, kind: str, thing: str, due: float | None) -> None:
        """Ask for a Tick at `due`, or take one back with None."""
        self._timers.wake(kind, thing, due)

    def sample(self, statistics: Statistics) -> None:
        self._statistics.append(statistics)

    def last_sample(self, vm: str) -> SampleMemo | None:
        return self._samples.get(vm) or self.view.samples.get(vm)

    def keep_sample(self, memo: SampleMemo) -> None:
        """The next sample is compared with this one."""
        self._samples[memo.vm] = memo

    def because(
        self,
        thing: str,
        rule: str,
        host: str = "",
        *,
        asked: float | None = None,
        rejected: bool = False,
        about: str = "",
    ) -> None:
        """Put down which rule spoke, on whose word, and that it did not count where it did not."""
        self._evidence.append(Evidence(thing, rule, host, asked, rejected, about))

    def expecting(self, thing: str) -> Mapping[Awaited, Expectation]:
        """What is announced of it and can still come, by its kind."""
        return self._promises.expecting(thing)

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Those that have begun or ended so far."""
        return self._promises.expectations

    def announced(self, thing: str) -> list[Expectation]:
        """All that is open of it by now, in the order in which it was announced."""
        return self._promises.announced(thing)

    def expect(self, expectation: Expectation) -> None:
        """From now on this is waited for. What is announced anew replaces what was announced."""
        for past in self._promises.replaced(expectation):
            self.end(past, Outcome.CANCELLED, "announced anew")
        self._promises.open(expectation)

    def load(self, expectation: Expectation) -> None:
        """What was open before vurti began is waited for again, for as long as was left to it."""
        self._promises.load(expectation)

    def end(self, expectation: Expectation, outcome: Outcome, rule: str) -> None:
        """It is not waited for any more, which is an event of its VM or host."""
        self._tell_end(self._promises.end(expectation, outcome, rule))

    def want(
        self, kind: IntentKind, thing: str, host: str | None = None, *, rule: str, reason: str = ""
    ) -> None:
        """A manager should do this now. Nothing happens where such intents are switched off, or
        the same is still open."""
        seq = self._changes.seq(thing)
        self._promises.want(kind, thing, host, based_on=seq, rule=rule, reason=reason)

    def unwant(self, kind: IntentKind, thing: str, host: str | None = None, *, rule: str) -> None:
        """The ground for it is gone; nothing happens where it is not open."""
        self._promises.unwant(kind, thing, host, rule)

    def expire(self, intent: str) -> None:
        """An intent was open for as long as it may be."""
        self._promises.expire(intent)

    def remember_vm(self, vm: str, memory: VmMemory) -> None:
        if memory != self.remembered(vm):
            self._vm_memory[vm] = memory

    def remember_vds(self, host: str, memory: VdsMemory) -> None:
        self._vds_memory[host] = memory

    def remember_look(self, host: str, look: VdsLook) -> None:
        if look != self.look(host):
            self._looks[host] = look

    def memo(self, memo: object) -> None:
        self._memos.append(memo)

    def done(self) -> Decision:
        """Everything that was concluded, as one value."""
        expectations, intents, promised = self._promises.told()
        return Decision(
            number=self.number,
            at=self.at,
            wall=self.wall,
            changes=self._changes.rows,
            events=tuple(self._changes.events),
            expectations=expectations,
            intents=intents,
            queries=tuple(self._queries.values()),
            timers=self._timers.told,
            statistics=tuple(self._statistics),
            evidence=tuple(self._evidence),
            memory=self._memory(promised),
            referrals=tuple(self._referrals),
            crossing=self._crossing,
        )

    def _memory(self, promised: Iterable[object]) -> tuple[object, ...]:
        return (
            *self._memos,
            *((SamplesMemo(self._samples),) if self._samples else ()),
            *self._changes.memos,
            *promised,
            *starmap(LookMemo, self._looks.items()),
            *starmap(VdsMemo, self._vds_memory.items()),
            *starmap(VmMemo, self._vm_memory.items()),
        )

    def _tell_end(self, ended: Expectation) -> None:
        words = f"{ended.kind} {ended.outcome}: {ended.rule}"
        self.because(ended.thing, f"expectation {ended.outcome}", about=words)
        self._changes.tell_end(ended, words)
