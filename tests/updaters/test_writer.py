"""From decisions to a real store, in virtual time."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import Fenced, StoreError
from vurti.events import Event, Mark, event
from vurti.model import (
    Awaited,
    Decision,
    Expectation,
    Intent,
    IntentKind,
    IntentState,
    Outcome,
    Row,
    Statistics,
    Vds,
    VdsStatus,
    Vm,
    VmStatus,
)
from vurti.model.commit import Commit, Logged
from vurti.model.explanation import Explanation
from vurti.repository import open_repository
from vurti.updaters import VdsUpdater, VmUpdater, Writer

UP, PAUSED, DOWN = VmStatus.UP, VmStatus.PAUSED, VmStatus.DOWN


class Story:
    """Decides as the pipeline would: numbers inputs, counts each thing's events, knows all rows."""

    def __init__(self) -> None:
        self.number = 0
        self.rows: dict[str, Row] = {}
        self.told: list[Event] = []

    def decides(self, *values: Vm | Vds, gone: tuple[str, ...] = (), **more: Any) -> Decision:
        self.number += 1
        marks = more.pop("marks", ())
        events = [self._change(value.id, value, marks) for value in values]
        events += [self._change(id_, None, ()) for id_ in gone]
        changes = tuple(self.rows[one.thing] for one in events)
        self.told += events
        return Decision(self.number, 0.0, 0.0, changes, tuple(events), **more)

    def _change(self, id_: str, after: Vm | Vds | None, marks: tuple[Mark, ...]) -> Event:
        known = self.rows.get(id_)
        before = known.value if known and not known.deleted else None
        seq = (known.seq if known else 0) + 1
        told = event(before, after, marks, id=f"{id_}-{seq}", seq=seq, seq_first=seq)
        assert told is not None
        self.rows[id_] = Row(after or before, seq, deleted=after is None)
        return told


benches: list["Bench"] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while benches:
        benches.pop().repository.close()


class Bench:
    """A writer in virtual time on a store in memory, with places where a test makes it fail."""

    def __init__(self, capacity: int = 1000, **options: Any) -> None:
        benches.append(self)
        self.clock = VirtualClock()
        self.repository = open_repository(
            "sqlite://", "system", self.clock.worker(), wall=self.clock.wall, nonce=lambda: "n"
        )
        self.repository.start()
        self.vdss, self.vms = VdsUpdater(self.clock, capacity), VmUpdater(self.clock, capacity)
        self.commits: list[Commit] = []
        self.saved: list[tuple[float, list[Statistics]]] = []
        self.explained: list[list[str]] = []
        self.logged: list[Logged] = []
        self.stored: list[Commit] = []
        self.failed: list[Exception] = []
        self.refuse: Callable[[], None] = lambda: None
        self.lose: Callable[[], None] = lambda: None
        self.writer = Writer(
            self.clock,
            self.vdss,
            self.vms,
            commit=self._commit,
            save_statistics=self._save,
            prune=self.repository.prune,
            on_stored=self.stored.append,
            on_committed=self.logged.extend,
            on_failed=self.failed.append,
            **options,
        )
        self.writer.start()

    def _commit(self, commit: Commit, at: float) -> int:
        self.commits.append(commit)
        self.refuse()
        cursor = self.repository.commit(commit, at)
        self.lose()
        return cursor

    def _save(self, statistics: Sequence[Statistics], explained: Sequence[Explanation]) -> None:
        self.explained.append([one.thing for one in explained])
        if statistics:
            self.saved.append((self.clock.now(), list(statistics)))
        self.repository.save_statistics(statistics, explained)

    def end(self) -> bool:
        stored = self.writer.stop()
        assert self.clock.stray() == []
        assert self.clock.errors == []
        return stored

    def ids(self) -> list[str]:
        return [one.event.id for one in self.repository.log(limit=100_000)]


def failing(times: int, error: Exception | None = None) -> Callable[[], None]:
    left = [times]

    def fail() -> None:
        if left[0]:
            left[0] -= 1
            raise error or StoreError("the disk is full")

    return fail


