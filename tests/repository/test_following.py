"""The log, followed from a cursor on: as it is written, and where its beginning is forgotten."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import Forgotten
from vurti.events import VdsKnown, VmKnown, event
from vurti.model import Row, Vds, VdsStatus, Vm, VmStatus
from vurti.model.commit import Commit
from vurti.repository import Retention, open_for_reading, open_repository, replayed


def story(number: int, *things: tuple[str, VmStatus | None], known: dict[str, Row]) -> Commit:
    """A commit in which these VMs become so; None is removed."""
    rows, told = [], []
    for id_, status in things:
        row = known.get(id_)
        before = row.value if row else None
        seq = (row.seq if row else 0) + 1
        after = None if status is None else Vm(id_, status=status, run_on=f"h{number}")
        change = event(before, after, id=f"{number}.{id_}", seq=seq, seq_first=seq, rule="r",
                       observed_at=float(number))  # fmt: skip
        if change is None:
            continue
        rows.append(Row(after or before, seq, 0.0, float(number), "r", after is None))
        told.append(change)
        if after is None:
            known.pop(id_)
        else:
            known[id_] = rows[-1]
    return Commit(number, number, (), tuple(rows), tuple(told))


def written(repository, commits: int) -> None:
    repository.start()
    known: dict[str, Row] = {}
    for number in range(1, commits + 1):
        status = VmStatus.UP if number % 2 else VmStatus.PAUSED
        repository.commit(story(number, ("a", status), known=known), float(number))


def test_a_follower_gets_what_is_there_and_then_each_commit_at_once(opened) -> None:
    clock = VirtualClock()
    repository = opened(wall=clock.wall, monotonic=clock.now)
    written(repository, 3)
    got: list[tuple[float, int]] = []

    def listen() -> None:
        following = islice(repository.follow(1, clock), 4)
        got.extend((clock.now(), logged.cursor) for logged in following)

    clock.spawn(listen)
    known = {row.value.id: row for row in repository.snapshot().vms}
    clock.call_at(10.25, lambda: repository.commit(
        story(4, ("b", VmStatus.UP), ("a", None), known=known), 4.0))  # fmt: skip
    clock.run(until=20)
    assert got == [(0.0, 2), (0.0, 3), (10.25, 4), (10.25, 5)]


def test_a_follower_in_another_process_looks_again_and_again(opened, url) -> None:
    clock = VirtualClock()
    repository = opened()
    written(repository, 1)
    got: list[int] = []
    with open_for_reading(url) as reader:
        clock.spawn(lambda: [got.append(one.cursor) for one in islice(reader.follow(0, clock), 2)])
        clock.run(until=5)
        assert got == [1]
        known = {row.value.id: row for row in repository.snapshot().vms}
        repository.commit(story(2, ("a", VmStatus.PAUSED), known=known))
        clock.run(until=6)
        assert got == [1, 2]


def test_a_follower_that_is_closed_leaves_nothing_behind(opened) -> None:
    repository = opened()
    written(repository, 2)
    following = repository.follow(0, VirtualClock())
    assert next(following).cursor == 1
    following.close()
    assert not repository._tails


def test_a_cursor_that_is_too_old_says_so_with_the_first_that_there_is(opened) -> None:
    repository = opened(retention=Retention(log_rows_max=3), wall=lambda: 0.0)
    written(repository, 10)
    assert repository.prune() == 7
    with pytest.raises(Forgotten, match="forgotten the events 3 to 7: the first that it has is 8"):
        next(repository.follow(2, VirtualClock()))
    assert next(repository.follow(7, VirtualClock())).cursor == 8


def test_a_cursor_too_old_for_a_log_that_is_empty_says_so_too(opened) -> None:
    repository = opened(retention=Retention(log_days=1), wall=lambda: 1e9)
    written(repository, 4)
    assert repository.prune() == 4
    with pytest.raises(Forgotten) as told:
        next(repository.follow(2, VirtualClock()))
    assert (told.value.cursor, told.value.first, told.value.last) == (2, 5, 4)


def test_a_cursor_from_another_store_says_so(opened) -> None:
    repository = opened()
    written(repository, 4)
    with pytest.raises(Forgotten, match="the log ends at 4: 9 is not from this store"):
        next(repository.follow(9, VirtualClock()))


def test_a_snapshot_is_all_rows_and_the_cursor_that_they_stand_for(opened) -> None:
    repository = opened()
    assert repository.snapshot().cursor == 0
    repository.start()
    vds = Row(Vds("alpha", status=VdsStatus.UP), 1, 0.0, 5.0, "r")
    vm = Row(Vm("web", status=VmStatus.UP, run_on="alpha"), 4, 0.0, 6.0, "q")
    told = tuple(event(None, row.value, id=row.value.id, seq=row.seq) for row in (vds, vm))
    repository.commit(Commit(1, 1, (vds,), (vm,), told), 7.0)
    standing = repository.snapshot()
    assert (standing.cursor, standing.at) == (2, 7.0)
    assert (standing.vdss, standing.vms) == ((vds,), (vm,))
    host, guest = standing.events()
    assert (type(host), host.after, host.seq, host.observed_at) == (VdsKnown, vds.value, 1, 5.0)
    assert (type(guest), guest.after, guest.seq, guest.rule) == (VmKnown, vm.value, 4, "q")
    assert {host.id, guest.id} == {"system.2.known.alpha", "system.2.known.web"}


STATUSES = st.sampled_from([VmStatus.UP, VmStatus.PAUSED, VmStatus.DOWN, None])
STEPS = st.lists(
    st.tuples(st.lists(st.tuples(st.sampled_from("abcde"), STATUSES), max_size=4), st.booleans()),
    max_size=25,
)


@settings(max_examples=80, deadline=None)
@given(STEPS, st.integers(1, 6), st.data())
def test_base_and_log_replay_to_the_rows_and_snapshot_and_log_too(steps, rows_max, data) -> None:
    class Direct:
        def run(self, function, *args):
            return function(*args)

    kept = Retention(log_rows_max=rows_max, unread_rows_max=rows_max)
    snapshots = []
    with open_repository("sqlite://", "system", Direct(), retention=kept) as repository:
        repository.start()
        known: dict[str, Row] = {}
        for number, (things, prunes) in enumerate(steps, 1):
            repository.commit(story(number, *dict(things).items(), known=known), float(number))
            if prunes:
                repository.prune()
            if data.draw(st.booleans()):
                snapshots.append(repository.snapshot())
        rows = {("vm", row.value.id): row for row in repository.snapshot().vms}
        assert replayed([*repository.base(), *repository.log(limit=1000)]) == rows
        first, _ = repository.log_bounds()
        for one in snapshots:
            if one.cursor + 1 >= first:
                state = {("vm", row.value.id): row for row in one.vms}
                for logged in repository.log(one.cursor, 1000):
                    thing, after = ("vm", logged.event.thing), logged.event
                    assert after.before == (state[thing].value if thing in state else None)
                    if after.after is None:
                        del state[thing]
                    else:
                        state.update(replayed([logged]))
                assert state == rows
