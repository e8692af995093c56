"""What `vurti serve` makes of what the vurti that watches tells."""

from typing import Any, cast

import pytest

from vurti.api.ages import Age, Ages
from vurti.cli.remote import Client
from vurti.cli.serve import _ages
from vurti.errors import VurtiError

TOLD: dict[str, Any] = {
    "period_secs": 2.0,
    "target_secs": 4.0,
    "stale_secs": 9.0,
    "split_brains": ["vm1"],
    "items": [{"id": "alpha", "age_secs": 1.5, "took_secs": 0.1}],
}


class _Client:
    url = "http://other:1"

    def __init__(self, told: Any) -> None:
        self.told = told

    def get(self, *path: str, **query: Any) -> Any:
        assert (path, query) == (("ages",), {"over_secs": 0})  # so that all hosts are told of
        return self.told


def ages_of(told: Any) -> Ages:
    return _ages(cast(Client, _Client(told)))


def test_ages_are_those_of_the_other_one_whatever_else_it_tells() -> None:
    items = [{**TOLD["items"][0], "newer": 1}]
    known = Ages(2.0, 4.0, 9.0, (Age("alpha", 1.5, 0.1),), ("vm1",))
    assert ages_of(TOLD) == ages_of({**TOLD, "items": items, "p50_secs": 1.0}) == known


@pytest.mark.parametrize("told", [{}, [], {**TOLD, "items": [{}]}, {**TOLD, "items": None}])
def test_what_is_not_as_we_know_it_is_no_bug_of_ours(told: Any) -> None:
    with pytest.raises(VurtiError, match="http://other:1: what it tells of ages is not as we know"):
        ages_of(told)
