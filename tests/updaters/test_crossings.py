"""Two writers meet where things cross, whatever the store does meanwhile; in virtual time, on a
real store."""

from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import StoreError
from vurti.events import Event, Mark, event
from vurti.model import Decision, Row, Vm, VmStatus
from vurti.model.commit import Half, Logged
from vurti.repository import Repository, open_repository
from vurti.repository.base import replayed
from vurti.streams.crossings import Crossings
from vurti.updaters import VdsUpdater, VmUpdater, Writer

EAST, WEST = "east", "west"
VMS = ("v", "w", "x")


class Scope:
    """A writer with its store; decides as its pipeline would."""

    def __init__(self, bench: "Bench", repository: Repository, capacity: int) -> None:
        self.bench, self.repository = bench, repository
        self.name, self.number = repository.scope, 0
        repository.start()
        self.writer = Writer(
            bench.clock,
            VdsUpdater(bench.clock, capacity),
            VmUpdater(bench.clock, capacity),
            commit=self._commit,
            save_statistics=lambda *_: None,
            on_committed=bench.told.extend,
            crossings=bench.crossings,
        )
        self.writer.start()

    def decide(self, vm: str, after: Vm | None, marks: tuple[Mark, ...] = (), by: str = "") -> None:
        self.number += 1
        past = self.bench.rows[vm]
        before = past.value if past is not None and not past.deleted else None
        if Mark.JOINED_SCOPE in marks:
            before = None
        seq = (past.seq if past is not None else 0) + 1
        told = event(before, after, marks, id=f"{self.name}.{vm}.{seq}", seq=seq, seq_first=seq)
        assert told is not None
        value = after or before
        assert value is not None
        row = self.bench.rows[vm] = Row(value, seq, deleted=after is None)
        self.writer.on_next(Decision(self.number, 0.0, 0.0, (row,), (told,), crossing=by))

    def _commit(self, commit: Any, at: float) -> int:
        return self.bench.trying(partial(self.repository.commit, commit, at))


class Bench:
    """Two scopes over one store, which refuses what a test wants it to."""

    def __init__(self, capacity: int = 1000, refuses: tuple[int, ...] = ()) -> None:
        self.clock = VirtualClock()
        self.crossings = Crossings(self.clock)
        self.told: list[Logged] = []
        self.rows: dict[str, Row | None] = dict.fromkeys(VMS)
        self.where = dict.fromkeys(VMS, EAST)
        self.calls, self.crossed, self.refuses = 0, 0, refuses
        self.down = False
        worker = self.clock.worker()
        east = open_repository("sqlite://", EAST, worker, wall=self.clock.wall, nonce=lambda: "n")
        self.scopes = {one.scope: Scope(self, one, capacity) for one in (east, east.another(WEST))}

    def trying(self, action: Callable[[], Any]) -> Any:
        """Refused before, or its outcome unknown behind, in turn."""
        self.calls += 1
        if self.down or (self.calls in self.refuses and self.calls % 2):
            raise StoreError("refused")
        done = action()
        if self.calls in self.refuses:
            raise StoreError("outcome unknown")
        return done

    def change(self, vm: str, status: VmStatus) -> None:
        row = self.rows[vm]
        if row is None or row.value.status is not status:
            self.scopes[self.where[vm]].decide(vm, Vm(vm, status=status))

    def cross(self, vm: str) -> None:
        row = self.rows[vm]
        if row is None or row.deleted:
            return
        origin = self.scopes[self.where[vm]]
        self.where[vm] = WEST if origin.name == EAST else EAST
        to = self.scopes[self.where[vm]]
        self.crossed += 1
        name = f"c{self.crossed}"

        def store(left: Half, joined: Half) -> tuple[int, int]:
            cursors: tuple[int, int] = self.trying(
                lambda: origin.repository.cross(to.repository, left, joined, [vm])
            )
            return cursors

        self.crossings.begin(name, store)
        value = row.value
        assert isinstance(value, Vm)
        origin.decide(vm, None, (Mark.LEFT_SCOPE,), name)
        to.decide(vm, value, (Mark.JOINED_SCOPE,), name)

    def end(self) -> list[bool]:
        """Both store what they have, then end."""
        for scope in self.scopes.values():
            scope.writer.finish()
        return [scope.writer.stop() for scope in self.scopes.values()]

    def close(self) -> None:
        self.scopes[EAST].repository.close()
        assert self.clock.stray() == []
        assert self.clock.errors == []


