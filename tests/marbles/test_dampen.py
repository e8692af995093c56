"""dampen: who says too much is told of in sums, and nothing that is held goes uncounted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops

from vurti.events import Counted, Event, VmKnown, event
from vurti.streams.operators import dampen
from vurti.testing import marbles, vm


def held(one: Event) -> object:
    return dict(one.labels).get("held")


def count_of(one: Event) -> int:
    """How many events this one stands for."""
    return one.count if isinstance(one, Counted) else int(dict(one.labels).get("held", 1))


def test_who_keeps_within_the_number_is_heard_at_once(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-u------d-u----|", **letters)
        m.expect(changes.pipe(dampen(2, 6)), "-d-u------d-u----|", **letters)


def test_what_is_too_much_is_summed_until_it_calms_and_counted(letters: dict[str, Event]) -> None:
    with marbles() as m:
        dampened = m.hot("-d-u-d-u-d---------|", **letters).pipe(dampen(2, 6))
        m.expect(dampened, "-d-u---------d-----|", **letters)
        m.expect(dampened.pipe(ops.map(held)), "-n-n---------h-----|", n=None, h=3)


def test_a_flood_without_end_is_told_of_after_secs_max_and_goes_on(
    letters: dict[str, Event],
) -> None:
    with marbles() as m:
        dampened = m.hot("-d-u-d-u-d-u-d-u-d-u-----------|", **letters).pipe(
            dampen(2, 6, secs_max=5)
        )
        two = Counted(count=2)  # up, down: back where it was when that was told
        m.expect(dampened, "-d-u------d----2----u----------|", **letters, **{"2": two})


def test_of_a_thing_that_is_back_where_it_was_it_is_told_how_much_was_held(
    letters: dict[str, Event],
) -> None:
    counted = Counted(count=2, secs=6, by=(("vm", "vm1"),), rule="held")
    with marbles() as m:
        dampened = m.hot("-d-u-d-u--------p--|", **letters).pipe(dampen(2, 6))
        m.expect(dampened, "-d-u-------c----p--|", c=counted, **letters)


def test_a_noisy_host_silences_its_vms_together_and_no_other_host() -> None:
    def down(name: str, host: str) -> Event:
        made = event(vm(name, "Up", run_on=host), vm(name, "Down", run_on=host))
        assert made is not None
        return made

    letters = {name: down(name, "alpha") for name in "abcd"} | {"x": down("x", "beta")}
    with marbles() as m:
        changes = m.hot("-a-b-c-x-d--------|", **letters)
        m.expect(changes.pipe(dampen(2, 8, by=["host"])), "-a-b---x-----(c,d)|", **letters)


def test_of_too_many_keys_the_one_that_was_silent_longest_says_what_it_holds() -> None:
    made = {name: event(vm(name, "Up"), vm(name, "Down")) for name in "abc"}
    again = event(vm("a", "Down"), vm("a", "Up"))
    with marbles() as m:
        changes = m.hot("-a-u-b-c-------|", u=again, **made)
        m.expect(changes.pipe(dampen(1, 100, keys_max=2)), "-a---b-(u,c)---|", u=again, **made)


def test_what_is_held_is_said_at_the_end_and_what_is_known_passes(
    letters: dict[str, Event],
) -> None:
    known = VmKnown(after=vm("vm1"))
    with marbles() as m:
        changes = m.hot("-k-d-u-|", k=known, **letters)
        m.expect(changes.pipe(dampen(1, 100)), "-k-d---(u,|)", k=known, **letters)


@pytest.mark.parametrize("wrong", [{"events_max": 0}, {"secs": 0}, {"keys_max": 0}, {"by": ["x"]}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="dampen: "):
        dampen(**{"events_max": 1, "secs": 1, **wrong})  # type: ignore[arg-type] # on purpose


@given(
    events_max=st.integers(1, 4),
    secs=st.integers(1, 6),
    moves=st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["Up", "Down", "Paused"]))),
)
def test_events_adjoin_end_where_the_thing_is_and_every_one_is_said_or_counted(
    events_max: int, secs: int, moves: list[tuple[int, str]]
) -> None:
    said: list[Event] = []
    now, signs, letters = vm("vm1"), "", {}
    for number, (pause, status) in enumerate(moves):
        change = event(now, vm("vm1", status))
        signs += "-" * pause
        if change is not None:
            letters[f"x{number}"] = change
            signs += f"(x{number})"
            now = vm("vm1", status)
    with marbles() as m:
        dampened = m.hot(signs + "|", **letters).pipe(
            dampen(events_max, secs), ops.do_action(said.append)
        )
        m.expect(dampened.pipe(ops.ignore_elements()), "-" * len(signs) + "|")

    told = [one for one in said if not isinstance(one, Counted)]
    assert all(one.after == other.before for one, other in pairwise(told))
    assert (told[-1].after if told else vm("vm1")) == now
    assert sum(count_of(one) for one in said) == len(letters)