def vm(id_: str, status: VmStatus = UP, run_on: str | None = "h") -> Vm:
    return Vm(id_, status=status, run_on=run_on)


def test_a_window_of_decisions_is_one_commit_in_the_order_decided() -> None:
    bench, story = Bench(), Story()
    first = [story.decides(Vds("h"), vm("a")), story.decides(vm("b"), Vds("i"), vm("a", PAUSED))]
    for decision in first:
        bench.writer.on_next(decision)
    bench.clock.run(until=0.2)
    assert bench.commits == []
    bench.writer.on_next(story.decides(vm("b", PAUSED)))
    bench.clock.run(until=0.25)

    (commit,) = bench.commits
    assert (commit.number_first, commit.number_last) == (1, 3)
    assert list(commit.events) == story.told
    assert set(commit.vdss + commit.vms) == set(story.rows.values())
    assert [(one.cursor, one.event) for one in bench.logged] == list(enumerate(story.told, 1))
    assert bench.logged == bench.repository.log()
    assert bench.end()


def test_why_a_thing_changed_is_stored_once_and_not_before_the_change() -> None:
    bench, story = Bench(), Story()
    bench.refuse = failing(3)
    bench.writer.on_next(story.decides(Vds("h"), vm("a")))
    bench.clock.run(until=0.3)
    assert (bench.explained, bench.repository.explained()) == ([], [])
    bench.clock.run(until=60.0)
    assert bench.explained == [["h", "a"]]
    assert [one.thing for one in bench.repository.explained()] == ["a", "h"]
    assert bench.end()


def test_a_quiet_fleet_costs_neither_commits_nor_wake_ups() -> None:
    bench, story = Bench(), Story()
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=1.0)
    for _ in range(100):
        bench.writer.on_next(story.decides())
    bench.clock.run()  # returns only if nothing is going to happen any more
    assert bench.clock.now() == 1.0
    bench.writer.on_next(story.decides(vm("b")))
    bench.clock.run(until=2.0)
    assert [(one.number_first, one.number_last) for one in bench.commits] == [(1, 1), (2, 102)]
    assert bench.end()


def test_a_refused_commit_is_tried_again_as_it_is_and_then_told_once() -> None:
    bench, story = Bench(), Story()
    bench.refuse = failing(4)
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=0.4)
    bench.writer.on_next(story.decides(vm("a", PAUSED)))
    assert bench.writer.backlog() == 2
    assert bench.writer.oldest_age_secs == pytest.approx(0.4)
    bench.clock.run(until=10.0)

    assert [one.number_last for one in bench.commits] == [1, 1, 1, 1, 1, 2]
    assert len(set(map(id, bench.commits[:5]))) == 1
    assert bench.writer.retries == 4
    assert bench.ids() == ["a-1", "a-2"] == [one.event.id for one in bench.logged]
    assert bench.end()


def test_a_commit_whose_outcome_is_unknown_is_stored_and_told_once() -> None:
    bench, story = Bench(), Story()
    bench.lose = failing(2)
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=1.0)
    bench.writer.on_next(story.decides(vm("a", PAUSED)))
    bench.clock.run(until=2.0)
    assert bench.ids() == ["a-1", "a-2"] == [one.event.id for one in bench.logged]
    assert bench.end()


def test_waiting_between_attempts_grows_to_a_bound() -> None:
    bench, story = Bench(), Story()
    at: list[float] = []

    def refuse() -> None:
        at.append(bench.clock.now())
        raise StoreError("no")

    bench.refuse = refuse
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=60.0)
    waits = [round(later - earlier, 3) for earlier, later in pairwise(at)]
    assert waits[:7] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    assert set(waits[7:]) == {5.0}
    bench.refuse = lambda: None
    assert bench.end()


