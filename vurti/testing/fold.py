"""Drive the pure fold by hand: words of hosts in, decisions out, timers fired as time passes.

No stream, no clock and no source takes part, so a rule can be tested by a table of words.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from vurti.decide import Birth, Rules, View, decide
from vurti.decide.timers import OF_SCOPE
from vurti.events import Event
from vurti.model import (
    Absence,
    Answer,
    Cluster,
    Decision,
    ExitReason,
    ExitStatus,
    Expectation,
    Host,
    Input,
    Intent,
    Miss,
    Missed,
    PauseStatus,
    Push,
    Question,
    Reload,
    Row,
    Snapshot,
    Stamped,
    Tick,
    TimerKey,
    Vds,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VdsStatus,
    Vm,
    VmFacts,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)

WALL = 1_700_000_000.0
"""The wall clock that belongs to monotonic 0."""


TICKS_MAX = 10_000
"""More timers than this at one instant never end: one of them sets itself again."""


class Recorded(Struct, frozen=True):
    """What outlives the monitor: the records, and what is open."""

    vdss: tuple[Row, ...]
    vms: tuple[Row, ...]
    expectations: tuple[Expectation, ...]
    intents: tuple[Intent, ...]


class Fold:
    """One scope at a time of our own, in seconds. Hosts A, B and C are recorded Up by default.

    `watched` are the hosts as the configuration has them, where they say more than their ids.
    """

    def __init__(
        self,
        *vms: Vm,
        hosts: Iterable[Vds] = (),
        rules: Rules | None = None,
        at: float = 1000.0,
        wall: float = WALL,
        watched: Sequence[Host] = (),
        facts: Sequence[VmFacts] = (),
        clusters: Sequence[Cluster] = (),
        expectations: Iterable[Expectation] = (),
    ) -> None:
        given = {vds.id: vds for vds in hosts} or {
            name: Vds(name, status=VdsStatus.UP) for name in "ABC"
        }
        self.at = at
        self.wall = wall
        self.decisions: list[Decision] = []
        self.timers: dict[TimerKey, float] = {}
        self._number = 0
        self._starts = 0
        hosts_ = tuple(watched) or tuple(
            Host(name, cluster=of.cluster) for name, of in given.items()
        )
        self.reload = Reload(hosts_, tuple(facts), tuple(clusters))
        rows = [Row(vds) for vds in given.values()], [Row(vm) for vm in vms]
        self.view = View(rules, Birth(), *rows, expectations)
        self.give(self.reload)

    @property
    def events(self) -> list[Event]:
        """All events so far but those of the start."""
        return [event for decision in self.decisions[1:] for event in decision.events]

    @property
    def pending(self) -> dict[TimerKey, float]:
        """The timers that wait for something about a VM or host, not those that look after all."""
        return {key: due for key, due in self.timers.items() if key.kind not in OF_SCOPE}

    def vm(self, vm: str) -> Vm | None:
        row = self.view.vms.get(vm)
        return row.value if row is not None and isinstance(row.value, Vm) else None

    def vds(self, host: str) -> Vds | None:
        row = self.view.vdss.get(host)
        return row.value if row is not None and isinstance(row.value, Vds) else None

    def give(self, given: Input) -> Decision:
        """Let one input in now."""
        self._number += 1
        decision = decide(self.view, Stamped(self._number, self.at, self.wall + self.at, given))
        self.view.apply(decision)
        self.decisions.append(decision)
        for timer in decision.timers:
            self.timers.pop(timer.key, None)
            if timer.due is not None:
                self.timers[timer.key] = timer.due
        return decision

    def record(self, rows: Iterable[Row], memory: Iterable[object]) -> None:
        """From now on this is recorded and remembered, whatever was."""
        known = Decision(0, self.at, self.wall, changes=tuple(rows), memory=tuple(memory))
        self.view.apply(known)

    def wait(self, secs: float) -> None:
        """Let time pass and fire what comes due in it, in its order."""
        until = self.at + secs
        self.fire(until)
        self.at = until

    def fire(self, until: float, *, inclusive: bool = True) -> None:
        """Fire what comes due up to then, the last instant included or not. Raises RecursionError
        where that has no end."""
        key = None
        for _ in range(TICKS_MAX):
            due = [
                (at, key)
                for key, at in self.timers.items()
                if at < until or (inclusive and at == until)
            ]
            if not due:
                return
            at, key = min(due, key=lambda one: (one[0], one[1].kind, one[1].thing))
            del self.timers[key]
            self.at = max(self.at, at)
            self.give(Tick(key))
        raise RecursionError(f"timers that set themselves again: {key}")

    def poll(
        self,
        host: str,
        *,
        started: float | None = None,
        absence: Absence = Absence.GONE,
        unreadable: tuple[str, ...] = (),
        **vms: VmReport | VmStatus,
    ) -> Decision:
        """A complete answer of the host: VMs not named in it are absent. A second passes first."""
        asked = self.at + 0.9 if started is None else started
        self.at += 1
        reports = {vm: full(said) for vm, said in vms.items()}
        answer = VmStatesAnswer(reports, absence=absence, unreadable=unreadable)
        return self.give(Snapshot(host, asked, answer))

    def push(self, host: str, *, notify_time: int | None = None, **vms: Any) -> Decision:
        """The host says something by itself. A second passes first."""
        self.at += 1
        reports = {
            vm: VmReport(status=said) if isinstance(said, VmStatus) else said
            for vm, said in vms.items()
        }
        return self.give(Push(host, reports, notify_time))

    def miss(
        self,
        host: str,
        kind: Miss = Miss.NETWORK,
        question: Question = Question.VMS,
        *,
        started: float | None = None,
    ) -> Decision:
        """A question to the host gets no answer. A second passes first."""
        self.at += 1
        return self.give(Missed(host, question, kind, "", self.at if started is None else started))

    def caps(self, host: str) -> Decision:
        return self._told(host, VdsCapabilitiesAnswer(VdsCapabilities()))

    def stats(self, host: str) -> Decision:
        return self._told(host, VdsStatisticsAnswer(VdsStatistics()))

    @property
    def recorded(self) -> Recorded:
        """What is recorded now."""
        return recorded(self.view)

    def restart(self, recorded: Recorded | None = None) -> Decision:
        """The monitor dies and starts again from what is recorded: memories and timers are gone."""
        self._starts += 1
        self.timers.clear()
        self.view = begun_anew(recorded or self.recorded, self.view.rules, self._starts)
        return self.give(self.reload)

    def _told(self, host: str, answer: Answer) -> Decision:
        self.at += 1
        return self.give(Snapshot(host, self.at - 0.1, answer))


def recorded(view: View) -> Recorded:
    """What of a view is in the database as well."""
    return Recorded(
        tuple(view.vdss.values()),
        tuple(view.vms.values()),
        tuple(view.expectations),
        tuple(view.intents),
    )


def begun_anew(known: Recorded, rules: Rules, epoch: int) -> View:
    """The view of a monitor that starts with this."""
    rows = _stored(known.vdss), _stored(known.vms)
    return View(rules, Birth(epoch=epoch), *rows, known.expectations, known.intents)


def report(status: VmStatus, **more: Any) -> VmReport:
    """What a poll says of one VM: every state field, with a default for those left out."""
    fields: dict[str, Any] = {"pause_status": PauseStatus.NONE, **more}
    return VmReport(status=status, **fields)


def full(said: VmReport | VmStatus) -> VmReport:
    """The report as a poll's decoder makes it: with a default for what is left out."""
    return report(said) if isinstance(said, VmStatus) else said


def down(
    status: ExitStatus = ExitStatus.NORMAL, reason: ExitReason = ExitReason.USER_SHUTDOWN
) -> VmReport:
    """A VM has ended so."""
    return report(VmStatus.DOWN, exit_status=status, exit_reason=reason)


def paused(why: PauseStatus = PauseStatus.NOERR) -> VmReport:
    """A VM is paused for this reason."""
    return report(VmStatus.PAUSED, pause_status=why)


def _stored(rows: Iterable[Row]) -> list[Row]:
    return [Row(row.value, row.seq, 0.0, row.observed_at, row.rule) for row in rows]
