"""What rounds come to, and where it is written."""

from pathlib import Path

import pytest

from benchmarks.page import put
from benchmarks.registry import OURS, Benchmark, Figure, Run
from benchmarks.rounds import by_row, number, summed, table


def benchmark() -> Benchmark:
    return Benchmark("speed", "Speed", "µs", lambda run: iter(()), says="How fast.")


def figures(ours: list[float], limit: list[float]) -> list[Figure]:
    told = []
    for one, other in zip(ours, limit, strict=True):
        told += [Figure("row", "limit", other), Figure("row", OURS, one)]
    return told


def test_a_ratio_is_taken_within_its_round_so_a_slow_minute_does_not_count() -> None:
    slow = figures([2.0, 20.0, 2.0], [1.0, 10.0, 1.0])
    assert summed(by_row(slow)["row"])["limit"].ratio == 2.0


def test_the_median_counts_and_the_spread_is_half_of_the_middle_half() -> None:
    ours = summed(by_row(figures([1.0, 2.0, 3.0, 4.0, 100.0], [1.0] * 5))["row"])[OURS]
    assert (ours.median, ours.spread) == (3.0, 1.0)


def test_ours_stands_first_in_the_table_and_each_other_way_has_its_ratio() -> None:
    told = table(benchmark(), by_row(figures([4.0, 4.0], [2.0, 2.0])))
    assert told.splitlines() == [
        "|  | vurti | limit |",
        "| --- | --- | --- |",
        "| row | 4.00 | 2.00 → 2.00 |",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.0123, "0.012"), (0.5, "0.500"), (6.18, "6.18"), (27.46, "27.5"),
        (1234.5, "1,234"),
    ],
)  # fmt: skip
def test_a_figure_has_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_a_table_takes_the_place_between_its_marks_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench speed -->\nold\n<!-- bench speed ends -->\nafter\n")
    put(page, benchmark(), "| new |")
    lines = page.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("before", "after")
    assert "| new |" in lines
    assert "old" not in lines


def test_a_page_without_a_place_for_a_table_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here\n")
    with pytest.raises(LookupError, match="0 places for the benchmark 'speed'"):
        put(page, benchmark(), "| new |")


def test_a_run_that_is_scaled_down_still_measures_something() -> None:
    run = Run(scale=0.001)
    assert (run.secs(8.0), run.many(200)) == (1.0, 2)
