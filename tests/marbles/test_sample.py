"""sample: not more often than that, and where a thing ended is always told."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops

from vurti.events import Event, VmKnown, event
from vurti.streams.operators import sample
from vurti.testing import marbles, vm


def test_the_first_is_told_at_once_and_the_rest_added_up(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-p-r-d----|", **letters)
        m.expect(
            changes.pipe(sample(5)), "-p----q---|", p=letters["p"], q=event_of("Paused", "Down")
        )


def event_of(before: str, after: str) -> Event:
    made = event(vm("vm1", before), vm("vm1", after))
    assert made is not None
    return made


def test_a_thing_that_came_back_in_between_is_not_told_of_again(
    letters: dict[str, Event],
) -> None:
    with marbles() as m:
        changes = m.hot("-d-u-d------|", **letters)
        m.expect(changes.pipe(sample(5)), "-d----------|", **letters)


def test_after_a_sum_it_waits_as_long_again(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-u---d-------|", **letters)
        m.expect(changes.pipe(sample(5)), "-d----u----d---|", **letters)


def test_an_event_at_the_very_end_of_the_time_is_told_at_once(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d----u---|", **letters)
        m.expect(changes.pipe(sample(5)), "-d----u---|", **letters)


def test_an_event_at_the_very_end_does_not_undo_what_is_held(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-u--d-------|", **letters)
        m.expect(changes.pipe(sample(5)), "-d----u----d--|", **letters)


def test_what_is_held_is_said_at_the_end(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-uD|", **{**letters, "uD": letters["u"]})
        m.expect(changes.pipe(sample(100)), "-d---(u,|)", **letters)


def test_things_are_sampled_each_for_itself(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-D-----|", **letters)
        m.expect(changes.pipe(sample(5)), "-d-D-----|", **letters)


def test_what_is_known_passes_at_once() -> None:
    known = VmKnown(after=vm("vm1"))
    with marbles() as m:
        m.expect(m.hot("-k-k|", k=known).pipe(sample(100)), "-k-k|", k=known)


@given(
    secs=st.integers(1, 6),
    moves=st.lists(st.tuples(st.integers(2, 8), st.sampled_from(["Up", "Down", "Paused"]))),
)
def test_no_thing_is_told_of_too_often_and_its_events_adjoin(
    secs: int, moves: list[tuple[int, str]]
) -> None:
    said: list[tuple[float, Event]] = []

    def note(one: Event) -> None:
        said.append((m.clock.now(), one))

    now, signs, letters = vm("vm1"), "", {}
    for number, (pause, status) in enumerate(moves):
        change = event(now, vm("vm1", status))
        signs += "-" * pause
        if change is not None:
            letters[f"x{number}"] = change
            signs += f"(x{number})"
            now = vm("vm1", status)

    with marbles() as m:
        sampled = m.hot(signs + "|", **letters).pipe(sample(secs), ops.do_action(note))
        m.expect(sampled.pipe(ops.ignore_elements()), "-" * len(signs) + "|")

    assert all(one.after == other.before for (_, one), (_, other) in pairwise(said))
    assert (said[-1][1].after if said else vm("vm1")) == now
    times = [at for at, _ in said if at < len(signs)]  # the last may be said by the end itself
    assert all(later - at >= secs for at, later in pairwise(times))


@pytest.mark.parametrize("secs", [0, -1])
def test_a_time_of_nothing_is_refused(secs: float) -> None:
    with pytest.raises(ValueError, match="sample: secs must be more than 0"):
        sample(secs)
