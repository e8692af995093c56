"""A decision in the making. It reads what it has already decided before it reads the view."""

from vurti.decide.view import VdsMemo, VdsMemory, View, VmMemo, VmMemory
from vurti.events import Event, Mark, event
from vurti.model import (
    Decision,
    Evidence,
    Query,
    Question,
    Row,
    Stamped,
    Statistics,
    Timer,
    TimerKey,
    Vds,
    Vm,
)


class Draft:
    """Collects all that follows from one input, in the order in which it was concluded."""

    def __init__(self, view: View, stamped: Stamped) -> None:
        self.view = view
        self.rules = view.rules
        self.number = stamped.number
        self.at = stamped.at
        self.wall = stamped.wall
        self._rows: dict[tuple[str, str], Row] = {}
        self._events: list[Event] = []
        self._queries: dict[Query, None] = {}
        self._timers: dict[TimerKey, Timer] = {}
        self._statistics: list[Statistics] = []
        self._evidence: list[Evidence] = []
        self._vm_memory: dict[str, VmMemory] = {}
        self._vds_memory: dict[str, VdsMemory] = {}
        self._memos: list[object] = []

    def vm(self, vm: str) -> Vm | None:
        row = self._rows.get(("vm", vm)) or self.view.vms.get(vm)
        return row.value if row and not row.deleted and isinstance(row.value, Vm) else None

    def vds(self, host: str) -> Vds | None:
        row = self._rows.get(("vds", host)) or self.view.vdss.get(host)
        return row.value if row and not row.deleted and isinstance(row.value, Vds) else None

    def remembered(self, vm: str) -> VmMemory:
        return self._vm_memory.get(vm) or self.view.remembered(vm)

    def heard(self, host: str) -> VdsMemory:
        return self._vds_memory.get(host) or self.view.heard(host)

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
    ) -> None:
        """From now on `thing` (as it was) is `after`; None forgets it. No difference, no event."""
        key, past = self._row(thing)
        before = past.value if past is not None and not past.deleted else None
        seq = 1 + (past.seq if past is not None else self.view.forgotten.get(thing.id, 0))
        told = event(
            before,
            after,
            marks,
            id=self.view.birth.event_id(thing.id, seq),
            seq=seq,
            seq_first=seq,
            reason=reason,
            rule=rule,
            host=host,
            observed_at=self.wall,
            times=times,
            restart=restart,
            number=self.number,
        )
        if told is None:
            return
        self._events.append(told)
        value = after if after is not None else thing
        self._rows[key] = Row(value, seq, self.at, self.wall, rule, deleted=after is None)

    def ask(self, host: str, question: Question) -> None:
        self._queries[Query(host, question.value)] = None

    def wake(self, kind: str, thing: str, due: float | None) -> None:
        """Ask for a Tick at `due`, or take one back with None."""
        key = TimerKey(kind, thing)
        self._timers[key] = Timer(key, due)

    def sample(self, statistics: Statistics) -> None:
        self._statistics.append(statistics)

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

    def remember_vm(self, vm: str, memory: VmMemory) -> None:
        if memory != self.remembered(vm):
            self._vm_memory[vm] = memory

    def remember_vds(self, host: str, memory: VdsMemory) -> None:
        self._vds_memory[host] = memory

    def memo(self, memo: object) -> None:
        self._memos.append(memo)

    def done(self) -> Decision:
        """Everything that was concluded, as one value."""
        return Decision(
            number=self.number,
            at=self.at,
            wall=self.wall,
            changes=tuple(self._rows.values()),
            events=tuple(self._events),
            queries=tuple(self._queries),
            timers=tuple(self._timers.values()),
            statistics=tuple(self._statistics),
            evidence=tuple(self._evidence),
            memory=(
                *self._memos,
                *[VdsMemo(host, memory) for host, memory in self._vds_memory.items()],
                *[VmMemo(vm, memory) for vm, memory in self._vm_memory.items()],
            ),
        )

    def _row(self, thing: Vm | Vds) -> tuple[tuple[str, str], Row | None]:
        if isinstance(thing, Vm):
            return ("vm", thing.id), self._rows.get(("vm", thing.id)) or self.view.vms.get(thing.id)
        return ("vds", thing.id), self._rows.get(("vds", thing.id)) or self.view.vdss.get(thing.id)
