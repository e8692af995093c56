"""The laws of events: one constructor, one sum."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from vurti.events import (
    LASTING,
    Event,
    Mark,
    VdsStateChanged,
    VmAdded,
    VmMigrated,
    VmRemoved,
    VmStateChanged,
    VmTakenOver,
    compact,
    decode,
    encode,
    event,
)
from vurti.model import Vds, VdsStatus, Vm, VmStatus

vms = st.builds(
    Vm,
    st.just("v"),
    status=st.sampled_from(VmStatus),
    run_on=st.sampled_from([None, "A", "B"]),
)
maybe_vms = st.none() | vms
marks = st.lists(st.sampled_from(Mark), unique=True, max_size=2).map(tuple)


@st.composite
def runs(draw: st.DrawFn) -> list[Event]:
    """Events of one VM that follow on each other."""
    run: list[Event] = []
    before = draw(maybe_vms)
    for after in draw(st.lists(maybe_vms, min_size=1, max_size=6)):
        told = event(before, after, draw(marks), seq=len(run) + 1, seq_first=len(run) + 1)
        if told is not None:
            run.append(told)
            before = after
    return run


def summed(run: list[Event]) -> Event | None:
    """The run as one event, put together as a mailbox does: an emptied sum begins anew."""
    return reduce(lambda past, now: compact(past, now) if past else now, run[1:], run[0])


@given(maybe_vms, maybe_vms)
def test_no_difference_no_event(before: Vm | None, after: Vm | None) -> None:
    assert (event(before, after) is None) == (before == after)


@given(maybe_vms, maybe_vms, marks)
def test_an_event_carries_both_of_its_ends(
    before: Vm | None, after: Vm | None, marks: tuple[Mark, ...]
) -> None:
    told = event(before, after, marks)
    if told is not None:
        assert (told.before, told.after) == (before, after)


@given(runs().filter(bool))
def test_the_sum_of_a_run_of_events_is_the_difference_of_its_ends(run: list[Event]) -> None:
    total = summed(run)
    ends = event(run[0].before, run[-1].after)
    if total is None:
        assert ends is None
    elif total.seq_first == run[0].seq_first:  # else it began anew after a sum of nothing
        assert (None if total.fleeting else total.before, total.after) == (
            run[0].before,
            run[-1].after,
        )
    if ends is not None:
        assert total is not None
        assert total.after == run[-1].after


@given(runs().filter(bool))
def test_the_sum_ends_where_the_run_ends_and_covers_its_sequence(run: list[Event]) -> None:
    total = summed(run)
    if total is not None:
        assert total.seq == run[-1].seq
        assert total.seq_first >= run[0].seq_first


@given(runs().filter(lambda run: len(run) > 1))
def test_contract_6_what_lasts_is_never_summed_away(run: list[Event]) -> None:
    lasting = {mark for one in run for mark in one.marks if mark in LASTING}
    total = summed(run)
    if lasting:
        assert total is not None
        assert lasting <= set(total.marks)


def test_contract_6_a_sum_names_the_states_passed_through() -> None:
    up, down = Vm("v", status=VmStatus.UP, run_on="A"), Vm("v", status=VmStatus.DOWN)
    paused = Vm("v", status=VmStatus.PAUSED, run_on="A")
    first, second, third = (
        event(up, paused, seq=1, seq_first=1),
        event(paused, up, seq=2, seq_first=2),
        event(up, down, (Mark.CRASHED,), seq=3, seq_first=3),
    )
    assert first is not None
    assert second is not None
    assert third is not None
    assert compact(first, second) is None
    total = compact(event(up, paused, (Mark.REBOOTED,), seq_first=1) or first, second)
    assert total is not None
    total = compact(total, third)
    assert total is not None
    assert total.passed == ("Paused", "Up")
    assert (total.seq_first, total.seq) == (1, 3)


def test_contract_6_a_crash_of_one_that_came_and_went_and_came_again_begins_where_it_was() -> None:
    up = Vm("v", status=VmStatus.UP, run_on="A")
    told = [event(None, up), event(up, up, (Mark.CRASHED,)), event(up, None), event(None, up)]
    run = [one for one in told if one is not None]
    total = summed(run[:3])
    assert total is not None
    assert (total.fleeting, total.before, total.after) == (True, up, None)
    total = compact(total, run[3])
    assert total is not None
    assert (total.kind, total.fleeting, total.before, total.after, total.marks) == (
        "VmAdded", False, None, up, (Mark.CRASHED,),
    )  # fmt: skip


def test_contract_6_a_sum_names_as_many_states_as_there_is_room_for_and_counts_the_others() -> None:
    a, b = (Vm("v", status=status, run_on="A") for status in (VmStatus.UP, VmStatus.PAUSED))
    run = [event((a, b)[n % 2], (b, a)[n % 2], (Mark.REBOOTED,) * (not n)) for n in range(101)]
    total = summed([one for one in run if one is not None])
    assert total is not None
    assert (len(total.passed), total.passed_over) == (20, 80)


def test_contract_6_a_sum_says_whether_a_bound_forced_it() -> None:
    a, b, c = (Vm("v", status=one) for one in (VmStatus.UP, VmStatus.PAUSED, VmStatus.DOWN))
    first, second, third = event(a, b), event(b, c), event(c, b)
    assert first is not None
    assert second is not None
    assert third is not None
    wanted, forced = compact(first, second), compact(first, second, forced=True)
    assert wanted is not None
    assert forced is not None
    assert (wanted.forced, forced.forced) == (False, True)
    total = compact(forced, third)
    assert total is not None
    assert total.forced


def test_the_kind_of_an_event_follows_from_its_ends_and_marks() -> None:
    a, b = Vm("v", status=VmStatus.UP, run_on="A"), Vm("v", status=VmStatus.UP, run_on="B")
    down = Vm("v", status=VmStatus.DOWN)
    assert isinstance(event(None, a), VmAdded)
    assert isinstance(event(a, None), VmRemoved)
    assert isinstance(event(a, down), VmStateChanged)
    assert isinstance(event(down, b), VmStateChanged)
    assert isinstance(event(a, b, (Mark.MIGRATED,)), VmMigrated)
    assert isinstance(event(a, b), VmTakenOver)
    assert isinstance(event(Vds("A"), Vds("A", status=VdsStatus.UP)), VdsStateChanged)


@given(runs().filter(bool))
def test_what_is_encoded_is_decoded_the_same(run: list[Event]) -> None:
    for one in run:
        assert decode(encode(one)) == one


def test_who_reads_all_scopes_finds_that_a_crossing_changes_nothing() -> None:
    up = Vm("v", status=VmStatus.UP, run_on="B")
    left = event(up, None, (Mark.LEFT_SCOPE,), seq=2, seq_first=2)
    joined = event(None, up, (Mark.JOINED_SCOPE,), seq=3, seq_first=3)
    assert [one.kind for one in (left, joined) if one] == ["VmLeftScope", "VmJoinedScope"]
    assert compact(left, joined) is None


def test_a_migration_over_scopes_adds_up_to_a_migration() -> None:
    here, there = (Vm("v", status=VmStatus.UP, run_on=host) for host in "AB")
    migrated = event(here, there, (Mark.MIGRATED,), seq=1, seq_first=1)
    left = event(there, None, (Mark.LEFT_SCOPE,), seq=2, seq_first=2)
    joined = event(None, there, (Mark.JOINED_SCOPE,), seq=3, seq_first=3)
    total = summed([migrated, left, joined])
    assert isinstance(total, VmMigrated)
    assert (total.before, total.after, total.seq_first, total.seq) == (here, there, 1, 3)
