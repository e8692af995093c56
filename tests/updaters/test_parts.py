"""What two parts of one thing come to."""

from hypothesis import given
from hypothesis import strategies as st

from vurti.events import LASTING, Mark, event
from vurti.model import (
    Awaited,
    Expectation,
    Intent,
    IntentKind,
    IntentState,
    Outcome,
    Row,
    Vm,
    VmStatus,
)
from vurti.updaters.part import Part, add, begun_at, flared

STATES = (None, *(Vm("v", status=status) for status in (VmStatus.UP, VmStatus.PAUSED)))
MARKS = st.lists(st.sampled_from(sorted(LASTING - {Mark.SPLIT_BRAIN})), max_size=1).map(tuple)


def told(seq: int, before: Vm | None, after: Vm | None, marks: tuple[Mark, ...] = ()) -> Part:
    """A part with one event, as decide would give it for input `seq`."""
    happened = event(before, after, marks, id=f"e{seq}", seq=seq, seq_first=seq)
    assert happened is not None
    row = Row(after or before, seq, deleted=after is None)
    return Part("v", seq, row, ((0, happened),))


@st.composite
def histories(draw: st.DrawFn) -> list[Part]:
    """A run of parts of one VM, each beginning where the one before ended."""
    parts, state = [], draw(st.sampled_from(STATES))
    for seq in range(1, draw(st.integers(2, 9))):
        after = draw(st.sampled_from([one for one in STATES if one != state]))
        parts.append(told(seq, state, after, draw(MARKS) if state and after else ()))
        state = after
    return parts


@given(histories())
def test_a_sum_is_the_difference_of_the_ends_with_all_that_lasts(history) -> None:
    total: Part | None = None
    for part in history:
        total = add(total, part) if total else part
    happened = [one for part in history for _, one in part.events]
    lasting = {mark for one in happened for mark in one.marks}

    if total is None:
        assert (happened[0].before, lasting) == (happened[-1].after, set())
        return
    ((_, told),) = total.events
    assert set(told.marks) == lasting
    assert told.after == happened[-1].after
    assert (told.seq, total.row, total.number) == (
        happened[-1].seq,
        history[-1].row,
        history[-1].number,
    )
    if told.seq_first == happened[0].seq_first and not lasting:
        assert told.before == happened[0].before


def test_there_and_back_is_nothing() -> None:
    up, paused = STATES[1], STATES[2]
    assert add(told(1, up, paused), told(2, paused, up)) is None


def test_there_and_back_with_a_crash_is_news() -> None:
    up, paused = STATES[1], STATES[2]
    total = add(told(1, up, paused, (Mark.CRASHED,)), told(2, paused, up))
    assert total is not None
    (_, happened) = total.events[0]
    assert (happened.marks, happened.seq_first, happened.seq) == ((Mark.CRASHED,), 1, 2)


def test_a_row_without_events_gives_way_to_the_newer_row_and_keeps_its_events() -> None:
    row = Row(STATES[1], 7)
    newer = told(8, STATES[1], STATES[2])
    assert add(Part("v", 3, row), newer) == newer
    assert add(newer, Part("v", 9, row)) == Part("v", 9, row, newer.events)
    assert add(newer, Part("v", 9)) == Part("v", 9, newer.row, newer.events)


def test_what_follows_a_sum_of_nothing_stands_for_its_range_too() -> None:
    up, paused = STATES[1], STATES[2]
    there, back, again = told(1, up, paused), told(2, paused, up), told(3, up, paused)
    both = Part("v", 3, again.row, (*back.events, *again.events))
    total = add(there, both)
    assert total is not None
    (_, happened) = total.events[0]
    assert (happened.before, happened.after) == (up, paused)
    assert (happened.seq_first, happened.seq) == (1, 3)


def test_only_the_first_event_of_a_part_takes_over_a_gap() -> None:
    up, paused = STATES[1], STATES[2]
    part = told(5, up, paused)
    second = told(6, paused, up)
    both = Part("v", 6, second.row, (*part.events, *second.events))
    assert [one.seq_first for _, one in begun_at(both, 3).events] == [3, 6]


