"""How late questions left, told without keeping each."""

from hypothesis import given
from hypothesis import strategies as st

from vurti.streams.lateness import Late, Lateness


@given(st.lists(st.floats(0, 90), min_size=1, max_size=300))
def test_quantiles_are_those_of_all_the_seconds_at_most_a_quarter_above(secs: list[float]) -> None:
    lateness = Lateness()
    for one in secs:
        lateness.add(one)
    late = lateness.take()
    ordered = sorted(secs)
    assert late.questions == len(secs)
    assert late.max_secs == ordered[-1]
    for share, told in ((0.5, late.p50_secs), (0.99, late.p99_secs)):
        true = next(one for place, one in enumerate(ordered, 1) if place >= share * len(ordered))
        assert true - 1e-9 <= told <= max(1.25 * true, 0.0001) + 1e-9


def test_what_was_taken_is_not_told_again() -> None:
    lateness = Lateness()
    lateness.add(3.0)
    assert lateness.take().max_secs == 3.0
    assert lateness.take() == Late()


def test_what_is_later_than_any_bucket_is_counted_too() -> None:
    lateness = Lateness()
    lateness.add(100_000.0)
    late = lateness.take()
    assert (late.questions, late.max_secs) == (1, 100_000.0)
    assert late.p50_secs > 100


def test_what_is_taken_is_still_counted_in_all_that_ever_was() -> None:
    lateness = Lateness()
    lateness.add(0.2)
    lateness.take()
    lateness.add(0.4)
    assert lateness.all.count == 2
    assert lateness.take().questions == 1