def test_whole_decisions_only_are_taken_when_a_commit_would_be_too_large() -> None:
    bench, story = Bench(rows_max=3), Story()
    for number in range(4):
        bench.writer.on_next(story.decides(vm(f"a{number}"), vm(f"b{number}"), Vds(f"h{number}")))
    bench.clock.run(until=0.0)  # a backlog of that size waits for no window
    assert [one.number_last for one in bench.commits] == [2, 4]
    assert [len(one.events) for one in bench.commits] == [6, 6]
    assert bench.ids() == [one.id for one in story.told]
    assert bench.end()


def test_stopping_stores_everything_that_was_decided() -> None:
    bench, story = Bench(rows_max=5), Story()
    bench.refuse = failing(2)
    for number in range(40):
        bench.writer.on_next(story.decides(vm(f"a{number}")))
    bench.writer.on_next(story.decides(Vds("h"), statistics=(Statistics("h", 5.0),)))
    assert bench.end()
    assert bench.ids() == [one.id for one in story.told]
    assert bench.repository.vdss.get("h").heard_at == 5.0
    assert bench.writer.backlog() == 0


def test_stopping_gives_up_at_its_deadline_and_says_what_is_left() -> None:
    bench, story = Bench(), Story()
    bench.refuse = failing(10_000)
    bench.writer.on_next(story.decides(vm("a"), vm("b")))
    assert bench.writer.stop(timeout_secs=3.0) is False
    assert bench.clock.now() == pytest.approx(3.0)
    assert bench.writer.backlog() == 2
    assert bench.clock.stray() == []


def test_stopping_without_draining_ends_at_once() -> None:
    bench, story = Bench(), Story()
    bench.writer.on_next(story.decides(vm("a")))
    assert bench.writer.stop(drain=False) is False
    assert (bench.clock.now(), bench.ids(), bench.clock.stray()) == (0.0, [], [])


def test_statistics_that_come_at_their_rate_are_stored_as_they_come() -> None:
    bench, story = Bench(), Story()
    bench.writer.on_next(story.decides(Vds("h")))
    for at in (0.0, 4.0, 19.0, 34.0, 49.0):  # the first besides the beats, as at a start
        bench.clock.run(until=at)
        bench.writer.on_next(story.decides(statistics=(Statistics("h", 1000.0 + at),)))
        bench.writer.on_next(story.decides(statistics=(Statistics("h", 1000.0 + at, vms={}),)))
    bench.clock.run(until=60.0)
    assert [round(at - one.heard_at + 1000, 2) for at, some in bench.saved for one in some] == [
        *(0.25, 11.25),  # the second, so soon after the first, waits its time
        *(0.25, 0.25, 0.25),
    ]


def test_statistics_are_stored_at_their_own_rate_and_host_by_host() -> None:
    bench, story = Bench(), Story()
    bench.writer.on_next(story.decides(Vds("h"), Vds("i")))
    for second in range(60):
        host = "h" if second % 2 else "i"
        heard = Statistics(host, 1000.0 + second)
        bench.writer.on_next(story.decides(statistics=(heard,)))
        bench.clock.run(until=second + 1.0)
    times = [round(at, 2) for at, some in bench.saved for one in some if one.host == "h"]
    assert times == [1.25, 16.25, 31.25, 46.25]
    assert [one.vdss for one in bench.commits[1:]] == []
    assert bench.repository.vdss.get("h").heard_at == 1045.0
    assert bench.end()
    assert bench.repository.vdss.get("h").heard_at == 1059.0


def test_statistics_that_cannot_be_stored_hold_nothing_else_up() -> None:
    bench, story = Bench(), Story()
    connection = bench.repository._database.writing().connection()
    connection.execute(
        "create trigger refuse before insert on vds_statistics begin select raise(abort, 'x'); end"
    )
    bench.writer.on_next(story.decides(Vds("h"), statistics=(Statistics("h", 5.0),)))
    bench.clock.run(until=1.0)
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=2.0)
    assert bench.ids() == ["h-1", "a-1"]
    assert (bench.writer.statistics_failures, bench.writer.retries) == (1, 0)
    connection.execute("drop trigger refuse")
    bench.clock.run(until=20.0)
    assert bench.repository.vdss.get("h").heard_at == 5.0
    assert bench.end()


