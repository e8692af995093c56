"""Rows and events of one decision, each event with its sequence and its id."""

from msgspec.structs import replace

from vurti.decide.view import SeqMemo, ToldMemo, View
from vurti.events import CATALOGUE, Event, Mark, event
from vurti.model import OF_HOSTS, Awaited, Expectation, Outcome, Row, Stamped, Vds, Vm

_ENDS = {
    Outcome.MET: Mark.EXPECTATION_MET,
    Outcome.FAILED: Mark.EXPECTATION_FAILED,
    Outcome.EXPIRED: Mark.EXPECTATION_EXPIRED,
    Outcome.CANCELLED: Mark.EXPECTATION_CANCELLED,
}
_WINDOWED = frozenset(mark for mark, meaning in CATALOGUE.items() if meaning.window_secs)


class Changes:
    """What has changed so far, and what was told of it."""

    def __init__(self, view: View, stamped: Stamped) -> None:
        self.events: list[Event] = []
        self.memos: list[object] = []
        self._view, self._stamped = view, stamped
        # What changed, as it is by now; None is forgotten.
        self.vms: dict[str, Vm | None] = {}
        self._vdss: dict[str, Vds | None] = {}
        self._rows: dict[tuple[str, str], Row] = {}
        self._strangers: dict[str, int] = {}  # sequences of what has no record
        self._told: dict[tuple[str, Mark, str], float] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """Each thing that changed, as it is by now."""
        return tuple(self._rows.values())

    def vm(self, vm: str) -> Vm | None:
        if vm in self.vms:
            return self.vms[vm]
        row = self._view.vms.get(vm)
        return row.value if row is not None and isinstance(row.value, Vm) else None

    def vds(self, host: str) -> Vds | None:
        if host in self._vdss:
            return self._vdss[host]
        row = self._view.vdss.get(host)
        return row.value if row is not None and isinstance(row.value, Vds) else None

    def seq(self, thing: str) -> int:
        """The sequence of the last event of a VM or host; 0 where there was none."""
        known = [self._rows.get(("vm", thing)), self._rows.get(("vds", thing))]
        known += [self._view.vms.get(thing), self._view.vdss.get(thing)]
        return next((row.seq for row in known if row is not None), self._seq_of_stranger(thing))

    def not_flooded(self, thing: str, marks: tuple[Mark, ...], key: str) -> tuple[Mark, ...]:
        """The marks that may be told now. Those that have a window will be remembered."""
        if _WINDOWED.isdisjoint(marks):
            return marks
        return tuple(mark for mark in marks if self._may_be_told(thing, mark, key))

    def add(
        self,
        after: Vm | Vds | None,
        *,
        thing: Vm | Vds,
        marks: tuple[Mark, ...],
        reason: str,
        rule: str,
        host: str | None,
        times: int = 1,
        restart: bool = False,
    ) -> Event | None:
        """Put down a change and tell it; None where it is none."""
        key, past = self._row(thing)
        before = past.value if past is not None and not past.deleted else None
        seq = 1 + (past.seq if past is not None else self._seq_of_stranger(thing.id))
        told = event(
            before,
            after,
            marks,
            id=self._view.birth.event_id(thing.id, seq),
            seq=seq,
            seq_first=seq,
            reason=reason,
            rule=rule,
            host=host,
            observed_at=self._stamped.wall,
            times=times,
            restart=restart,
            number=self._stamped.number,
        )
        if told is None:
            return None
        self.events.append(told)
        value = after if after is not None else thing
        at, wall = self._stamped.at, self._stamped.wall
        self._put(key, Row(value, seq, at, wall, rule, deleted=after is None))
        return told

    def cross(self, after: Row | None, *, thing: Vm | Vds, mark: Mark, reason: str) -> None:
        """It goes to another scope (None) or comes from one, as it is: its row says no less than it
        did, and its sequence goes on."""
        key, past = self._row(thing)
        known = after or past
        assert known is not None
        seq = known.seq + (1 if after is None else 2)  # its leaving had the one between
        told = event(
            None if after is not None else thing,
            thing if after is not None else None,
            (mark,),
            id=self._view.birth.event_id(thing.id, seq),
            seq=seq,
            seq_first=seq,
            reason=reason,
            rule=str(mark),
            observed_at=self._stamped.wall,
            number=self._stamped.number,
        )
        assert told is not None
        self.events.append(told)
        self._put(key, replace(known, seq=seq, deleted=after is None))

    def tell_end(self, ended: Expectation, words: str) -> None:
        """An expectation has ended. Something may be announced of what has no record, or never
        gets one: then there is an event and no row."""
        known = self.vds(ended.thing) if ended.kind in OF_HOSTS else self.vm(ended.thing)
        marks = _marks(ended)
        if known is not None:
            rule = f"expectation {ended.outcome}"
            self.add(known, thing=known, marks=marks, reason=words, rule=rule, host=ended.host)
            return
        stranger = Vds(ended.thing) if ended.kind in OF_HOSTS else Vm(ended.thing)
        seq = 1 + self._seq_of_stranger(ended.thing)
        told = event(
            stranger,
            stranger,
            marks,
            id=self._view.birth.event_id(ended.thing, seq),
            seq=seq,
            seq_first=seq,
            reason=words,
            rule=f"expectation {ended.outcome}",
            observed_at=self._stamped.wall,
            number=self._stamped.number,
        )
        if told is not None:
            self.events.append(told)
            self._strangers[ended.thing] = seq
            self.memos.append(SeqMemo(ended.thing, seq))

    def _may_be_told(self, thing: str, mark: Mark, key: str) -> bool:
        if mark not in _WINDOWED:
            return True
        where = (thing, mark, key)
        until = self._told.get(where) or self._view.told.get(where)
        if until is not None and self._stamped.at < until:
            return False
        self._told[where] = self._stamped.at + CATALOGUE[mark].window_secs
        self.memos.append(ToldMemo(thing, mark, key, self._told[where]))
        return True

    def _seq_of_stranger(self, thing: str) -> int:
        return self._strangers.get(thing) or self._view.forgotten.get(thing, 0)

    def _put(self, key: tuple[str, str], row: Row) -> None:
        self._rows[key] = row
        if isinstance(row.value, Vm):
            self.vms[row.value.id] = None if row.deleted else row.value
        else:
            self._vdss[row.value.id] = None if row.deleted else row.value

    def _row(self, thing: Vm | Vds) -> tuple[tuple[str, str], Row | None]:
        kind, rows = ("vm", self._view.vms) if isinstance(thing, Vm) else ("vds", self._view.vdss)
        key = (kind, thing.id)
        return key, self._rows.get(key) or rows.get(thing.id)


def _marks(ended: Expectation) -> tuple[Mark, ...]:
    """How it ended; and a migration that is done has a name of its own (14.B)."""
    if ended.kind is Awaited.MIGRATE and ended.outcome is Outcome.MET:
        return (_ENDS[ended.outcome], Mark.MIGRATION_DONE)
    return (_ENDS[ended.outcome],)
