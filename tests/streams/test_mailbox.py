"""The mailbox: bounded by adding up, in order, and nothing lost."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.streams.mailbox import Mailbox

Step = tuple[str, int, int]  # thing, from, to


def added(first: Step, second: Step) -> Step | None:
    total = (first[0], first[1], second[2])
    return total if total[1] != total[2] else None


def thing(step: Step) -> str:
    return step[0]


def mailbox(capacity: int, now: Callable[[], float] = lambda: 0.0) -> Mailbox[Step]:
    return Mailbox(capacity, thing, added, now=now)


def test_items_leave_in_the_order_they_came() -> None:
    box = mailbox(10)
    for item in (("a", 0, 1), ("b", 0, 1), ("a", 1, 2)):
        box.offer(item)

    assert box.take() == [("a", 0, 1), ("b", 0, 1), ("a", 1, 2)]
    assert len(box) == 0


def test_beyond_capacity_the_two_oldest_of_one_thing_become_their_sum_in_the_newer_place() -> None:
    box = mailbox(3)
    for item in (("a", 0, 1), ("b", 0, 1), ("a", 1, 2), ("a", 2, 3)):
        box.offer(item)

    assert box.take() == [("b", 0, 1), ("a", 0, 2), ("a", 2, 3)]
    assert (box.sums, box.over) == (1, 0)


def test_a_sum_that_comes_to_nothing_takes_both_away() -> None:
    box = mailbox(2)
    for item in (("a", 0, 1), ("b", 0, 1), ("a", 1, 0)):
        box.offer(item)

    assert box.take() == [("b", 0, 1)]


def test_different_things_are_never_dropped_but_counted() -> None:
    box = mailbox(2)
    for name in "abcd":
        box.offer((name, 0, 1))

    assert len(box) == 4
    assert (box.over, box.sums, box.peak) == (2, 0, 4)


def test_take_stops_at_the_first_item_that_is_not_accepted_and_at_the_limit() -> None:
    box = mailbox(10)
    for number in range(6):
        box.offer(("a", number, number + 1))

    assert box.take(accept=lambda item: item[1] < 4, limit=3) == [
        ("a", 0, 1),
        ("a", 1, 2),
        ("a", 2, 3),
    ]
    assert box.take(accept=lambda item: item[1] < 4) == [("a", 3, 4)]
    assert len(box) == 2


def test_contract_11_demand_shrinks_from_half_the_capacity_on_and_returns_below_half() -> None:
    box = mailbox(4)
    seen = []
    for name in "abcd":
        box.offer((name, 0, 1))
        seen.append(box.demand())
    for _ in range(3):
        box.take(limit=1)
        seen.append(box.demand())

    assert seen == [1.0, 1.0, 0.5, 0.0, 0.0, 0.0, 1.0]


def test_a_sum_is_as_old_as_its_oldest_part() -> None:
    times = iter(range(100))
    box = mailbox(2, now=lambda: float(next(times)))
    for item in (("a", 0, 1), ("b", 0, 1), ("a", 1, 2)):
        box.offer(item)

    assert box.oldest_at == 0.0
    box.take(limit=1)
    assert box.oldest_at == 0.0


def test_an_empty_mailbox_has_no_oldest_item() -> None:
    box = mailbox(2)
    assert (box.oldest_at, box.front_at) == (None, None)
    box.offer(("a", 0, 1))
    box.take()
    assert (box.oldest_at, box.front_at) == (None, None)


@given(
    capacity=st.integers(1, 5),
    moves=st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), max_size=300),
    takes=st.lists(st.integers(0, 3), max_size=20),
)
def test_the_oldest_is_as_old_as_the_oldest_part_of_all_that_waits(
    capacity: int, moves: list[tuple[str, int]], takes: list[int]
) -> None:
    times = iter(range(1000))
    ages = dict[int, float]()  # what each offer is told as, by its number

    def add(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
        return (*first, *second)

    box: Mailbox[tuple[int, ...]] = Mailbox(
        capacity, lambda item: moves[item[-1]][0], add, now=lambda: float(next(times))
    )
    waiting = set[int]()
    for index in range(len(moves)):
        box.offer((index,))
        ages[index] = float(index)
        waiting.add(index)
        if takes and index % 5 == 4:
            for item in box.take(limit=takes[index % len(takes)]):
                waiting.difference_update(item)
        assert box.oldest_at == min((ages[one] for one in waiting), default=None)
        assert len(box._ages) <= 2 * len(box) + 65


def test_a_capacity_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        mailbox(0)


@given(
    capacity=st.integers(1, 5),
    moves=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=40),
    taken_after=st.sets(st.integers(0, 40)),
)
def test_whatever_is_added_up_each_thing_ends_where_its_last_item_ended(
    capacity: int, moves: list[tuple[str, int]], taken_after: set[int]
) -> None:
    box, state, seen = mailbox(capacity), dict.fromkeys("abc", 0), dict.fromkeys("abc", 0)

    def follow(items: list[Step]) -> None:
        for name, start, end in items:
            assert seen[name] == start  # adjoining: no gap, no repeat, no wrong order
            seen[name] = end

    for index, (name, end) in enumerate(moves):
        box.offer((name, state[name], end))
        state[name] = end
        assert len(box) <= max(capacity, 3)  # three things: never more than one of each beyond it
        if index in taken_after:
            follow(box.take(limit=2))
    follow(box.take())

    assert seen == state