def test_a_newer_sample_is_not_lost_to_one_that_is_put_back() -> None:
    bench = Bench()
    old, new = Statistics("h", 5.0), Statistics("h", 9.0)
    bench.vdss.latest.offer(old, 1)
    taken = bench.vdss.latest.due(2)
    bench.vdss.latest.offer(new, 2)
    bench.vdss.latest.put_back(taken)
    assert bench.vdss.latest.due(2, everything=True) == [new]
    assert bench.end()


def test_statistics_of_a_host_that_is_no_longer_watched_are_forgotten() -> None:
    bench, story = Bench(), Story()
    bench.writer.on_next(story.decides(Vds("h"), statistics=(Statistics("h", 5.0),)))
    bench.writer.on_next(story.decides(gone=("h",)))
    assert bench.end()
    assert bench.saved == []


def test_a_writer_that_was_taken_over_ends_and_says_so() -> None:
    bench, story = Bench(), Story()
    bench.refuse = failing(1, Fenced("another has it"))
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=60.0)
    assert len(bench.commits) == 1
    assert [str(one) for one in bench.failed] == ["another has it"]
    assert bench.writer.stop() is False


def test_a_listener_that_raises_harms_only_itself() -> None:
    bench, story = Bench(), Story()

    def listener(logged: list[Logged]) -> None:
        raise ValueError("mine")

    bench.writer._on_committed = listener
    for id_ in "ab":
        bench.writer.on_next(story.decides(vm(id_)))
        bench.clock.run(until=bench.clock.now() + 1)
    assert bench.ids() == ["a-1", "b-1"]
    assert bench.writer.subscriber_errors == 2
    assert bench.end()


def test_while_nothing_can_be_stored_what_waits_is_bounded_and_asks_for_less() -> None:
    bench, story = Bench(capacity=20), Story()
    bench.refuse = failing(10_000)
    bench.writer.on_next(story.decides(vm("first")))
    bench.clock.run(until=1.0)
    for turn in range(500):
        status = (PAUSED, UP, DOWN)[turn % 3]
        bench.writer.on_next(story.decides(vm(f"a{turn % 10}", status)))
    assert bench.writer.demand() == 0.0
    assert bench.writer.backlog() <= 21
    assert bench.vms.mailbox.sums > 400
    bench.refuse = lambda: None
    bench.clock.run(until=20.0)
    assert bench.writer.demand() == 1.0
    stored = {one.value.id: one.value for one in bench.repository.vdss.vms.list()}
    assert stored == {id_: row.value for id_, row in story.rows.items()}
    assert_ranges_adjoin(bench)
    assert bench.end()


def came_and_went(told: Event) -> bool:
    """A sum over a thing that was not there before and is not there after, and whose run was lost
    in between: it tells how it went, since its ends cannot."""
    return told.seq_first < told.seq and told.after is None and Mark.CRASHED in told.marks


def assert_ranges_adjoin(bench: Bench) -> None:
    """Per thing in order, each range beginning behind the one before (contract 7)."""
    last: dict[str, Event] = {}
    for one in bench.repository.log(limit=100_000):
        told, before = one.event, last.get(one.event.thing)
        if before is not None:
            assert told.seq_first == before.seq + 1
            assert told.before == before.after or came_and_went(told)
        last[told.thing] = told


def test_ranges_adjoin_over_a_sum_that_came_to_nothing() -> None:
    bench, story = Bench(capacity=1), Story()
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=1.0)
    bench.writer.on_next(story.decides(vm("a", PAUSED)))
    bench.writer.on_next(story.decides(vm("a")))
    assert bench.writer.backlog() == 0
    bench.clock.run(until=2.0)
    assert bench.ids() == ["a-1"]
    bench.writer.on_next(story.decides(vm("a", DOWN)))
    bench.clock.run(until=3.0)
    first, second = (one.event for one in bench.repository.log())
    assert (second.seq_first, second.seq, second.before) == (2, 4, first.after)
    assert bench.end()


