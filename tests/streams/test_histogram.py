"""Counts in buckets that only grow."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from vurti.streams.histogram import SECS, Histogram


def test_a_value_at_a_bound_is_not_more_than_it() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 2.0, 9.0):
        histogram.add(value)
    assert list(histogram.cumulated()) == [(1.0, 2), (2.0, 3), (inf, 4)]
    assert (histogram.count, histogram.sum) == (4, 12.5)


@given(st.lists(st.floats(min_value=0, max_value=1e6)))
def test_each_bucket_counts_all_that_was_not_more(values: list[float]) -> None:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    assert list(histogram.cumulated()) == [
        (bound, sum(value <= bound for value in values)) for bound in (*SECS, inf)
    ]
