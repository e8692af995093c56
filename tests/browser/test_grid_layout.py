"""The grid: every host has a place of its own, in an order that stays."""

from itertools import pairwise

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
LAID = """
const { layout, cellAt, step } = await load("grid/layout.js");
const [sizes, width, height] = args;
const named = (size, at) => Array.from({ length: size }, (_, n) => `${at}.${n}`);
const clusters = sizes.map((size, at) => [`c${at}`, named(size, at)]);
const made = layout(clusters, width, height);
const { places, cell } = made;
const at = (index, x, y) => cellAt(made, places[2 * index] + x, places[2 * index + 1] + y);
const all = made.hosts.map((_, index) => index);
"""
SIZES = [([20], 900, 600), ([500, 500], 950, 650), ([1] * 40, 900, 500), ([417] * 12, 950, 620),
         ([900, 3, 7], 340, 500), ([5000], 1200, 700), ([0, 4], 300, 300)]  # fmt: skip


@pytest.mark.parametrize("asked", SIZES, ids=str)
def test_no_two_hosts_share_a_place_and_all_are_inside(
    page: Modules, asked: tuple[list[int], int, int]
) -> None:
    told = page.run(
        LAID
        + """
        return {
          hosts: made.hosts, cell, width: made.width, height: made.height,
          places: all.map((index) => [places[2 * index], places[2 * index + 1]]),
        };""",
        *asked,
    )
    expected = [f"{at}.{n}" for at, size in enumerate(asked[0]) for n in range(size)]
    assert told["hosts"] == expected
    wide, high = told["cell"]["width"], told["cell"]["height"]
    rows: dict[float, list[float]] = {}
    for x, y in told["places"]:
        rows.setdefault(y, []).append(x)
        assert 0 <= x <= told["width"] - wide + 0.5
        assert 0 <= y <= told["height"] - high
    for one, other in pairwise(sorted(rows)):
        assert other - one >= high
    for row in rows.values():
        assert all(other - one >= wide for one, other in pairwise(sorted(row)))


@pytest.mark.parametrize("asked", SIZES, ids=str)
def test_each_host_is_found_where_it_is_and_nowhere_else(
    page: Modules, asked: tuple[list[int], int, int]
) -> None:
    wrong = page.run(
        LAID
        + """
        const ends = (index) => [[0, 0], [cell.width - 1, cell.height - 1]];
        const hits = (index) => ends(index).every(([x, y]) => at(index, x, y) === index);
        const missed = all.filter((index) => !hits(index));
        return [missed, cellAt(made, -5, -5), cellAt(made, 1e6, 1e6), cellAt(made, 1, 1)];""",
        *asked,
    )
    assert wrong == [[], -1, -1, -1]


@pytest.mark.parametrize("asked", SIZES, ids=str)
def test_arrow_keys_reach_every_host_and_never_leave_the_grid(
    page: Modules, asked: tuple[list[int], int, int]
) -> None:
    told = page.run(
        LAID
        + """
        const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
        const sample = all.filter((index) => all.length < 200 || index % 97 === 0);
        const out = sample.flatMap((index) => keys.map((key) => step(made, index, key)));
        const y = (index) => places[2 * index + 1];
        const up = sample.filter((index) => y(step(made, index, "ArrowUp")) > y(index));
        let at_ = 0, steps = 0;
        for (; at_ !== all.length - 1 && steps < 1e5; steps += 1) {
          at_ = step(made, at_, "ArrowRight");
        }
        return [out.every((index) => index >= 0 && index < all.length), up, steps];""",
        *asked,
    )
    assert told == [True, [], sum(asked[0]) - 1]


def test_few_hosts_are_tiles_with_their_names_and_many_are_cells_that_fit(page: Modules) -> None:
    kind = LAID + "return [made.cell.tile, made.height <= height];"
    assert page.run(kind, [20], 900, 600) == [True, True]
    assert page.run(kind, [500, 500], 950, 650) == [False, True]
    assert page.run(kind, [417] * 12, 950, 620) == [False, True]
