"""What the pipeline's figures mean, in words."""

from typing import Any

import pytest

from tests.browser.modules import Modules
from vurti.api.metrics.catalogue import FAMILIES

pytestmark = pytest.mark.chromium
DIAGNOSIS = """
const { Figures } = await load("flow/figures.js");
const { allWell, diagnosis } = await load("flow/diagnosis.js");
const figures = new Figures(args[1], args[0], 2);
const found = diagnosis(figures, args[2] ?? null);
return found.length ? found.map(({ says }) => says) : allWell(figures).then;
"""


def reading(**figures: float) -> dict[str, Any]:
    """An answer of /pipeline; `polls_answered` is that label of vurti_polls_total."""
    told: dict[str, Any] = {"vurti_demand": [{"labels": {}, "value": 1}]}
    for name, value in figures.items():
        name, _, outcome = name.partition("__")
        labels = {"outcome": outcome, "sink": "hook", "stream": "vms", "inventory": "ansible"}
        told.setdefault(f"vurti_{name}", []).append({"labels": labels, "value": value})
    return told


def test_where_nothing_is_wrong_it_says_how_much_comes(page: Modules) -> None:
    before, now = reading(polls_total__answered=100), reading(polls_total__answered=300)
    words = page.run(DIAGNOSIS, before, now)
    assert words == (
        "100 answers and 0.0 words of their own a second. Nothing waits to be stored;"
        " nothing was dropped."
    )


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"demand": 0.4}, "demand is 40 %"),
        ({"store_failing_seconds": 12}, "The store has refused for 12 s"),
        ({"mailbox_oldest_age_seconds": 5, "mailbox_items": 30}, "of 30 changes has waited 5.0 s"),
        ({"mailbox_sums_total": 3}, "3 pairs of changes became one"),
        ({"mailbox_over_total": 2}, "2 changes came beyond the bound"),
        ({"polls_total__answered": 60, "polls_total__timeout": 40}, "40 % of what hosts are asked"),
        ({"unread_seconds": 1.5}, "What hosts tell waits 1.5 s to be read"),
        ({"hosts_never_heard": 1}, "1 host never answered since"),
        ({"loop_lag_seconds_sum": 1, "loop_lag_seconds_count": 2}, "The loop wakes 500 ms late"),
        ({"stalls_total": 1}, "stood still"),
        ({"mass_losses_total": 1}, "fell silent at once"),
        ({"subscribers_cut_off_total": 1, "subscriber_dropped_total": 9}, "cut off 1 subscriber"),
        ({"sink_lag_seconds": 0, "sink_failing_seconds": 9}, "hook has failed for 9.0 s"),
        ({"sink_lag_seconds": 90}, "The sink hook is 1 min 30 s behind"),
        ({"inventory_up": 0}, "The inventory ansible does not answer"),
        ({"api_refused_total": 7}, "refused 7 requests"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(page: Modules, figures: dict[str, float], words: str) -> None:
    if "demand" in figures:
        now = {"vurti_demand": [{"labels": {}, "value": figures["demand"]}]}
    else:
        now = reading(**figures)
    (said,) = page.run(DIAGNOSIS, reading(), now)
    assert words in said


def test_what_went_wrong_long_ago_is_not_wrong_now(page: Modules) -> None:
    past = reading(mailbox_sums_total=3, stalls_total=1, polls_total__timeout=40)
    assert "nothing was dropped" in page.run(DIAGNOSIS, past, past)


def test_counters_that_began_anew_with_vurti_say_nothing_wrong(page: Modules) -> None:
    before, now = reading(mailbox_sums_total=300), reading(mailbox_sums_total=0)
    assert "nothing was dropped" in page.run(DIAGNOSIS, before, now)


def test_the_worst_comes_first(page: Modules) -> None:
    now = reading(mailbox_sums_total=3, store_failing_seconds=9)
    assert page.run(DIAGNOSIS, reading(), now)[0].startswith("The store has refused")


def test_a_check_of_health_that_fails_is_told_with_its_reason(page: Modules) -> None:
    checks = {"store": {"ok": False, "why": "it refuses"}, "polled": {"ok": True, "why": None}}
    health = {"ready": False, "checks": checks, "judgement_held": "the clock was set"}
    told = page.run(DIAGNOSIS, reading(), reading(), health)
    assert told == ["store: it refuses.", "No host is judged just now: the clock was set."]


def test_the_page_asks_for_no_figure_that_vurti_does_not_have(page: Modules) -> None:
    used = page.run("""
    const found = new Set();
    for (const name of ["diagnosis", "stages"]) {
      const text = await (await fetch(`/page/js/flow/${name}.js`)).text();
      for (const [word] of text.matchAll(/vurti_[a-z_]+/g)) found.add(word);
    }
    return [...found];
    """)
    known = {family.name for family in FAMILIES}
    assert len(used) > 30
    assert set(used) - known == set()
