"""What an answer may take away, and what it may not."""

from hypothesis import given
from hypothesis import strategies as st

from vurti.inventory.settings import InventoryRules
from vurti.inventory.shrinking import Guard

TEN = {f"h{number}": 1 for number in range(10)}
IDS = st.sets(st.sampled_from(sorted(TEN)), max_size=10)


def guard(known: dict[str, int] | None = None, **rules: float) -> Guard[int]:
    return Guard(InventoryRules.model_validate(rules), TEN if known is None else known)


def without(*ids: str) -> dict[str, int]:
    return {id_: 1 for id_ in TEN if id_ not in ids}


def test_a_small_loss_is_taken_at_once() -> None:
    one = guard()
    one.take(without("h0", "h1", "h2"))
    assert set(one.known) == set(without("h0", "h1", "h2"))
    assert not one.held


def test_a_big_loss_is_held_until_as_many_answers_in_a_row_lack_the_same() -> None:
    one = guard()
    short = without("h0", "h1", "h2", "h3")
    for _ in range(2):
        one.take(short)
        assert one.known == TEN
        assert one.held == {"h0", "h1", "h2", "h3"}
    one.take(short)
    assert one.known == short
    assert not one.held


def test_another_loss_begins_anew() -> None:
    one = guard()
    for last in ("h4", "h5", "h6", "h7"):
        one.take(without("h0", "h1", "h2", "h3", last))
    assert one.known == TEN
    assert one.confirmed == 1


def test_what_is_back_is_forgotten_to_have_been_away() -> None:
    one = guard()
    one.take({})
    one.take({})
    one.take(TEN)
    one.take({})
    one.take({})
    assert one.known == TEN


def test_what_a_doubtful_answer_adds_and_changes_counts_at_once() -> None:
    one = guard()
    one.take({"h0": 2, "new": 1})
    assert one.known == {**TEN, "h0": 2, "new": 1}
    assert len(one.held) == 9


def test_few_may_go_at_once_but_never_all() -> None:
    few = guard({"a": 1, "b": 1}, shrink_hosts_min=2)
    few.take({"a": 1})
    assert few.known == {"a": 1}
    few.take({})
    assert few.known == {"a": 1}


def test_a_bad_entry_leaves_what_was_known_of_the_thing() -> None:
    one = guard({"a": 1, "b": 1})
    one.take({"b": 2}, bad={"a", "never-known"})
    assert one.known == {"a": 1, "b": 2}
    assert not one.held


@given(st.lists(IDS, max_size=12), st.integers(1, 4), st.floats(0, 1))
def test_nothing_that_the_latest_answer_has_is_ever_missing_and_what_goes_was_lacked_enough(
    answers: list[set[str]], confirmations: int, share: float
) -> None:
    one = guard(shrink_confirmations=confirmations, shrink_share_max=share, shrink_hosts_min=1)
    for at, answer in enumerate(answers):
        before = dict(one.known)
        one.take(dict.fromkeys(answer, 1))
        assert one.known.keys() >= answer
        gone = before.keys() - one.known.keys()
        if len(gone) > share * len(before):
            lately = answers[at + 1 - confirmations : at + 1]
            assert len(lately) == confirmations
            assert all(not gone & told for told in lately)