def test_a_vm_that_came_and_went_while_nothing_could_be_stored_costs_no_commit() -> None:
    bench, story = Bench(capacity=1), Story()
    bench.writer.on_next(story.decides(vm("a")))
    bench.writer.on_next(story.decides(gone=("a",)))
    bench.clock.run(until=1.0)
    assert bench.commits == []
    bench.writer.on_next(story.decides(vm("a")))
    assert bench.end()
    (told,) = (one.event for one in bench.repository.log())
    assert (told.kind, told.seq_first, told.seq) == ("VmAdded", 1, 3)


VALUES = st.one_of(
    st.builds(vm, st.sampled_from("abc"), st.sampled_from([UP, PAUSED, DOWN])),
    st.builds(
        Vds,
        st.sampled_from("xy"),
        status=st.sampled_from([VdsStatus.UP, VdsStatus.CONNECTING]),
    ),
)
STEPS = st.lists(
    st.one_of(
        st.lists(VALUES, max_size=3, unique_by=lambda value: value.id),
        st.sampled_from(["a", "b", "x"]),  # goes away
        st.sampled_from([0.1, 0.3, 2.0]),  # time passes
        st.sampled_from(["refuse", "lose"]),
    ),
    max_size=40,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(STEPS, st.integers(1, 6), st.integers(1, 4), st.booleans())
def test_whatever_fails_rows_are_the_last_decided_and_ranges_adjoin(
    steps, capacity, rows_max, crashes
) -> None:
    bench, story = Bench(capacity=capacity, rows_max=rows_max), Story()
    crashed = 0
    for step in steps:
        match step:
            case float():
                bench.clock.run(until=bench.clock.now() + step)
            case "refuse" | "lose":
                setattr(bench, step, failing(2))
            case str():
                if step in story.rows and not story.rows[step].deleted:
                    bench.writer.on_next(story.decides(gone=(step,)))
            case _:
                new = [one for one in step if one.id not in story.rows or _other(story, one)]
                marks = (Mark.CRASHED,) if crashes and all(isinstance(v, Vm) for v in new) else ()
                crashed += len(new) if marks else 0
                bench.writer.on_next(story.decides(*new, marks=marks))
    assert bench.end()

    known = {row.value for row in story.rows.values() if not row.deleted}
    stored = bench.repository.vdss
    assert {one.value for one in (*stored.list(), *stored.vms.list())} == known
    log = bench.repository.log(limit=100_000)
    assert [one.cursor for one in log] == list(range(1, len(log) + 1))
    assert [one.event for one in log] == [one.event for one in bench.logged]
    assert sum(one.event.times for one in log if Mark.CRASHED in one.event.marks) == crashed
    assert_ranges_adjoin(bench)


def _other(story: Story, value: Vm | Vds) -> bool:
    known = story.rows[value.id]
    return known.deleted or known.value != value


def test_an_error_of_sqlite_itself_is_weather_for_the_writer() -> None:
    bench, story = Bench(), Story()
    bench.refuse = failing(1, sqlite3.OperationalError("disk I/O error"))
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=1.0)
    assert bench.ids() == ["a-1"]
    assert bench.end()


def expectation(id_: str, thing: str, kind: Awaited = Awaited.START, **more: Any) -> Expectation:
    return Expectation(id_, kind, thing, 1.0, 9.0, **more)


def intent(id_: str, thing: str, kind: IntentKind = IntentKind.RESTART_VM, **more: Any) -> Intent:
    return Intent(id_, kind, thing, 1.0, 9.0, **more)


def test_contract_7_rows_events_expectations_and_intents_of_one_input_are_one_commit() -> None:
    bench, story = Bench(), Story()
    waited = (expectation("x1", "a"), expectation("x2", "h", Awaited.MAINTENANCE))
    raised = (intent("i1", "a"), intent("i2", "h", IntentKind.FENCE_HOST))
    bench.writer.on_next(story.decides(Vds("h"), vm("a"), expectations=waited, intents=raised))
    bench.refuse = failing(2)
    bench.clock.run(until=5.0)

    assert {id(one) for one in bench.commits} == {id(bench.commits[0])}
    (commit,) = bench.stored
    assert (len(commit.vdss), len(commit.vms), len(commit.events)) == (1, 1, 2)
    assert set(bench.repository.expectations.list()) == set(waited) == set(commit.expectations)
    assert set(bench.repository.intents.list()) == set(raised) == set(commit.intents)
    assert bench.end()


