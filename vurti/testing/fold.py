"""Drive the pure fold by hand: words of hosts in, decisions out, timers fired as time passes.

No stream, no clock and no source takes part, so a rule can be tested by a table of words.
"""

from collections.abc import Iterable
from typing import Any

from vurti.decide import Birth, Rules, View, decide
from vurti.events import Event
from vurti.model import (
    Absence,
    Answer,
    Decision,
    ExitReason,
    ExitStatus,
    Host,
    Input,
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
    VmReport,
    VmStatesAnswer,
    VmStatus,
)

WALL = 1_700_000_000.0
"""The wall clock that belongs to monotonic 0."""


class Fold:
    """One scope at a time of our own, in seconds. Hosts A, B and C are recorded Up by default."""

    def __init__(
        self,
        *vms: Vm,
        hosts: Iterable[Vds] = (),
        rules: Rules | None = None,
        at: float = 1000.0,
    ) -> None:
        given = {vds.id: vds for vds in hosts} or {
            name: Vds(name, status=VdsStatus.UP) for name in "ABC"
        }
        self.at = at
        self.decisions: list[Decision] = []
        self.timers: dict[TimerKey, float] = {}
        self._number = 0
        self._starts = 0
        self._hosts = tuple(Host(name) for name in given)
        self.view = View(
            rules, Birth(), [Row(vds) for vds in given.values()], [Row(vm) for vm in vms]
        )
        self.give(Reload(self._hosts))

    @property
    def events(self) -> list[Event]:
        """All events so far but those of the start."""
        return [event for decision in self.decisions[1:] for event in decision.events]

    def vm(self, vm: str) -> Vm | None:
        row = self.view.vms.get(vm)
        return row.value if row is not None and isinstance(row.value, Vm) else None

    def vds(self, host: str) -> Vds | None:
        row = self.view.vdss.get(host)
        return row.value if row is not None and isinstance(row.value, Vds) else None

    def give(self, given: Input) -> Decision:
        """Let one input in now."""
        self._number += 1
        decision = decide(self.view, Stamped(self._number, self.at, WALL + self.at, given))
        self.view.apply(decision)
        self.decisions.append(decision)
        for timer in decision.timers:
            self.timers.pop(timer.key, None)
            if timer.due is not None:
                self.timers[timer.key] = timer.due
        return decision

    def wait(self, secs: float) -> None:
        """Let time pass and fire what comes due in it, in its order."""
        until = self.at + secs
        while due := [(at, key) for key, at in self.timers.items() if at <= until]:
            at, key = min(due, key=lambda one: (one[0], one[1].kind, one[1].thing))
            del self.timers[key]
            self.at = max(self.at, at)
            self.give(Tick(key))
        self.at = until

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

    def restart(self) -> None:
        """The monitor dies and starts again from what is recorded: memories and timers are gone."""
        self._starts += 1
        self.timers.clear()
        birth = Birth(epoch=self._starts)
        vdss, vms = _stored(self.view.vdss.values()), _stored(self.view.vms.values())
        self.view = View(self.view.rules, birth, vdss, vms)
        self.give(Reload(self._hosts))

    def _told(self, host: str, answer: Answer) -> Decision:
        self.at += 1
        return self.give(Snapshot(host, self.at - 0.1, answer))


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
