"""Expectations and intents: found again as they were last, and forgotten with the log."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.errors import StoreError
from vurti.events import event
from vurti.model import (
    Awaited,
    Expectation,
    Intent,
    IntentKind,
    IntentState,
    Outcome,
    Row,
    Vm,
)
from vurti.model.commit import Commit
from vurti.repository import Retention, open_for_reading

DAY = 86400.0
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
TIMES = st.floats(0, 1e10)
MAYBE_TEXT = st.none() | TEXTS
ENDS = st.sampled_from([one for one in Outcome if one is not Outcome.OPEN])
STATES = st.sampled_from([IntentState.WITHDRAWN, IntentState.EXPIRED])

expectations = st.builds(
    lambda end, *parts: Expectation(*parts, *(end or (Outcome.OPEN, None)), rule="r"),
    st.none() | st.tuples(ENDS, TIMES),
    TEXTS,
    st.sampled_from(Awaited),
    TEXTS,
    TIMES,
    TIMES,
    MAYBE_TEXT,
    MAYBE_TEXT,
    TEXTS,
)
intents = st.builds(
    lambda end, *parts: Intent(*parts, *(end or (IntentState.OPEN, None))),
    st.none() | st.tuples(STATES, TIMES),
    TEXTS,
    st.sampled_from(IntentKind),
    TEXTS,
    TIMES,
    TIMES,
    MAYBE_TEXT,
    st.integers(0, 2**62),
    TEXTS,
    TEXTS,
)


def some(promises: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(promises, max_size=5, unique_by=lambda one: one.id).map(tuple)


def test_what_is_open_is_loaded_at_the_next_start_and_all_of_it_can_be_read(
    opened, url, examples
) -> None:
    scopes = count()

    @settings(max_examples=examples, deadline=None)
    @given(some(expectations), some(intents))
    def holds(waited, raised) -> None:
        scope = f"s{next(scopes)}"
        with opened(scope) as first:
            first.start()
            first.commit(Commit(1, 1, expectations=waited, intents=raised))
        with opened(scope) as second:
            loaded = second.start()
            assert loaded.expectations == tuple(o for o in waited if o.outcome is Outcome.OPEN)
            assert loaded.intents == tuple(o for o in raised if o.state is IntentState.OPEN)
        with open_for_reading(url, scope) as reader:
            assert tuple(reader.expectations.list()) == loaded.expectations
            assert tuple(reader.expectations.list(ended=True)) == waited
            assert tuple(reader.intents.list()) == loaded.intents
            assert tuple(reader.intents.list(ended=True)) == raised
            assert [reader.intents.get(one.id) for one in raised] == list(raised)

    holds()


def expectation(number: int, thing: str = "v", ended_at: float | None = None) -> Expectation:
    outcome = Outcome.OPEN if ended_at is None else Outcome.MET
    return Expectation(
        f"x{number}", Awaited.START, thing, 1.0, 9.0, outcome=outcome, ended_at=ended_at
    )


def intent(number: int, thing: str = "v", ended_at: float | None = None) -> Intent:
    state = IntentState.OPEN if ended_at is None else IntentState.EXPIRED
    return Intent(
        f"i{number}", IntentKind.RESTART_VM, thing, 1.0, 9.0, state=state, ended_at=ended_at
    )


def ids(promises) -> list[str]:
    return [one.id for one in promises]


def test_they_are_found_by_what_they_are_about_page_by_page(opened) -> None:
    repository = opened()
    repository.start()
    waited = tuple(expectation(number, "vw"[number % 2]) for number in range(12))
    waited += (expectation(12, "v", ended_at=5.0),)
    repository.commit(Commit(1, 1, expectations=waited))

    found = repository.expectations
    assert ids(found.list(thing="w")) == ["x1", "x3", "x5", "x7", "x9", "x11"]
    assert ids(found.list(thing="v", limit=2)) == ["x0", "x2"]
    assert ids(found.list(after="x8")) == ["x9", "x10", "x11"]
    assert ids(found.list(after="x8", ended=True)) == ["x9", "x10", "x11", "x12"]
    assert ids(found.list(kind="migrate")) == []
    assert found.get("x12") == waited[12]
    assert found.get("nobody") is None


def test_one_that_ends_keeps_its_place(opened) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 1, expectations=(expectation(1), expectation(2))))
    repository.commit(Commit(2, 2, expectations=(expectation(1, ended_at=5.0),)))
    assert ids(repository.expectations.list(ended=True)) == ["x1", "x2"]
    assert ids(repository.expectations.list()) == ["x2"]


def test_contract_7_where_an_intent_is_refused_nothing_of_its_commit_is_stored(
    opened, store
) -> None:
    repository = opened()
    repository.start()
    store.refuse("insert", "intent", "full")
    vm = Vm("v")
    whole = Commit(1, 1, (), (Row(vm, 1),), (event(None, vm),), (expectation(1),), (intent(1),))
    with pytest.raises(StoreError, match="full"):
        repository.commit(whole)
    assert repository.vdss.vms.count() == 0
    assert (repository.log(), list(repository.expectations.list())) == ([], [])

    store.allow("intent")
    assert repository.commit(whole) == 1
    assert ids(repository.intents.list()) == ["i1"]


def test_ended_ones_are_forgotten_after_the_days_of_the_log_and_open_ones_never(opened) -> None:
    repository = opened(retention=Retention(log_days=7), wall=lambda: 20 * DAY)
    repository.start()
    waited = [expectation(day, ended_at=day * DAY) for day in range(20)]
    raised = [intent(day, ended_at=day * DAY) for day in range(20)]
    whole = Commit(1, 1, expectations=(*waited, expectation(99)), intents=(*raised, intent(99)))
    repository.commit(whole)
    assert repository.prune() == 26
    assert repository.prune() == 0
    left = [*range(13, 20), 99]
    assert ids(repository.expectations.list(ended=True)) == [f"x{number}" for number in left]
    assert ids(repository.intents.list(ended=True)) == [f"i{number}" for number in left]


def test_where_the_log_is_bounded_by_rows_they_are_forgotten_with_the_events_of_their_time(
    opened,
) -> None:
    repository = opened(retention=Retention(log_rows_max=3), wall=lambda: 20.0)
    repository.start()
    for at in range(1, 11):
        told = (event(None, Vm(f"v{at}")),)
        ended = (intent(at, ended_at=float(at)),)
        repository.commit(Commit(at, at, events=told, intents=ended), float(at))
    while repository.prune():
        pass
    assert repository.log_bounds() == (8, 10)
    assert ids(repository.intents.list(ended=True)) == ["i8", "i9", "i10"]


def test_one_that_cannot_be_read_is_named(opened, store) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 1, expectations=(expectation(1),)))
    store.sql("update expectation set kind = 'dance'")
    with pytest.raises(StoreError, match=r"expectation 'x1' cannot be read: .*dance"):
        repository.expectations.list()


def test_text_that_is_no_unicode_spoils_no_announcement(opened) -> None:
    repository = opened()
    repository.start()
    hostile = Expectation("x", Awaited.JOB, "v", 1.0, 9.0, job="j\udc80", why="\ud800!")
    repository.commit(Commit(1, 1, expectations=(hostile,)))
    assert repository.expectations.get("x").why == "?!"
    assert repository.expectations.get("x").job == "j?"