def test_an_announcement_that_changes_nothing_is_stored_too_and_told() -> None:
    bench, story = Bench(), Story()
    bench.writer.on_next(story.decides(expectations=(expectation("x", "a"),)))
    assert bench.writer.backlog() == 1
    bench.clock.run(until=1.0)
    assert [one.expectations for one in bench.stored] == [(expectation("x", "a"),)]
    assert bench.logged == []
    assert bench.end()


def test_within_a_commit_a_promise_is_as_it_was_last() -> None:
    bench, story = Bench(), Story()
    met = expectation("x", "a", outcome=Outcome.MET, ended_at=2.0)
    over = intent("i", "a", state=IntentState.WITHDRAWN, ended_at=2.0)
    first = {"expectations": (expectation("x", "a"),), "intents": (intent("i", "a"),)}
    bench.writer.on_next(story.decides(vm("a"), **first))
    bench.writer.on_next(story.decides(vm("a", PAUSED), expectations=(met,), intents=(over,)))
    bench.clock.run(until=1.0)
    assert bench.repository.expectations.list(ended=True) == [met]
    assert bench.repository.intents.list(ended=True) == [over]
    assert bench.end()


def test_while_nothing_can_be_stored_intents_that_flare_up_and_die_are_counted_not_kept() -> None:
    bench, story = Bench(capacity=1), Story()
    bench.refuse = failing(10_000)
    bench.writer.on_next(story.decides(vm("first")))
    bench.clock.run(until=1.0)
    for number in range(100):
        raised = intent(f"i{number}", "a")
        bench.writer.on_next(story.decides(intents=(raised,)))
        over = intent(f"i{number}", "a", state=IntentState.WITHDRAWN, ended_at=2.0)
        bench.writer.on_next(story.decides(intents=(over,)))
    assert (bench.vms.flared, bench.writer.backlog()) == (100, 1)
    bench.writer.on_next(story.decides(intents=(intent("last", "a"),)))
    bench.refuse = lambda: None
    bench.clock.run(until=20.0)
    assert bench.repository.intents.list(ended=True) == [intent("last", "a")]
    assert bench.end()


def test_an_intent_that_was_stored_is_taken_back_also_after_a_sum() -> None:
    bench, story = Bench(capacity=1), Story()
    bench.writer.on_next(story.decides(intents=(intent("i", "a"),)))
    bench.clock.run(until=1.0)
    over = intent("i", "a", state=IntentState.WITHDRAWN, ended_at=2.0)
    bench.writer.on_next(story.decides(vm("a"), intents=(over,)))
    bench.writer.on_next(story.decides(vm("a", PAUSED)))
    bench.clock.run(until=2.0)
    assert bench.repository.intents.list(ended=True) == [over]
    assert (bench.vms.flared, bench.vms.mailbox.sums) == (0, 1)
    assert bench.end()


def test_ranges_adjoin_over_a_sum_that_left_only_an_announcement() -> None:
    bench, story = Bench(capacity=1), Story()
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=1.0)
    waited = (expectation("x", "a"),)
    bench.writer.on_next(story.decides(vm("a", PAUSED), expectations=waited))
    bench.writer.on_next(story.decides(vm("a")))
    bench.clock.run(until=2.0)
    assert bench.repository.expectations.list() == list(waited)
    bench.writer.on_next(story.decides(vm("a", DOWN)))
    bench.clock.run(until=3.0)
    first, second = (one.event for one in bench.repository.log())
    assert (second.seq_first, second.seq, second.before) == (2, 4, first.after)
    assert bench.end()
