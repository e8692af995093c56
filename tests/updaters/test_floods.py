"""While nothing can be stored: what is never summed away, how much of it there can be, and what
becomes of those who ask for more."""

import msgspec
import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import StoreError
from vurti.events import LASTING, Event, Mark, VmEvent, encode, event
from vurti.model import Decision, Row, Vm, VmStatus
from vurti.model.commit import Commit
from vurti.streams.beats import Thinning
from vurti.streams.mailbox import Mailbox
from vurti.updaters import Writer, start_writer
from vurti.updaters.part import Part

CAPACITY = 50
UP, DOWN, PAUSED = VmStatus.UP, VmStatus.DOWN, VmStatus.PAUSED


class Flood:
    """Decisions about many VMs, for a store that takes nothing until it is `open`."""

    def __init__(self) -> None:
        self.clock, self.open = VirtualClock(), False
        self.stored: list[Event] = []
        self.told: list[Event] = []
        self.rows: dict[str, Row] = {}
        self.number = 0
        self.writer: Writer = start_writer(
            self.clock,
            commit=self._commit,
            save_statistics=lambda *_: None,
            waiting_max=CAPACITY,
        )

    @property
    def box(self) -> Mailbox[Part]:
        return self.writer.mailboxes["vms"]

    def vm(self, name: str, status: VmStatus | None, *marks: Mark) -> None:
        known = self.rows.get(name)
        before = known.value if known is not None and not known.deleted else None
        after = None if status is None else Vm(name, status=status, run_on="alpha")
        seq = (known.seq if known else 0) + 1
        told = event(before, after, marks, id=f"{name}.{seq}", seq=seq, seq_first=seq)
        assert told is not None
        self.number += 1
        self.rows[name] = Row(after or before, seq, deleted=after is None)
        self.told.append(told)
        self.writer.on_next(Decision(self.number, 0.0, 0.0, (self.rows[name],), (told,)))

    def settle(self) -> None:
        """Let the store take everything."""
        self.open = True
        self.clock.run(until=self.clock.now() + 60.0)
        assert self.writer.backlog() == 0
        assert self.writer.stop()
        assert self.clock.stray() == []

    def _commit(self, commit: Commit, _at: float) -> int:
        if not self.open:
            raise StoreError("the disk is full")
        self.stored += commit.events
        return len(self.stored)


def lasting(events: list[Event]) -> dict[str, tuple[set[Mark], int]]:
    found: dict[str, tuple[set[Mark], int]] = {}
    for one in events:
        if marks := LASTING.intersection(one.marks):
            past, times = found.get(one.thing, (set(), 0))
            found[one.thing] = (past | marks, times + one.times)
    return found


def test_contract_6_and_11_what_is_never_summed_is_bounded_by_the_number_of_things() -> None:
    """Each VM crashes, so none of these events may go: beyond the capacity each waits for itself.
    Then nothing more is wanted, hosts are asked at the least rate, and each more is counted."""
    flood = Flood()
    flood.clock.run(until=0.0)
    for number in range(400):
        flood.vm(f"vm{number}", UP)
        flood.vm(f"vm{number}", DOWN, Mark.CRASHED)
    assert flood.writer.demand() == 0.0
    assert len(flood.box) == 400
    assert flood.box.peak <= 401
    assert flood.box.over >= 400 - CAPACITY
    thinning = Thinning(flood.writer.demand, 2.0, 15.0, 30.0)
    assert [thinning.states(at, 0.0, in_doubt=False) for at in (2.0, 28.0, 30.0)] == [
        False,
        False,
        True,
    ]
    flood.settle()
    assert flood.writer.demand() == 1.0
    assert lasting(flood.stored) == lasting(flood.told)
    assert len(flood.stored) == 400
    assert all(one.forced and (one.seq_first, one.seq) == (1, 2) for one in flood.stored)


def test_contract_6_and_11_a_thing_to_which_ever_more_happens_stays_one_of_a_bounded_size() -> None:
    flood = Flood()
    for number in range(CAPACITY):
        flood.vm(f"vm{number}", UP)
    sizes = list[int]()
    for turn in range(3000):
        flood.vm(
            "vm0", (PAUSED, UP)[turn % 2], *((Mark.REBOOTED,) if turn % 3 else (Mark.CRASHED,))
        )
        if turn % 1000 == 500:
            (part,) = (one for one in _waiting(flood) if one.thing == "vm0")
            sizes.append(sum(len(encode(one)) for _, one in part.events))
    assert len(flood.box) <= CAPACITY
    assert max(sizes) - min(sizes) < 20  # numbers grow by a digit
    assert max(sizes) < 3000
    flood.settle()
    total = flood.stored[-1] if flood.stored[-1].thing == "vm0" else None
    told = [one for one in flood.stored if one.thing == "vm0"]
    assert total is None or total == told[-1]
    assert {mark for one in told for mark in one.marks} == {Mark.REBOOTED, Mark.CRASHED}
    assert sum(one.times for one in told if one.marks) == 3000
    assert max(len(one.passed) for one in told) == 20
    assert sum(len(one.passed) + one.passed_over for one in told) >= 2990


def test_contract_6_and_11_vms_that_come_and_go_without_end_leave_only_what_lasts_of_them() -> None:
    flood = Flood()
    for number in range(CAPACITY):
        flood.vm(f"stays{number}", UP)
    for number in range(2000):
        flood.vm(f"short{number}", UP)
        flood.vm(f"short{number}", None)
    assert len(flood.box) <= CAPACITY + 1
    for number in range(100):
        flood.vm(f"lost{number}", UP)
        flood.vm(f"lost{number}", DOWN, Mark.CRASHED)
        flood.vm(f"lost{number}", None)
    assert len(flood.box) <= CAPACITY + 100
    flood.settle()
    lost = [one for one in flood.stored if one.thing.startswith("lost")]
    assert len(lost) == 100
    assert all(one.fleeting and one.forced and Mark.CRASHED in one.marks for one in lost)


@pytest.mark.parametrize("how", ["one after the other", "in turn"])
def test_contract_6_every_split_brain_crash_and_reboot_is_told_as_often_as_it_came(
    how: str,
) -> None:
    flood = Flood()
    names = [f"vm{number}" for number in range(2 * CAPACITY)]
    marks = (Mark.SPLIT_BRAIN, Mark.CRASHED, Mark.REBOOTED)
    for name in names:
        flood.vm(name, UP)
    steps = [(name, mark) for name in names for mark in marks]
    if how == "in turn":
        steps = [(name, mark) for mark in marks for name in names]
    for name, mark in steps:
        flood.vm(name, DOWN if flood.rows[name].value.status is UP else UP, mark)
    assert len(flood.box) <= len(names)
    flood.settle()
    assert lasting(flood.stored) == lasting(flood.told)
    assert {one.thing for one in flood.stored if Mark.SPLIT_BRAIN in one.marks} == set(names)
    assert all(isinstance(one, VmEvent) for one in flood.stored)
    assert msgspec.json.decode(encode(flood.stored[0]))["forced"] is True


def _waiting(flood: Flood) -> list[Part]:
    return [entry.item for entry in flood.box._entries.values()]