def test_what_leaves_is_told_before_it_joins_whoever_of_the_two_stores() -> None:
    for first in (EAST, WEST):
        bench = Bench()
        bench.change("v", VmStatus.UP)
        bench.change("w", VmStatus.UP)
        if first == WEST:
            bench.cross("w")
        bench.cross("v")
        bench.change("v", VmStatus.PAUSED)
        assert bench.end() == [True, True]
        kinds = [one.event.kind for one in bench.told if one.event.thing == "v"]
        assert kinds == ["VmAdded", "VmLeftScope", "VmJoinedScope", "VmStateChanged"]
        _, left, joined, _ = [one for one in bench.told if one.event.thing == "v"]
        assert left.committed_at == joined.committed_at
        bench.close()


def test_a_scope_whose_other_half_cannot_be_stored_waits_and_loses_nothing() -> None:
    bench = Bench()
    bench.change("v", VmStatus.UP)
    bench.clock.run(1.0)
    bench.down = True
    bench.cross("v")
    bench.change("v", VmStatus.PAUSED)
    bench.change("w", VmStatus.UP)
    bench.clock.run(60.0)
    assert [one.event.kind for one in bench.told] == ["VmAdded"]
    bench.down = False
    bench.clock.run(120.0)
    assert len(bench.told) == 5
    assert bench.end() == [True, True]
    bench.close()


def test_writers_that_cannot_store_end_all_the_same_and_say_so() -> None:
    bench = Bench()
    bench.change("v", VmStatus.UP)
    bench.clock.run(1.0)
    bench.down = True
    bench.cross("v")
    assert bench.end() == [False, False]
    assert bench.scopes[WEST].repository.vdss.vms.count() == 0
    assert bench.scopes[EAST].repository.vdss.vms.count() == 1
    bench.close()


steps = st.lists(
    st.tuples(
        st.sampled_from(["change", "change", "cross", "wait"]),
        st.sampled_from(VMS),
        st.sampled_from([VmStatus.UP, VmStatus.PAUSED, VmStatus.DOWN]),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=200)
@given(steps, st.sampled_from([1, 2, 5, 1000]), st.frozensets(st.integers(1, 30), max_size=12))
def test_whatever_is_refused_rows_are_the_log_of_their_scope_and_stories_go_on(
    history: list[tuple[str, str, VmStatus]], capacity: int, refuses: frozenset[int]
) -> None:
    bench = Bench(capacity, tuple(refuses))
    for what, vm, status in history:
        if what == "change":
            bench.change(vm, status)
        elif what == "cross":
            bench.cross(vm)
        else:
            bench.clock.run(bench.clock.now() + 0.4)
    bench.clock.run(bench.clock.now() + 600)  # the store is willing in the end
    assert bench.end() == [True, True]
    _stored_is_what_was_decided(bench)
    _stories_adjoin([one.event for one in bench.told])
    bench.close()


def _stored_is_what_was_decided(bench: Bench) -> None:
    for name, scope in bench.scopes.items():
        rows = {one.value.id: one for one in scope.repository.vdss.vms.list()}
        assert set(rows) == {vm for vm, row in bench.rows.items()
                             if row is not None and bench.where[vm] == name}  # fmt: skip
        log = scope.repository.log(limit=10_000)
        assert [one.cursor for one in log] == list(range(1, len(log) + 1))
        told = {thing: (row.value, row.seq) for (_, thing), row in replayed(log).items()}
        assert {vm: (one.value, one.seq) for vm, one in rows.items()} == told
        for vm, one in rows.items():
            assert one.value == bench.rows[vm].value  # type: ignore[union-attr] # it has a row


def _stories_adjoin(events: list[Event]) -> None:
    last: dict[str, Event] = {}
    for one in events:
        past = last.get(one.thing)
        assert one.seq_first == (past.seq + 1 if past is not None else 1), (past, one)
        last[one.thing] = one
    assert len({one.id for one in events}) == len(events)