def test_a_crash_of_one_that_came_and_went_is_not_summed_away() -> None:
    up, paused = STATES[1], STATES[2]
    came, crashed = told(1, None, up), told(2, up, paused, (Mark.CRASHED,))
    total = add(came, crashed)
    assert total is not None
    total = add(total, told(3, paused, None))
    assert total is not None
    assert [one.marks for _, one in total.events] == [(Mark.CRASHED,)]
    assert total.row is not None
    assert total.row.deleted


def promised(number: int, *promises: Expectation | Intent) -> Part:
    return Part(
        "v",
        number,
        expectations=tuple(one for one in promises if isinstance(one, Expectation)),
        intents=tuple(one for one in promises if isinstance(one, Intent)),
    )


def expectation(id_: str, outcome: Outcome = Outcome.OPEN) -> Expectation:
    ended = None if outcome is Outcome.OPEN else 2.0
    return Expectation(id_, Awaited.START, "v", 1.0, 9.0, outcome=outcome, ended_at=ended)


def intent(id_: str, state: IntentState = IntentState.OPEN) -> Intent:
    ended = None if state is IntentState.OPEN else 2.0
    return Intent(id_, IntentKind.RESTART_VM, "v", 1.0, 9.0, state=state, ended_at=ended)


@st.composite
def promising(draw: st.DrawFn) -> list[Part]:
    """A run of parts, in which each of some promises begins, ends, or has begun before the run."""
    words: list[list[Expectation | Intent]] = []
    for number in range(draw(st.integers(0, 5))):
        outcome = draw(st.sampled_from([one for one in Outcome if one is not Outcome.OPEN]))
        state = draw(st.sampled_from([IntentState.WITHDRAWN, IntentState.EXPIRED]))
        whole: list[Expectation | Intent] = (
            [expectation(f"x{number}"), expectation(f"x{number}", outcome)]
            if draw(st.booleans())
            else [intent(f"i{number}"), intent(f"i{number}", state)]
        )
        begin = draw(st.integers(0, 1))
        words.append(whole[begin : draw(st.integers(begin + 1, 2))])
    length = draw(st.integers(2, 6))
    places: list[list[Expectation | Intent]] = [[] for _ in range(length)]
    for said in words:
        at = sorted(draw(st.lists(st.integers(0, length - 1), min_size=2, max_size=2, unique=True)))
        for place, one in zip(at, said, strict=False):
            places[place].append(one)
    return [promised(number, *said) for number, said in enumerate(places, 1)]


@given(promising())
def test_a_sum_has_each_promise_once_as_it_was_last_but_for_intents_that_only_flared(
    history,
) -> None:
    total, lost = Part("v", 0), 0
    for part in history:
        lost += flared(total, part)
        total = add(total, part) or Part("v", part.number)
    said = [one for part in history for one in (*part.expectations, *part.intents)]
    last = {one.id: one for one in said}
    raised = {one.id for one in said if isinstance(one, Intent) and one.state is IntentState.OPEN}
    gone = {id_ for id_ in raised if last[id_].state is not IntentState.OPEN}

    kept = {one.id: one for one in (*total.expectations, *total.intents)}
    assert kept == {id_: one for id_, one in last.items() if id_ not in gone}
    assert len(kept) == len(total.expectations) + len(total.intents)
    assert lost == len(gone)


@given(promising(), st.data())
def test_it_does_not_matter_which_neighbours_are_added_up_first(history, data) -> None:
    parts = list(history)
    while len(parts) > 1:
        place = data.draw(st.integers(0, len(parts) - 2))
        total = add(parts[place], parts[place + 1])
        parts[place : place + 2] = [total or Part("v", parts[place + 1].number)]
    in_order = history[0]
    for part in history[1:]:
        in_order = add(in_order, part) or Part("v", part.number)
    assert set(parts[0].expectations) == set(in_order.expectations)
    assert set(parts[0].intents) == set(in_order.intents)


def test_what_was_announced_outlives_a_state_that_came_back() -> None:
    up, paused = STATES[1], STATES[2]
    there = told(1, up, paused)
    announced = Part("v", 1, there.row, there.events, (expectation("x"),))
    assert add(announced, told(2, paused, up)) == Part("v", 2, expectations=(expectation("x"),))


def test_an_intent_that_nobody_heard_of_and_that_is_over_needs_nothing() -> None:
    over = intent("i", IntentState.WITHDRAWN)
    assert add(promised(1, intent("i")), promised(2, over)) is None
    assert add(promised(1), promised(2, over)) == promised(2, over)
